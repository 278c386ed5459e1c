import pytest
from streamlit.testing.v1 import AppTest

from a2q import DegreeQuantConfig
from a2q.methods.a2q import A2QConfig
from a2q.methods.fixed_bits import FixedBitsConfig
from a2q.models.config import ModelConfig
from a2q.training.config import TrainingConfig


def form(config, prefix, only=None) -> None:
    import streamlit as st

    from a2q_studio.pages.train.config_form import config_fields

    st.session_state["values"] = config_fields(config, prefix, only)


def draw(config, prefix="p", only=None) -> AppTest:
    app = AppTest.from_function(form, kwargs={"config": config, "prefix": prefix, "only": only}).run()
    assert not app.exception
    return app


def widgets(app: AppTest) -> dict:
    return {widget.label: widget for widget in [*app.number_input, *app.selectbox, *app.toggle, *app.text_input]}


def said(value) -> str:
    """A value as help texts say it."""
    if isinstance(value, bool) or value in (None, ""):
        return {True: "on", False: "off", None: "empty", "": "empty"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


CONFIGS = pytest.mark.parametrize(
    "config",
    [
        ModelConfig(layers=3, dropout=0.25),
        A2QConfig(start="paper-gat", initial_bits=3, min_bits=0, penalty=20.310000000000002, priced_bits="code"),
        A2QConfig(target_average_bits=1.7, step_bits=8),
        DegreeQuantConfig(ranges="momentum"),
        FixedBitsConfig(assignment="permuted", bits_of="1f2e3d4c"),
        TrainingConfig(epochs=7, lr=0.003, warm_start=True, teacher_dropout=0.25),
    ],
    ids=lambda config: type(config).__name__,
)


@CONFIGS
def test_every_setting_has_a_widget_with_its_title_help_and_bounds(config) -> None:
    shown = widgets(draw(config))
    fields = type(config).model_fields
    assert len(shown) == len(fields)
    for name, field in fields.items():
        widget = shown[field.title]
        assert widget.help.startswith(field.description or "")
        assert widget.help.endswith(f"tarts at {said(getattr(config, name))}.")
        assert widget.value == getattr(config, name)
        if widget.type == "number_input":
            for rule in field.metadata:
                low = getattr(rule, "ge", getattr(rule, "gt", None))
                assert low is None or widget.min == low
                assert getattr(rule, "le", None) in (None, widget.max)
        elif widget.type == "text_input":
            assert widget.proto.max_chars == 80
        elif widget.type == "selectbox":
            assert str(getattr(config, name)) in widget.options


@CONFIGS
def test_an_untouched_form_gives_the_same_settings(config) -> None:
    values = draw(config).session_state["values"]
    assert type(config)(**values) == config
    assert {name: type(value) for name, value in values.items()} == {
        name: type(getattr(config, name)) for name in type(config).model_fields
    }


def test_changes_come_back() -> None:
    app = draw(A2QConfig(target_average_bits=1.7))
    shown = widgets(app)
    shown["Initial bits"].set_value(6)
    shown["Bits the penalty counts"].set_value("code")
    shown["Bits of a node's step size"].set_value(8)
    shown["Target average bits"].set_value(None)
    app.run()
    expected = A2QConfig(initial_bits=6, priced_bits="code", step_bits=8)
    assert A2QConfig(**app.session_state["values"]) == expected


def test_a_switch_comes_back() -> None:
    app = draw(TrainingConfig())
    widgets(app)["Warm start"].set_value(True)
    assert TrainingConfig(**app.run().session_state["values"]) == TrainingConfig(warm_start=True)


def test_only_some_settings() -> None:
    app = draw(TrainingConfig(), only=("lr", "epochs"))
    assert set(app.session_state["values"]) == {"epochs", "lr"}
    assert set(widgets(app)) == {"Epochs", "Learning rate"}


def test_a_new_prefix_starts_anew() -> None:
    app = draw(TrainingConfig())
    widgets(app)["Epochs"].set_value(9)
    app.run()
    app.kwargs = app.kwargs | {"prefix": "other"}
    assert app.run().session_state["values"]["epochs"] == 200


def test_a_start_value_that_moved_is_shown_and_other_changes_stay() -> None:
    app = draw(TrainingConfig(lr=0.9))
    widgets(app)["Epochs"].set_value(9)
    app.run()
    app.kwargs = app.kwargs | {"config": TrainingConfig(lr=0.8)}
    values = app.run().session_state["values"]
    assert (values["lr"], values["epochs"]) == (0.8, 9)


@pytest.mark.parametrize(("value", "step"), [(0.01, 0.001), (0.9, 0.01), (20.31, 1.0), (140.0, 10.0), (0.0, 0.1)])
def test_buttons_move_the_second_digit(value: float, step: float) -> None:
    shown = widgets(draw(A2QConfig(penalty=value)))
    assert shown["Memory penalty λ"].step == pytest.approx(step)


def test_a_text_comes_back_without_spaces_around_it() -> None:
    app = draw(FixedBitsConfig(assignment="permuted", bits_of="1f2e3d4c"))
    widgets(app)["Bits of run"].set_value(" 9a8b7c6d ")
    assert app.run().session_state["values"]["bits_of"] == "9a8b7c6d"
