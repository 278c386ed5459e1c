import os
import time
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from a2q.experiments.bundle.bundle import bundle_of, import_bundle
from a2q.experiments.process import identify, this_host
from a2q.experiments.store import RunStore
from a2q.jobs import Job, job
from a2q.reports.tensors import EDGES


def told(app: AppTest) -> str:
    return " ".join(element.value for kind in (app.info, app.warning, app.error, app.caption) for element in kind)


def keys(app: AppTest) -> set[str]:
    """Charts of the page, by the beginning of their keys."""
    return {chart.key.split("{")[0] for chart in app.get("plotly_chart")}


def link(app: AppTest) -> dict[str, str]:
    """What the address says; AppTest gives what a script set as text, and what came with the link as a list."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def test_no_runs_offer_the_samples(open_page, store: RunStore) -> None:
    app = open_page("compare")
    assert "No runs yet" in told(app)
    app.button(key="compare-samples").click().run()
    assert not app.exception
    assert len(store.list()) > 1
    app.button(key="compare-newest").click().run()
    assert not app.exception
    assert len(link(app)["runs"].split(",")) == 2
    assert "compare-loss-.3f" in keys(app)


def test_one_run_needs_a_second(open_page, store: RunStore, small) -> None:
    store.submit(small())
    app = open_page("compare")
    assert "There is one run so far" in told(app)
    assert not app.get("plotly_chart")


def test_nothing_is_compared_before_two_are_chosen(open_page, runs_here) -> None:
    app = open_page("compare")
    assert "Choose two runs or more" in told(app)
    app.multiselect(key="compared_runs").set_value([runs_here.a2q]).run()
    assert "Choose one run more" in told(app)
    assert link(app)["runs"] == runs_here.a2q


def test_a2q_beside_fp32(open_page, runs_here) -> None:
    app = open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}")
    assert {"pareto-average_bits-accuracy ", "pareto-full_bits_per_value-accuracy ", "compare-distributions"} <= keys(
        app
    )
    assert "B: FP32, so every value has 32 bits" in told(app)
    differing = next(table.value for table in app.dataframe if "setting" in table.value)
    assert set(differing.columns) == {"setting", "name", "A", "B"}
    methods = differing[differing["name"] == "quantization.method"]
    assert methods[["A", "B"]].to_numpy().tolist() == [["a2q", "fp32"]]
    assert "dataset.name" not in set(differing["name"])
    results = next(table.value for table in app.dataframe if "letter" in table.value)
    assert list(results["run"]) == [runs_here.a2q, runs_here.fp32]
    assert "A²Q Studio" in app.caption[-1].value


def test_a_link_says_all_of_the_view(open_page, runs_here) -> None:
    app = open_page("compare", runs=f"{runs_here.fp32[:6]},{runs_here.a2q}", highlight="B", smoothing="0.5")
    assert link(app)["runs"] == f"{runs_here.fp32},{runs_here.a2q}"
    assert app.slider(key="smoothing").value == 0.5
    losses = next(chart for chart in app.get("plotly_chart") if chart.key == "compare-loss-.3f")
    assert "smoothed by 0.5" in losses.proto.alt
    again = open_page("compare", **link(app))
    assert {chart.proto.spec for chart in again.get("plotly_chart")} == {
        chart.proto.spec for chart in app.get("plotly_chart")
    }


def test_a_new_run_changes_nothing_of_the_choice(open_page, runs_here, store: RunStore, small) -> None:
    app = open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}")
    before = link(app)
    store.submit(small("seed=9"))
    app.run()
    assert app.multiselect(key="compared_runs").value == [runs_here.a2q, runs_here.fp32]
    assert link(app) == before
    assert "compare-distributions" in keys(app)


@pytest.mark.parametrize("stale", ["feed", "feed,`beef`![x](y)", ",,", "feed," * 50])
def test_a_stale_link_is_told_and_the_list_is_there(open_page, runs_here, stale: str) -> None:
    app = open_page("compare", runs=stale)
    assert ("does not have; choose runs below" in told(app)) == ("feed" in stale)
    assert "Choose two runs or more" in told(app)


def test_a_link_that_is_stale_in_part_shows_the_rest(open_page, runs_here) -> None:
    app = open_page("compare", runs=f"{runs_here.a2q},feed,{runs_here.fp32}")
    assert "`feed`, which this store does not have; the others are shown" in told(app)
    assert "compare-distributions" in keys(app)


def test_more_than_six_are_refused_by_a_sentence(open_page, store: RunStore, small) -> None:
    ids = [store.submit(small(f"seed={seed}")).id for seed in range(7)]
    app = open_page("compare", runs=",".join(ids))
    assert "7 runs are chosen; at most 6 fit side by side. Take 1 away." in told(app)
    assert not app.get("plotly_chart")
    app.multiselect(key="compared_runs").set_value(ids[:6]).run()
    assert not app.exception
    assert "fit side by side" not in told(app)
    assert "F is queued" in told(app)


@pytest.mark.parametrize(
    ("state", "reason"), [("failed", "The loss is not a number."), ("cancelled", "Cancelled before the first epoch.")]
)
def test_a_queued_run_and_one_that_came_to_nothing(
    state: str, reason: str, open_page, runs_here, store: RunStore, small
) -> None:
    queued, ended = store.submit(small("seed=1")), store.submit(small("seed=2"))
    store.claim(ended.id, this_host(), None)
    store.assign_process(ended.id, identify(), heartbeat=time.time())
    store.close_run(ended.id, state, reason=reason)
    app = open_page("compare", runs=f"{runs_here.a2q},{queued.id},{ended.id}")
    assert "B is queued: Waiting for a free worker (0%)" in told(app)
    assert f"C is {state}, it has no epoch and no result. {reason}" in told(app)
    assert {"pareto-average_bits-accuracy ", "compare-distributions", "compare-loss-.3f"} <= keys(app)


def test_a_running_run_is_drawn_as_far_as_it_is(open_page, runs_here, store: RunStore, small) -> None:
    running = store.submit(small("seed=3"))
    store.claim(running.id, this_host(), None)
    store.assign_process(running.id, identify(), heartbeat=time.time())
    store.note(running.id, stage="Training, epoch 2 of 5", progress=0.4, heartbeat=time.time())
    store.add_epochs(running.id, store.epochs(runs_here.a2q)[:2])
    store.put(running.id, store.arrays(runs_here.a2q))
    app = open_page("compare", runs=f"{runs_here.a2q},{running.id}")
    assert "B is running: Training, epoch 2 of 5 (40%)." in told(app)
    alts = {chart.key.split("{")[0]: chart.proto.alt for chart in app.get("plotly_chart")}
    assert alts["aligned-AB"].startswith("The same 120 nodes in 2 runs; mean bits: A ")
    assert alts["pareto-average_bits-accuracy "].startswith("A is on the Pareto front")
    assert alts["compare-average_bits-.2f"].count("B ") == 1
    store.finish(running.id, store.get(runs_here.a2q).summary)
    app.run()
    assert "B is running" not in told(app)
    alts = {chart.key.split("{")[0]: chart.proto.alt for chart in app.get("plotly_chart")}
    assert alts["pareto-average_bits-accuracy "].startswith("A, B are on the Pareto front")


def test_a_run_that_is_deleted_meanwhile(open_page, runs_here, store: RunStore) -> None:
    app = open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}")
    store.delete(runs_here.fp32)
    app.run()
    assert not app.exception
    assert link(app)["runs"] == runs_here.a2q


def test_the_same_nodes_stand_side_by_side(open_page, runs_here, store: RunStore, small) -> None:
    twin = _again(store, runs_here)
    app = open_page("compare", runs=f"{runs_here.a2q},{twin},{runs_here.fp32}", mark="7", against="B")
    assert {"aligned-ABC", "changes-ABC", "changes-by-degree-ABC"} <= keys(app)
    alts = {chart.key: chart.proto.alt for chart in app.get("plotly_chart")}
    assert alts["aligned-ABC"].startswith("The same 120 nodes in 3 runs; mean bits: A ")
    assert alts["changes-ABC"].startswith("A against B: 0 of 120 nodes have more bits, 0 fewer")
    assert "Drawing all 120 nodes in each; edges as a picture beneath. Zoom or pan in one" in told(app)
    node = store.arrays(runs_here.a2q)["layer2/bits"][7]
    assert any(
        f"**A** {node} bits" in element.value and "**C** 32 bits (FP32)" in element.value for element in app.markdown
    )


def test_places_and_colours_can_be_others(open_page, runs_here) -> None:
    app = open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}", places="rings", colour_by="correct")
    alts = {chart.key: chart.proto.alt for chart in app.get("plotly_chart")}
    assert "predicted right, of all nodes: A " in alts["aligned-AB"]
    assert "fewer than two of A and B have bits per node" in told(app)


def test_a_layout_on_its_way_shows_how_far_it_is(open_page, runs_here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "start", lambda _: os.getpid())
    app = open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}")
    assert "aligned-AB" not in keys(app)
    assert any("Laying out the graph" in element.proto.text for element in app.get("progress"))
    assert "compare-distributions" in keys(app)


def test_a_layout_that_failed_stands_on_rings(open_page, runs_here, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(asked: Job) -> int:
        asked.fail("The machine ran out of memory.")
        return os.getpid()

    monkeypatch.setattr(job, "start", fail)
    open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}")
    app = open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}")
    assert "The machine ran out of memory. Nodes stand on rings instead." in told(app)
    assert "aligned-AB" in keys(app)


def test_an_older_run_without_edges_stands_on_rings(open_page, runs_here, store: RunStore) -> None:
    with store._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM arrays WHERE name = ?", (EDGES,))
    app = open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}")
    assert "The run kept no edges, so nodes stand on rings by in-degree." in told(app)
    assert "aligned-AB" in keys(app)


def test_the_report_is_built_only_when_it_is_pressed(open_page, runs_here, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_early(*_: object) -> None:
        raise AssertionError("a report was read")

    monkeypatch.setattr("a2q_studio.ui.report_buttons.read_contents", too_early)
    app = open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}")
    assert {"report-html-compare", "report-zip-compare"} <= {button.key for button in app.get("download_button")}


def test_runs_on_other_data_get_charts_of_their_own(open_page, runs_here, trained_on_graphs, store: RunStore) -> None:
    other = _taken_in(store, trained_on_graphs.file, trained_on_graphs.values)
    app = open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32},{other}")
    assert "Scores on different data do not compare" in told(app)
    assert "A and B on generated-citations; C on zinc" in told(app)
    assert len([chart for chart in app.get("plotly_chart") if chart.key.startswith("pareto-")]) == 4
    assert {"compare-validation_score-.1%", "compare-validation_score-.3f", "aligned-AB"} <= keys(app)
    assert "Different graphs: A and B on generated-citations (120 nodes); C on zinc (24 nodes)." in told(app)


def test_two_runs_on_different_graphs_show_everything_else(
    open_page, runs_here, trained_on_graphs, store: RunStore
) -> None:
    other = _taken_in(store, trained_on_graphs.file, trained_on_graphs.classes)
    app = open_page("compare", runs=f"{runs_here.a2q},{other}")
    assert "No two of these runs are on the same graph" in told(app)
    assert {"compare-distributions", "compare-loss-.3f", "compare-validation_score-.1%"} <= keys(app)
    assert not [key for key in keys(app) if key.startswith(("aligned", "changes"))]


def test_stars_tags_and_notes(open_page, runs_here, store: RunStore) -> None:
    app = open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}")
    store.annotations.change(runs_here.a2q, starred=True, tags=["best"], note="*Look* here")
    app.run()
    assert "*Look* here" in [text.value for text in app.text]
    assert any("best" in badge.value for badge in app.markdown)


@pytest.mark.parametrize(
    ("parameter", "value", "fits"),
    [("methods", "fp32", "fp32"), ("tags", "best", "a2q"), ("starred", "true", "a2q"), ("find", "look best", "a2q")],
)
def test_filters_narrow_the_list_and_are_in_the_link(
    open_page, runs_here, store: RunStore, parameter: str, value: str, fits: str
) -> None:
    store.annotations.change(runs_here.a2q, starred=True, tags=["best"], note="Look here")
    app = open_page("compare", **{parameter: value})
    (listed,) = [table.value for table in app.dataframe if "star" in table.value]
    assert list(listed["run"]) == [getattr(runs_here, fits)]
    assert "1 of 2 runs" in told(app)


def test_filters_that_nothing_fits(open_page, runs_here) -> None:
    assert "No run fits these filters" in told(open_page("compare", find="nowhere"))


def test_lines_are_of_the_runs_that_pass_the_filters(open_page, runs_here) -> None:
    app = open_page("compare")
    assert "compare-parallel" not in keys(app)
    app.session_state["parallel"] = True
    app.run()
    assert "compare-parallel" in keys(app)
    app.text_input(key="find").set_value(runs_here.fp32).run()
    assert "compare-parallel" not in keys(app)
    assert "Only one finished run fits the filters above" in told(app)


def test_a_read_only_server_compares_all_the_same(open_page, runs_here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_READONLY", "1")
    app = open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}")
    assert "compare-distributions" in keys(app)


def _again(store: RunStore, runs_here) -> str:
    """The A²Q run once more, as another run."""
    bundle = bundle_of(store, store.get(runs_here.a2q))
    twin = replace(bundle, run=replace(bundle.run, id="0123456789ab"))
    return import_bundle(store, twin).id


def _taken_in(store: RunStore, file, run_id: str) -> str:
    """Copy one run of another store into this one."""
    with RunStore(f"sqlite:///{file}") as other:
        return import_bundle(store, bundle_of(other, other.get(run_id))).id


def test_a_run_beside_its_control_says_what_its_bits_are_worth(open_page, controlled, runs_here) -> None:
    control = controlled(5)[0]
    app = open_page("compare", runs=f"{runs_here.a2q},{control}")
    assert f"worth-{runs_here.a2q}" in keys(app)
    said = " ".join(markdown.value for markdown in app.markdown)
    assert "5 seeds: test score +2.2 points" in said, "of all seeds, not of the chosen alone"
    assert f"worth-{runs_here.a2q}" not in keys(open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}"))
