import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from a2q.config.presets import preset
from a2q.reports import node_table, quantized_layers
from a2q.reports.nodes import COLUMNS
from a2q.runs import RunStore, State
from dashboard.charts import palette
from dashboard.parts.selection import Selection
from data import DatasetConfig

CHARTS = ("by-degree", "against-degree", "against-aggregation", "distribution")


def select(app: AppTest, run_id: str, nodes: list[int], origin: str = "against-degree-0") -> AppTest:
    """What remains when somebody has drawn a box in a chart: a browser's event cannot be had here."""
    app.session_state["selected_nodes"] = Selection(run_id, origin, np.array(nodes, dtype=int))
    app.run()
    assert not app.exception
    return app


def in_grey(chart) -> int:
    """How many of a chart's traces are drawn in the colour of what is not in focus."""
    return [trace["marker"]["color"] for trace in chart.spec["data"]].count(palette("light").muted)


class TestStates:
    def test_no_runs(self, open_page) -> None:
        app = open_page("explore")
        assert "No runs yet" in app.info[0].value
        assert [link.value for link in app.page_link] == ["Train a first run"]
        assert app.caption[-1].value.endswith("· Explore")

    def test_a_stale_link(self, open_page, runs_here) -> None:
        app = open_page("explore", run="nope")
        assert "nope" in app.warning[0].value
        assert app.selectbox[0].value == runs_here.a2q
        assert app.query_params["run"] == runs_here.a2q

    def test_a_run_that_waits(self, open_page, store: RunStore, small) -> None:
        store.submit(small())
        app = open_page("explore")
        assert app.progress[0].text == "Waiting for a free worker"
        assert not app.get("plotly_chart")
        assert not app.warning

    def test_a_run_that_trains_shows_what_it_has(self, open_page, drawn, runs_here, store: RunStore, small) -> None:
        run_id = store.submit(small()).id
        store.claim(run_id, "elsewhere", 0)
        store.note(run_id, progress=0.4, stage="Training, epoch 2 of 5", heartbeat=store.get(run_id).created + 1e6)
        store.put(run_id, store.arrays(runs_here.a2q))
        app = open_page("explore")
        assert app.selectbox[0].value == run_id
        assert app.progress[0].value == 40
        assert len(drawn(app)) == 4
        store.close_run(run_id, State.CANCELLED, reason="Cancelled.")
        app.run()
        assert not app.exception
        assert not app.progress
        assert app.warning[0].value == "Cancelled."

    def test_a_failed_run_without_values(self, open_page, store: RunStore, small) -> None:
        run_id = store.submit(small()).id
        store.claim(run_id, "elsewhere", 0)
        store.close_run(run_id, State.FAILED, reason="The disk is full.")
        app = open_page("explore")
        assert [warning.value for warning in app.warning] == ["The disk is full."]
        assert any("no node values" in info.value for info in app.info)
        assert not app.get("plotly_chart")

    def test_an_fp32_run(self, open_page, drawn, runs_here) -> None:
        app = open_page("explore", run=runs_here.fp32)
        assert "every value has 32 bits" in app.info[0].value
        charts = drawn(app)
        assert list(charts) == ["aggregation-by-degree"]
        assert charts["aggregation-by-degree"].alt.startswith("Mean aggregation value")
        assert "bits" not in app.dataframe[0].value.columns
        assert len(app.dataframe[0].value) == 120

    def test_a_run_that_vanishes_between_two_looks(self, open_page, runs_here, store: RunStore, monkeypatch) -> None:
        app = open_page("explore", run=runs_here.a2q)
        listed = RunStore.list

        def then_deleted(self, *given: object, **named: object):
            found = listed(self, *given, **named)
            if not given and not named and runs_here.a2q in [run.id for run in found]:
                store.delete(runs_here.a2q)
            return found

        monkeypatch.setattr(RunStore, "list", then_deleted)
        app.run()
        assert not app.exception
        assert runs_here.a2q in app.warning[0].value
        assert app.selectbox[0].value == runs_here.fp32

    def test_a_set_of_graphs_has_values_at_its_end(self, open_page, store: RunStore) -> None:
        run_id = store.submit(preset("a2q", DatasetConfig(name="mutag"))).id
        store.claim(run_id, "elsewhere", 0)
        store.note(run_id, heartbeat=store.get(run_id).created + 1e6)
        told = "The nodes of the test graphs are measured when training has ended."
        app = open_page("explore")
        assert told in [caption.value for caption in app.caption]
        store.close_run(run_id, State.CANCELLED, reason="Cancelled.")
        app.run()
        assert told not in [caption.value for caption in app.caption]
        assert any("ended before its nodes were measured" in info.value for info in app.info)


