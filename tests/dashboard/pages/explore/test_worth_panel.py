from streamlit.testing.v1 import AppTest

from a2q.experiments.controls import controls
from a2q.experiments.store import RunStore, State


def opened(open_page, run_id: str, monkeypatch) -> AppTest:
    """The page with the panel open: AppTest cannot press on an expander."""
    import streamlit as st

    original = st.expander

    def expander(label, **given):
        return original(label, **given | {"expanded": "worth" in label or given.get("expanded", False)})

    monkeypatch.setattr(st, "expander", expander)
    return open_page("explore", run=run_id)


def told(app: AppTest) -> str:
    return " ".join(element.value for kind in (app.info, app.caption, app.markdown, app.success) for element in kind)


def charts(app: AppTest) -> set[str]:
    return {chart.key for chart in app.get("plotly_chart")}


def start(app: AppTest):
    return next(button for button in app.button if button.label == "Test what the assignment is worth")


def test_nothing_is_compared_before_it_is_opened(open_page, runs_here) -> None:
    app = open_page("explore", run=runs_here.a2q)
    assert "What is it worth which node has which bits?" in [panel.label for panel in app.expander]
    assert not any(button.label.startswith("Test what") for button in app.button)


def test_the_controls_of_every_seed_are_queued(open_page, runs_here, store: RunStore, monkeypatch) -> None:
    app = opened(open_page, runs_here.a2q, monkeypatch)
    assert "No control of this run was trained yet" in told(app)
    assert "This run has 1 seed; an interval needs at least 5" in told(app)
    assert "Train more seeds" in [link.value for link in app.page_link]
    wanted = [config.digest for config in controls(store, store.get(runs_here.a2q), ("permuted", "reversed"))]
    app.multiselect(key="worth_assignments").set_value(["permuted", "reversed"]).run()
    assert "Queues 2 runs, over 1 seed of this run." in told(app)
    start(app).click().run()
    assert not app.exception
    assert "2 runs queued" in told(app)
    assert {run.config.digest for run in store.list(states=[State.QUEUED])} == set(wanted)
    assert "All of these controls were trained or wait already." in told(app)
    assert start(app).disabled


def test_what_controls_show_is_drawn_and_said(open_page, controlled, runs_here, monkeypatch) -> None:
    control = controlled(5)[0]
    app = opened(open_page, runs_here.a2q, monkeypatch)
    assert f"worth-chart-{runs_here.a2q}" in charts(app)
    assert "**permuted** (on other nodes at random), 5 seeds: test score +2.2 points (" in told(app)
    assert "better, with the whole 95 % interval." in told(app)
    assert "an interval needs" not in told(app)
    of_control = opened(open_page, control, monkeypatch)
    assert f"the bits of run {runs_here.a2q[:4]}, permuted: it is a control of that run." in told(of_control)


def test_few_seeds_show_a_mean_and_no_verdict(open_page, controlled, runs_here, monkeypatch) -> None:
    controlled(2)
    app = opened(open_page, runs_here.a2q, monkeypatch)
    assert "too few seeds for an interval: 2, at least 5 are needed" in told(app)
    assert "better, with" not in told(app)


def test_a_read_only_server_shows_and_starts_none(open_page, controlled, runs_here, monkeypatch) -> None:
    controlled(2)
    monkeypatch.setenv("A2Q_READONLY", "1")
    app = opened(open_page, runs_here.a2q, monkeypatch)
    assert f"worth-chart-{runs_here.a2q}" in charts(app)
    assert start(app).disabled
    assert start(app).help.startswith("Read-only")


def test_a_run_without_bits_of_nodes_says_why(open_page, runs_here, monkeypatch) -> None:
    app = opened(open_page, runs_here.fp32, monkeypatch)
    assert "A run of fp32 has no bits of its own for each node of one graph" in told(app)
    assert not any(button.label.startswith("Test what") for button in app.button)


def test_a_session_may_not_ask_for_too_many(open_page, runs_here, store: RunStore, monkeypatch) -> None:
    monkeypatch.setenv("A2Q_SESSION_RUNS", "1")
    app = opened(open_page, runs_here.a2q, monkeypatch)
    app.multiselect(key="worth_assignments").set_value(["permuted", "value"]).run()
    start(app).click().run()
    assert "2 runs are asked for" in app.toast[0].value
    assert not store.list(states=[State.QUEUED])
