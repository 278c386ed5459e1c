import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from a2q.accelerator import Conventions, Hardware, simulate
from a2q.accelerator.layers import uniform
from a2q.datasets import DatasetConfig
from a2q.experiments.bundle.bundle import bundle_of, import_bundle
from a2q.experiments.bundle.file import read_bundle
from a2q.experiments.store import RunStore
from a2q.experiments.workload import workload
from a2q.layouts import Layout
from a2q_studio.pages.accelerator.conventions import _SWITCHES

SAMPLES = Path(__file__).parents[4] / "data" / "samples"
VIEWS = {
    "Cycles": {"accelerator-causes"},
    "Lanes": {"accelerator-lanes", "accelerator-sweep"},
    "Nodes": {"accelerator-nodes"},
    "Bytes and energy": {"accelerator-bytes", "accelerator-energy"},
    "Roofline": {"accelerator-roofline"},
    "Tiles": {"accelerator-tiles"},
    "Sources": set(),
}


def numbers(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


@pytest.fixture
def work(runs_here, store: RunStore):
    """What the page simulates."""
    return workload(store.get(runs_here.a2q), partial(store.array, runs_here.a2q))


class TestStates:
    def test_no_runs_offer_the_samples(self, open_page, store: RunStore) -> None:
        app = open_page("accelerator")
        assert "No runs yet" in app.info[0].value
        assert [link.value for link in app.page_link] == ["Train a first run"]
        app.button(key="acc_samples").click().run()
        assert not app.exception
        assert len(store.list()) > 1
        assert "Clock cycles" in numbers(app)

    def test_a_run_that_waits(self, open_page, store: RunStore, small) -> None:
        store.submit(small())
        app = open_page("accelerator")
        assert "This run is queued; its bits can be simulated when it has finished" in app.info[0].value
        assert not app.get("plotly_chart")

    def test_a_run_recorded_earlier_whose_data_are_gone(self, open_page, runs_here, store, monkeypatch) -> None:
        from a2q.datasets import DatasetError
        from a2q.experiments import earlier_runs

        def gone(*_: object) -> None:
            raise DatasetError("The graph was deleted; import it again.")

        bundle = bundle_of(store, store.get(runs_here.a2q))
        summary = {name: value for name, value in bundle.run.summary.items() if name != "network"}
        earlier = import_bundle(store, replace(bundle, run=replace(bundle.run, id="0" * 12, summary=summary)))
        monkeypatch.setattr(earlier_runs, "problem", gone)
        app = open_page("accelerator", run=earlier.id)
        assert "Clock cycles" in numbers(app)
        assert any("how many of its values are zero is not known" in caption.value for caption in app.caption)
        store.delete(earlier.id)

    def test_a_run_needs_no_dataset(self, open_page, runs_here, monkeypatch) -> None:
        from a2q.experiments import earlier_runs

        monkeypatch.setattr(earlier_runs, "problem", lambda *_: pytest.fail("The dataset was loaded."))
        app = open_page("accelerator", run=runs_here.a2q)
        assert "Clock cycles" in numbers(app)
        assert not any("not known" in caption.value for caption in app.caption)

    @pytest.mark.parametrize("read_only", ["", "1"])
    def test_looking_at_a_run_recorded_earlier_downloads_nothing(
        self, open_page, runs_here, store, monkeypatch, read_only: str
    ) -> None:
        asked: list[str] = []

        def broken(name: str, *_: object) -> None:
            asked.append(name)
            raise OSError("There is no network.")

        bundle = read_bundle(SAMPLES / "gin-lambda-0.2.zip")
        elsewhere = bundle.run.config.model_copy(update={"dataset": DatasetConfig(name="cora")})
        earlier = import_bundle(store, replace(bundle, run=replace(bundle.run, id="0" * 12, config=elsewhere)))
        monkeypatch.delenv("A2Q_DATA", raising=False)
        monkeypatch.setenv("A2Q_READONLY", read_only)
        monkeypatch.setattr("socket.getaddrinfo", broken)
        app = open_page("accelerator", run=earlier.id)
        assert asked == []
        assert "Clock cycles" in numbers(app)
        assert any("how many of its values are zero is not known" in caption.value for caption in app.caption)

    def test_a_stale_link(self, open_page, runs_here) -> None:
        app = open_page("accelerator", run="nope")
        assert "nope" in app.warning[0].value
        assert "Clock cycles" in numbers(app)

    def test_an_fp32_run(self, open_page, runs_here) -> None:
        app = open_page("accelerator", run=runs_here.fp32)
        assert numbers(app)["Over FP32"] == "1.00×"
        assert not app.error


class TestNumbers:
    def test_they_are_the_librarys(self, open_page, runs_here, work) -> None:
        report = simulate(work.graph, work.layers)
        reference = simulate(work.graph, uniform(work.layers, 4))
        shown = numbers(open_page("accelerator", run=runs_here.a2q))
        assert shown["Clock cycles"] == f"{report.cycles:,}"
        assert shown["Over Degree-Quant INT4"] == f"{reference.cycles / report.cycles:,.2f}×"

    def test_a_link_brings_back_every_choice(self, open_page, runs_here, work) -> None:
        app = open_page(
            "accelerator", run=runs_here.a2q, acc_lanes="8", acc_lane_sync="queue", acc_aggregation_kib="16"
        )
        report = simulate(
            work.graph, work.layers, Hardware(lanes=8, aggregation_kib=16), Conventions(lane_sync="queue")
        )
        assert numbers(app)["Clock cycles"] == f"{report.cycles:,}"
        assert any(report.hardware.digest in caption.value for caption in app.caption)

    def test_moving_a_slider_recomputes(self, open_page, runs_here, work) -> None:
        app = open_page("accelerator", run=runs_here.a2q)
        app.slider(key="acc_lanes").set_value(4).run()
        assert not app.exception
        assert numbers(app)["Clock cycles"] == f"{simulate(work.graph, work.layers, Hardware(lanes=4)).cycles:,}"

    def test_the_speedup_stands_beside_every_choice(self, open_page, runs_here, work) -> None:
        app = open_page("accelerator", run=runs_here.a2q)
        beside = [caption.value for caption in app.caption if "**" in caption.value and "×" in caption.value]
        assert len(beside) == len(_SWITCHES)
        counted = Conventions(first_input="stored")
        ours, reference = (
            simulate(work.graph, layers, conventions=counted) for layers in (work.layers, uniform(work.layers, 4))
        )
        assert f"stored {reference.cycles / ours.cycles:.2f}×" in " ".join(beside)

    def test_a_preset_sets_the_sliders(self, open_page, runs_here) -> None:
        app = open_page("accelerator", run=runs_here.a2q)
        app.selectbox(key="acc_hardware").set_value("mega").run()
        assert not app.exception
        assert (app.slider(key="acc_lanes").value, app.slider(key="acc_columns").value) == (32, 32)
        app.slider(key="acc_lanes").set_value(5).run()
        app.button(key="acc_reset").click().run()
        assert app.slider(key="acc_lanes").value == 32

    def test_every_preset_runs(self, open_page, runs_here) -> None:
        for name in ("hygcn", "gcnax", "bitfusion-16x32", "systolic-16x16"):
            app = open_page("accelerator", run=runs_here.a2q, acc_hardware=name)
            assert not app.error, name
            assert "Clock cycles" in numbers(app)


class TestLessons:
    def test_sorting_is_one_click(self, open_page, runs_here, work) -> None:
        app = open_page("accelerator", run=runs_here.a2q)
        app.button(key="acc_sort_by_bits").click().run()
        assert not app.exception
        report = simulate(work.graph, work.layers, conventions=Conventions(node_order="bits"))
        assert numbers(app)["Clock cycles"] == f"{report.cycles:,}"
        assert any("in the order bits" in text.value for text in app.markdown)
        app.button(key="acc_unsort").click().run()
        assert numbers(app)["Clock cycles"] == f"{simulate(work.graph, work.layers).cycles:,}"

    def test_one_more_lane(self, open_page, runs_here, work) -> None:
        app = open_page("accelerator", run=runs_here.a2q)
        cycles = simulate(work.graph, work.layers, Hardware(lanes=17)).cycles
        assert any(f"17 instead of 16: {cycles:,} cycles" in text.value for text in app.markdown)

    def test_other_hardware_has_to_be_unlocked(self, open_page, runs_here) -> None:
        app = open_page("accelerator", run=runs_here.a2q)
        assert not app.warning
        app.toggle(key="acc_unlock").set_value(True).run()
        assert not app.exception
        assert "Original configurations" in app.warning[0].value
        assert "times as fast as this run here" in app.warning[0].value


class TestViews:
    @pytest.mark.parametrize("view", VIEWS)
    def test_every_tab_is_in_the_link_and_has_a_name_for_screen_readers(
        self, open_page, drawn, runs_here, view: str
    ) -> None:
        app = open_page("accelerator", run=runs_here.a2q, acc_view=view)
        charts = drawn(app)
        assert set(charts) == VIEWS[view]
        assert all(chart.alt for chart in charts.values())
        if view == "Sources":
            sources = app.dataframe[0].value
            assert sources.query("setting == 'Lanes'")["mark"].tolist() == ["assumed"]
            assert app.dataframe[2].value["agrees"].all()

    def test_nodes_stand_where_explore_has_them(
        self, open_page, drawn, runs_here, store: RunStore, monkeypatch
    ) -> None:
        edges = store.array(runs_here.a2q, "tensor/edges")
        asked: list[tuple[int, ...]] = []
        monkeypatch.setattr("a2q_studio.pages.accelerator.views.request_layout", lambda e, *_: asked.append(e.shape))
        app = open_page("accelerator", run=runs_here.a2q, acc_view="Nodes")
        app.button(key="acc_lay_out").click().run()
        assert asked == [edges.shape]
        places = np.random.default_rng(0).random((120, 2)).astype(np.float32)
        monkeypatch.setattr("a2q_studio.pages.accelerator.views.kept_layout", lambda *_: Layout(places))
        app.run()
        (points,) = drawn(app)["accelerator-nodes"].spec["data"]
        assert sorted(points["x"]) == pytest.approx(sorted(places[:, 0].tolist()))
        assert "acc_lay_out" not in [button.key for button in app.button]

    def test_networks_can_be_left_out(self, open_page, drawn, runs_here) -> None:
        app = open_page("accelerator", run=runs_here.a2q)
        app.button_group(key="acc_networks").set_value(["FP32"]).run()
        assert not app.exception
        spec = drawn(app)["accelerator-causes"].spec
        assert {name for trace in spec["data"] for name in trace["x"][1]} == {"FP32", "This run"}

    def test_more_runs_under_the_roofline(self, open_page, drawn, runs_here) -> None:
        app = open_page("accelerator", run=runs_here.a2q, acc_view="Roofline")
        app.multiselect(key="acc_roofline_runs").set_value([runs_here.fp32]).run()
        assert not app.exception
        names = {trace["name"] for trace in drawn(app)["accelerator-roofline"].spec["data"]}
        assert runs_here.fp32 in names


class TestDownloads:
    def test_four_files(self, open_page, runs_here) -> None:
        app = open_page("accelerator", run=runs_here.a2q)
        labels = [button.proto.label for button in app.get("download_button")]
        assert labels[:4] == [
            "Report (JSON)",
            "Layers (CSV)",
            "Tiles for Perfetto (Chrome trace)",
            "Memory requests (DRAM trace)",
        ]


class TestBadInput:
    @pytest.mark.parametrize(
        "query",
        [
            {"acc_lanes": "0"},
            {"acc_lanes": "x"},
            {"acc_bandwidth_gb_s": "-5"},
            {"acc_aggregation_kib": "3"},
            {"acc_lane_sync": "chaos"},
            {"acc_hardware": "tpu"},
            {"acc_view": "Nowhere"},
        ],
    )
    def test_what_a_link_gets_wrong_falls_back(self, open_page, runs_here, work, query: dict[str, str]) -> None:
        app = open_page("accelerator", run=runs_here.a2q, **query)
        assert numbers(app)["Clock cycles"] == f"{simulate(work.graph, work.layers).cycles:,}"

    def test_a_buffer_smaller_than_a_row_is_said_in_a_sentence(self, open_page, runs_here, monkeypatch) -> None:
        from a2q.accelerator import simulation

        def wide(hardware: Hardware, layer: object) -> int:
            from a2q.accelerator import AcceleratorError

            raise AcceleratorError(
                "aggregation_kib is 1, but two rows take 2 KiB; make the buffer at least that large."
            )

        monkeypatch.setattr(simulation, "rows_per_part", wide)
        app = open_page("accelerator", run=runs_here.a2q)
        assert [error.value for error in app.error] == [
            r"aggregation\_kib is 1, but two rows take 2 KiB; make the buffer at least that large."
        ]
        assert json.dumps(app.query_params) is not None


class TestLargeGraphs:
    """Beyond a number of nodes switches are worked out when asked for."""

    def test_switches_wait_for_a_press(self, open_page, runs_here, work, monkeypatch) -> None:
        from a2q_studio.pages.accelerator import work as module

        monkeypatch.setattr(module, "LIVE_NODES", 10)
        app = open_page("accelerator", run=runs_here.a2q)
        assert numbers(app)["Clock cycles"] == f"{simulate(work.graph, work.layers).cycles:,}"
        assert not any("stored" in caption.value for caption in app.caption)
        app.toggle(key="acc_switches").set_value(True).run()
        assert not app.exception
        assert any("stored" in caption.value and "×" in caption.value for caption in app.caption)


def test_the_newest_run_with_bits_of_its_own_is_shown_first(open_page, runs_here, store: RunStore, small) -> None:
    waiting = store.submit(small()).id
    app = open_page("accelerator")
    assert app.selectbox[0].value == runs_here.a2q != waiting