class TestGraphs:
    @pytest.mark.parametrize("kind", ["classes", "values"])
    def test_nodes_of_test_graphs(self, open_page, drawn, graphs_here, store: RunStore, kind: str) -> None:
        run_id = getattr(graphs_here, kind)
        app = open_page("explore", run=run_id)
        assert any(caption.value.startswith("Nodes of 4 test graphs") for caption in app.caption)
        assert [key.rpartition("-")[0] for key in drawn(app)] == list(CHARTS)
        nodes = app.dataframe[0].value
        assert len(nodes) == 4 * 6
        assert sorted(set(nodes["graph"])) == [16, 17, 18, 19]
        assert "split" not in nodes
        assert ("correct" in nodes) == (kind == "classes")

    def test_every_layer_can_be_chosen(self, open_page, drawn, graphs_here, store: RunStore) -> None:
        arrays = store.arrays(graphs_here.classes)
        for layer in quantized_layers(arrays):
            app = open_page("explore", run=graphs_here.classes, layer=str(layer))
            assert app.dataframe[0].value["bits"].tolist() == arrays[f"layer{layer}/bits"].tolist()

    def test_a_layer_that_reads_no_sum_has_no_chart_of_sums(self, open_page, drawn, graphs_here) -> None:
        app = open_page("explore", run=graphs_here.values, layer="1")
        assert "against-aggregation-0" not in drawn(app)
        assert "aggregation_fp32" not in app.dataframe[0].value


@pytest.mark.parametrize(("method", "bits"), [("uniform", 4), ("degree-quant", 4), ("binary", 1)])
def test_bits_that_are_all_the_same_are_drawn(
    open_page, drawn, runs_here, store: RunStore, small, method: str, bits: int
) -> None:
    run_id = store.submit(small(preset_name=method)).id
    store.claim(run_id, "elsewhere", 0)
    store.put(run_id, store.arrays(runs_here.a2q) | {"layer2/bits": np.full(120, bits, dtype=np.uint8)})
    store.finish(run_id, store.get(runs_here.a2q).summary)
    charts = drawn(open_page("explore", run=run_id))
    assert [key.rpartition("-")[0] for key in charts] == list(CHARTS)
    assert charts["by-degree-0"].alt.startswith(f"Mean bitwidth stays level from {bits} ")
    assert f"most have {bits} bits" in charts["against-degree-0"].alt


class TestFinished:
    def test_four_charts_and_a_table(self, open_page, drawn, runs_here, store: RunStore) -> None:
        app = open_page("explore")
        charts = drawn(app)
        assert [key.rpartition("-")[0] for key in charts] == list(CHARTS)
        assert all(chart.alt for chart in charts.values())
        nodes = app.dataframe[0].value
        expected = node_table(store.arrays(runs_here.a2q), 2)
        assert list(nodes.columns) == [name for name in COLUMNS if name in expected]
        assert nodes["bits"].tolist() == expected["bits"].tolist()
        assert "Nodes (120)" in [heading.value for heading in app.subheader]
        assert expected["bits"].nunique() > 1, "the charts have something to show"

    def test_charts_agree_with_each_other(self, open_page, drawn, runs_here, store: RunStore) -> None:
        charts = drawn(open_page("explore"))
        bits = store.arrays(runs_here.a2q)["layer2/bits"].tolist()
        (groups,) = charts["by-degree-0"].spec["data"]
        (bubbles,) = charts["against-degree-0"].spec["data"]
        points, _ = charts["against-aggregation-0"].spec["data"]
        (bars,) = charts["distribution-0"].spec["data"]
        assert sum(row[1] for row in groups["customdata"]) == 120
        assert sum(bubbles["marker"]["size"]) == 120
        assert [row[1] for row in sorted(points["customdata"])] == bits
        assert {row[1]: count for row, count in zip(bars["customdata"], bars["y"], strict=True)} == {
            width: bits.count(width) for width in set(bits)
        }

    def test_pictures_are_named_after_run_and_chart(self, open_page, drawn, runs_here) -> None:
        names = [chart.config["toImageButtonOptions"]["filename"] for chart in drawn(open_page("explore")).values()]
        assert all(name.startswith(f"a2q-{runs_here.a2q}-") for name in names)
        assert len(set(names)) == 4

    def test_the_table_can_be_taken_along(self, open_page, runs_here) -> None:
        app = open_page("explore")
        (button,) = app.get("download_button")
        assert button.proto.label == "Download as CSV"

    def test_colours_follow_the_theme(self, open_page, drawn, runs_here) -> None:
        app = open_page("explore")
        app.context = {"theme": "dark"}
        app.run()
        (bars,) = drawn(app)["distribution-0"].spec["data"]
        assert set(bars["marker"]["color"]) <= set(palette("dark").bits.values())


