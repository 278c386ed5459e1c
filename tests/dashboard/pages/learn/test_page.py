import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from a2q.experiments.store import RunStore
from a2q_studio.pages.learn import sources
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.lesson_page import SHOW
from a2q_studio.pages.learn.steps import STEPS
from a2q_studio.pages.learn.steps.budget.allocations import learned_means, spent
from a2q_studio.samples import SAMPLES

NUMBERED = pytest.mark.parametrize(
    ("number", "step"), list(enumerate(STEPS, start=1)), ids=[step.name for step in STEPS]
)


@pytest.fixture(scope="module")
def teaching() -> Teaching:
    """The lesson on the sample runs, with what it computes kept for all tests."""
    return sources._samples.__wrapped__()


@pytest.fixture(autouse=True)
def _computed_once(teaching: Teaching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_samples", lambda: teaching)


def predict(app: AppTest, answer: str) -> AppTest:
    """Answer the question of the step."""
    (pills,) = [group for group in app.get("button_group") if (group.key or "").startswith("predict_")]
    pills.set_value(answer).run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All text of the page."""
    kinds = (app.markdown, app.caption, app.success, app.header, app.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


def moves(app: AppTest) -> list[str]:
    """Keys of the step's controls that can be moved."""
    groups = [group for group in app.get("button_group") if not (group.key or "").startswith(("predict_", "step"))]
    groups = [group for group in groups if group.key != "data"]
    return [control.key for control in [*app.slider, *app.select_slider, *app.toggle, *groups] if not control.disabled]


@NUMBERED
def test_nothing_moves_before_the_prediction(open_page, drawn, number, step) -> None:
    app = open_page("learn", step=str(number))
    assert app.header[0].value == f"{number}. {step.title}"
    assert step.prediction.question in said(app)
    assert not moves(app)
    assert app.button(key=f"demo-{step.name}").disabled
    assert "Take away" not in said(app)
    assert drawn(app), "there is something to look at"


@NUMBERED
def test_every_prediction_is_answered_by_what_was_computed(open_page, drawn, teaching, number, step) -> None:
    right = step.prediction.options[step.prediction.answer(teaching)]
    app = open_page("learn", step=str(number))
    for option in (*step.prediction.options, SHOW):
        words = said(predict(app, option))
        assert step.prediction.told(teaching) in words
        assert f"Right: {right.lower()}." in words if option == right else "Right: " not in words
        assert f"**Take away:** {step.takeaway}" in words
    assert moves(app)
    for chart in drawn(app).values():
        assert chart.alt
        assert "nan" not in chart.alt


@NUMBERED
def test_show_me_plays_and_ends(open_page, teaching, number, step) -> None:
    app = predict(open_page("learn", step=str(number)), SHOW)
    states = step.demo(teaching)
    app.button(key=f"demo-{step.name}").click().run()
    for _ in range(len(states) + 2):
        assert not app.exception
        app.run()
    values = {control.key: control.value for control in [*app.slider, *app.select_slider, *app.toggle]}
    groups = {group.key: group.value for group in app.get("button_group")}
    assert {key: (values | groups)[key] for key in states[-1]} == dict(states[-1])
    assert "lesson_playing" not in app.session_state


def test_what_plays_ends_with_its_step(open_page) -> None:
    app = predict(open_page("learn", step="5"), SHOW)
    app.button(key="play").click().run()
    assert "lesson_playing" in app.session_state
    app.button(key="next").click().run()
    assert "lesson_playing" not in app.session_state


def test_the_first_page_is_the_lesson_and_needs_no_run(open_page) -> None:
    app = open_page("learn")
    assert app.title[0].value == "Learn"
    assert app.header[0].value == "1. A node listens"
    assert "nothing of anyone else's data" in said(app)
    assert "For teachers" in [popover.proto.popover.label for popover in app.get("popover")]
    assert "`?step=1&lock=1&hide=demo,why`" in said(app)


def test_next_and_back_and_ticks(open_page) -> None:
    app = predict(open_page("learn"), SHOW)
    assert "1 of 7 done" in said(app)
    app.button(key="next").click().run()
    assert app.header[0].value.startswith("2. ")
    assert app.query_params["step"] == "2"
    app.button(key="back").click().run()
    assert app.header[0].value.startswith("1. ")
    assert app.success, "an answer is kept"
    assert app.button(key="back").disabled


@pytest.mark.parametrize("asked", ["9", "x", ""])
def test_a_step_that_is_not_there_is_the_first(open_page, asked: str) -> None:
    assert open_page("learn", step=asked).header[0].value.startswith("1. ")


def test_the_last_step_ends_with_three_questions(open_page) -> None:
    app = predict(open_page("learn", step="7"), SHOW)
    assert "Three questions to leave with" in said(app)
    assert [link.value for link in app.page_link if link.value][-3:] == [
        "Train a run",
        "Explore a run",
        "Open Accelerator",
    ]
    assert "next" not in [button.key for button in app.button]


def test_a_teacher_can_keep_a_class_here_and_leave_parts_out(open_page) -> None:
    app = open_page("learn", step="7", lock="1", hide="why,demo")
    predict(app, SHOW)
    assert not app.page_link or not [link for link in app.page_link if link.value == "Train a run"]
    assert not app.expander
    assert "For teachers" not in [popover.proto.popover.label for popover in app.get("popover")]
    assert not [button for button in app.button if (button.key or "").startswith(("demo-", "open-"))]
    assert "Three questions" not in said(open_page("learn", step="7", hide="questions"))


def test_the_game_is_scored_on_the_runs_own_values(open_page, drawn, teaching) -> None:
    app = predict(open_page("learn", step="4"), SHOW)
    layer = teaching.main
    assert app.toggle(key="reveal").value is False
    app.slider(key="give4").set_value(8.0)
    app.slider(key="give1").set_value(5.0).run()
    assert "too many" in app.get("progress")[0].proto.text
    assert app.toggle(key="reveal").disabled
    app.button(key="fit").click().run()
    given = [app.slider(key=f"give{position}").value for position in range(5)]
    assert spent(given, layer.in_degree) <= layer.bits.mean() + 1e-9
    app.toggle(key="reveal").set_value(True).run()
    bars = drawn(app)["scores"].spec["data"][0]
    scored = dict(zip(bars["y"], bars["x"], strict=True))
    assert set(scored) == {"You", "Same bits for all", "A²Q's bits", "Best possible"}
    assert scored["Best possible"] == min(scored.values())
    ghosts = drawn(app)["allocation"].spec["data"][1]["y"]
    assert ghosts == pytest.approx(learned_means(layer))
    assert f"{layer.error:.3f}" in said(app)


def test_a_shared_link_opens_the_same_game(open_page, drawn) -> None:
    link = {"step": "4", "give0": "2.5", "give1": "3.5", "give2": "4.0", "give3": "4.5", "give4": "5.5"}
    app = predict(open_page("learn", **link), SHOW)
    assert drawn(app)["allocation"].spec["data"][0]["y"] == [2.5, 3.5, 4.0, 4.5, 5.5]


def test_playing_goes_through_the_epochs_and_can_be_stopped(open_page, drawn) -> None:
    app = predict(open_page("learn", step="5"), SHOW)
    epochs = [int(option) for option in app.select_slider(key="epoch").options]
    app.button(key="play").click().run()
    assert app.select_slider(key="epoch").value == epochs[1]
    app.button(key="stop").click().run()
    stopped = app.select_slider(key="epoch").value
    app.run()
    assert app.select_slider(key="epoch").value == stopped
    assert f"Epoch {stopped}:" in drawn(app)["settling"].alt


def test_a_stronger_penalty_leaves_fewer_bits(open_page) -> None:
    app = predict(open_page("learn", step="5"), SHOW)

    def average() -> float:
        found = re.search(r"([\d.]+) bits on average in this layer", said(app))
        assert found
        return float(found[1])

    weak, strong = app.select_slider(key="penalty").options[0], app.select_slider(key="penalty").options[-1]
    app.select_slider(key="penalty").set_value(float(weak)).run()
    more = average()
    app.select_slider(key="penalty").set_value(float(strong)).run()
    assert average() < more


def test_shuffled_bits_show_their_error_and_what_was_measured(open_page, drawn) -> None:
    app = predict(open_page("learn", step="6"), SHOW)
    assert app.toggle(key="shuffled").value is False
    before = drawn(app)
    assert "shuffle-worth" not in before
    assert "shuffled" not in before["shuffle-errors"].alt
    app.toggle(key="shuffled").set_value(True).run()
    assert not app.exception
    after = drawn(app)
    assert re.search(r"[\d.]+% learned, [\d.]+% shuffled", after["shuffle-errors"].alt)
    assert after["shuffle-bits"].alt != before["shuffle-bits"].alt
    assert "no difference shown at 1, 1.3, 1.7 bits" in after["shuffle-worth"].alt
    assert "docs/worth.md" in said(app)
    for view in ("All nodes", "Error by degree and bits"):
        app.segmented_control(key="mess").set_value(view).run()
        assert not app.exception
    app.segmented_control(key="steps").set_value("One for all").run()
    assert drawn(app)["shuffle-errors"].alt != after["shuffle-errors"].alt
    other = next(name for name in app.selectbox(key="trained").options if not name.startswith("Cora, GCN"))
    app.selectbox(key="trained").set_value(other).run()
    assert drawn(app)["shuffle-worth"].alt.startswith(other)


def test_a_link_opens_with_the_bits_shuffled(open_page, drawn) -> None:
    app = predict(open_page("learn", step="6", shuffled="true", network="gcn"), SHOW)
    assert "shuffle-worth" in drawn(app)


def test_open_in_explore_takes_the_sample_run_along(open_page, store: RunStore) -> None:
    app = open_page("learn", step="3")
    app.button(key="open-width").click().run()
    assert not app.exception
    assert [run.id for run in store.list()] == [SAMPLES["gin"].run_id]
    assert app.title[0].value == "Explore"
    assert app.query_params["run"] == SAMPLES["gin"].run_id


def test_a_read_only_server_teaches_too(open_page, monkeypatch) -> None:
    RunStore().close()
    monkeypatch.setenv("A2Q_READONLY", "1")
    app = predict(open_page("learn", step="2"), SHOW)
    assert app.button(key="open-ruler").disabled
    assert moves(app)


def test_charts_are_of_the_theme(open_page) -> None:
    app = open_page("learn")
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert figure["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"
