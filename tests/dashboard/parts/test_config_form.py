import pytest
from streamlit.testing.v1 import AppTest

from a2q.config import ModelConfig, QuantizationConfig, TrainingConfig


def form(config, prefix, only=None) -> None:
    import streamlit as st

    from dashboard.parts.config_form import config_fields

    st.session_state["values"] = config_fields(config, prefix, only)


def draw(config, prefix="p", only=None) -> AppTest:
    app = AppTest.from_function(form, kwargs={"config": config, "prefix": prefix, "only": only}).run()
    assert not app.exception
    return app


def widgets(app: AppTest) -> dict:
    return {widget.label: widget for widget in [*app.number_input, *app.selectbox]}


CONFIGS = pytest.mark.parametrize(
    "config",
    [
        ModelConfig(layers=3, dropout=0.25),
        QuantizationConfig(start="paper", initial_bits=3, min_bits=0),
        TrainingConfig(epochs=7, lr=0.003, penalty=20.310000000000002, priced_bits="code"),
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
        assert widget.help == field.description
        assert widget.value == getattr(config, name)
        if widget.type == "number_input":
            for rule in field.metadata:
                low = getattr(rule, "ge", getattr(rule, "gt", None))
                assert low is None or widget.min == low
                assert getattr(rule, "le", None) in (None, widget.max)
        else:
            assert getattr(config, name) in widget.options


@CONFIGS
def test_an_untouched_form_gives_the_same_settings(config) -> None:
    values = draw(config).session_state["values"]
    assert type(config)(**values) == config
    assert {name: type(value) for name, value in values.items()} == {
        name: type(value) for name, value in config.model_dump().items()
    }


def test_changes_come_back() -> None:
    app = draw(TrainingConfig())
    shown = widgets(app)
    shown["Epochs"].set_value(9)
    shown["Bits the penalty counts"].set_value("code")
    app.run()
    expected = TrainingConfig(epochs=9, priced_bits="code")
    assert TrainingConfig(**app.session_state["values"]) == expected


def test_only_some_settings() -> None:
    app = draw(TrainingConfig(), only=("penalty", "epochs"))
    assert set(app.session_state["values"]) == {"epochs", "penalty"}
    assert set(widgets(app)) == {"Epochs", "Memory penalty λ"}


def test_a_new_prefix_starts_anew() -> None:
    app = draw(TrainingConfig())
    widgets(app)["Epochs"].set_value(9)
    app.run()
    app.kwargs = app.kwargs | {"prefix": "other"}
    assert app.run().session_state["values"]["epochs"] == 200


def test_a_start_value_that_moved_is_shown_and_other_changes_stay() -> None:
    app = draw(TrainingConfig(penalty=0.9))
    widgets(app)["Epochs"].set_value(9)
    app.run()
    app.kwargs = app.kwargs | {"config": TrainingConfig(penalty=0.8)}
    values = app.run().session_state["values"]
    assert (values["penalty"], values["epochs"]) == (0.8, 9)


@pytest.mark.parametrize(("value", "step"), [(0.01, 0.001), (0.9, 0.01), (20.31, 1.0), (140.0, 10.0), (0.0, 0.1)])
def test_buttons_move_the_second_digit(value: float, step: float) -> None:
    shown = widgets(draw(TrainingConfig(penalty=value)))
    assert shown["Memory penalty λ"].step == pytest.approx(step)