class TestLinks:
    @pytest.mark.parametrize("scale", ["linear", "log"])
    def test_the_axis_is_in_the_link(self, open_page, drawn, runs_here, scale: str) -> None:
        app = open_page("explore", run=runs_here.a2q, scale=scale)
        assert drawn(app)["against-degree-0"].spec["layout"]["xaxis"]["type"] == scale

    def test_the_aggregation_value_is_in_the_link(self, open_page, drawn, runs_here) -> None:
        app = open_page("explore", run=runs_here.a2q, value="quantized")
        assert drawn(app)["against-aggregation-0"].spec["layout"]["xaxis"]["title"]["text"].endswith("(quantized)")

    @pytest.mark.parametrize(
        "query", [{"scale": "cubic"}, {"layer": "7"}, {"layer": "x"}, {"value": ""}, {"layer": ""}, {"scale": ""}]
    )
    def test_what_a_link_gets_wrong_falls_back(self, open_page, drawn, runs_here, query: dict[str, str]) -> None:
        charts = drawn(open_page("explore", run=runs_here.a2q, **query))
        assert charts["against-degree-0"].spec["layout"]["xaxis"]["type"] == "log"
        assert len(charts) == 4


class TestLayers:
    @pytest.fixture
    def deep(self, runs_here, store: RunStore, small) -> str:
        """A finished run of three layers; the third has other bits than the second."""
        run_id = store.submit(small("model.layers=3")).id
        store.claim(run_id, "elsewhere", 0)
        arrays = store.arrays(runs_here.a2q)
        arrays |= {name.replace("layer2", "layer3"): value for name, value in arrays.items() if "layer2" in name}
        arrays["layer3/bits"] = np.full(120, 7, dtype=np.uint8)
        store.put(run_id, arrays)
        store.finish(run_id, store.get(runs_here.a2q).summary)
        return run_id

    def test_the_last_layer_is_shown_first(self, open_page, deep: str) -> None:
        assert set(open_page("explore", run=deep).dataframe[0].value["bits"]) == {7}

    def test_a_link_may_name_another(self, open_page, drawn, deep: str, store: RunStore) -> None:
        app = open_page("explore", run=deep, layer="2")
        assert app.dataframe[0].value["bits"].tolist() == store.arrays(deep)["layer2/bits"].tolist()
        both = drawn(app)["distribution-0"]
        assert [{row[0] for row in trace["customdata"]} for trace in both.spec["data"]] == [{2}, {3}]
        assert "layer 3: 0% of 120 nodes" in both.alt

    def test_a_layer_the_next_run_does_not_have(self, open_page, drawn, deep: str, runs_here) -> None:
        app = open_page("explore", run=deep, layer="3")
        app.selectbox[0].set_value(runs_here.a2q).run()
        assert not app.exception
        assert len(drawn(app)) == 4
        assert set(app.dataframe[0].value["bits"]) != {7}


class TestSelection:
    def test_views_and_table_follow(self, open_page, drawn, runs_here, store: RunStore) -> None:
        app = select(open_page("explore"), runs_here.a2q, [3, 5, 8])
        nodes = node_table(store.arrays(runs_here.a2q), 2)
        some = nodes[nodes["node"].isin([3, 5, 8])]
        assert app.dataframe[0].value["node"].tolist() == [3, 5, 8]
        (bar,) = [markdown.value for markdown in app.markdown if "selected" in markdown.value]
        assert bar.startswith("**3 of 120 nodes selected**")
        assert f"mean {sum(some['bits']) / 3:.2f} bits (all {sum(nodes['bits']) / 120:.2f})" in bar
        assert f"mean in-degree {sum(some['in_degree']) / 3:.1f} (all {sum(nodes['in_degree']) / 120:.1f})" in bar
        charts = drawn(app)
        assert "of the 3 nodes selected" in charts["by-degree-0"].alt.replace("\u00a0", " ")
        assert {key.rpartition("-")[0]: in_grey(chart) for key, chart in charts.items()} == {
            "by-degree": 1,
            "against-degree": 0,  # where it was drawn: a new figure would lose the reader's box
            "against-aggregation": 1,
            "distribution": 1,
        }

    def test_clearing_shows_all_again(self, open_page, drawn, runs_here) -> None:
        app = select(open_page("explore"), runs_here.a2q, [3, 5, 8])
        app.button(key="clear-selection").click().run()
        assert not app.exception
        assert app.session_state.get("selected_nodes") is None
        assert len(app.dataframe[0].value) == 120
        charts = drawn(app)
        assert not any(in_grey(chart) for chart in charts.values())
        # New keys: the browser forgets the box it drew.
        assert list(charts) == [f"{name}-1" for name in CHARTS]
        assert "clear-selection" not in [button.key for button in app.button]

    def test_a_selection_of_nobody(self, open_page, drawn, runs_here) -> None:
        app = select(open_page("explore"), runs_here.a2q, [])
        assert len(drawn(app)) == 4
        (bar,) = [markdown.value for markdown in app.markdown if "selected" in markdown.value]
        assert bar.startswith("**0 of 120 nodes selected**")
        assert "nan" not in bar

    def test_a_selection_is_not_carried_to_another_run(self, open_page, runs_here) -> None:
        app = select(open_page("explore"), "another-run0", [3, 5, 8])
        assert len(app.dataframe[0].value) == 120
