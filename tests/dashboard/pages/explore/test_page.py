import os
from functools import partial

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from a2q.datasets import DatasetConfig
from a2q.experiments.presets import preset
from a2q.experiments.store import RunStore, State
from a2q.experiments.worker import main as train
from a2q.jobs import Job, job
from a2q.reports import input_samples, node_table, quantized_layers, tensors
from a2q.reports.input_samples import PARTS, SAMPLE, stored_sample
from a2q.reports.node_table import COLUMNS
from a2q_studio.charts import palette
from a2q_studio.ui.selection import Selection, Selections

CHARTS = ["degree-to-magnitude", "magnitude-to-bits", "bits-by-degree", "errors", "graph"]


def select(app: AppTest, run_id: str, nodes: list[int], origin: str = "graph") -> AppTest:
    """What remains when somebody has drawn a lasso in a chart: a browser's event cannot be had here."""
    kept = Selections(run_id)
    kept.set(Selection(origin, np.array(nodes, dtype=int), "a lasso"))
    app.session_state["selections"] = kept
    app.run()
    assert not app.exception
    return app


def names(charts: dict) -> set[str]:
    """Charts by name, without the generation that is part of their key."""
    return {key.rpartition("-")[0] for key in charts}


def in_grey(chart) -> int:
    """How many of a chart's traces are drawn in the colour of what is not in focus."""
    return [trace.get("marker", {}).get("color") for trace in chart.spec["data"]].count(palette("light").muted)


def bar(app: AppTest) -> str:
    """The sentence that says who is selected."""
    (found,) = [markdown.value for markdown in app.markdown if "nodes" in markdown.value and "**" in markdown.value]
    return found


def table(app: AppTest):
    """The node table."""
    return app.dataframe[-1].value


class TestStates:
    def test_no_runs(self, open_page) -> None:
        app = open_page("explore")
        assert "No runs yet" in app.info[0].value
        assert "Train a first run" in [link.value for link in app.page_link]
        app.button(key="samples").click().run()
        assert not app.exception
        assert app.get("plotly_chart")
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
        store.put(run_id, store.arrays(runs_here.a2q) | {"tensor/edges": store.array(runs_here.a2q, "tensor/edges")})
        app = open_page("explore")
        assert app.selectbox[0].value == run_id
        assert app.progress[0].value == 40
        assert names(drawn(app)) == set(CHARTS) - {"errors"}
        assert any("kept no layer inputs" in info.value for info in app.info), "none were written yet"
        sample = {name: store.array(runs_here.a2q, name) for name in (f"{SAMPLE}layer2/{part}" for part in PARTS)}
        store.put(run_id, sample)
        store.note(run_id, progress=0.6)
        app.run()
        assert names(drawn(app)) == set(CHARTS), "the last epoch's while the run goes on"
        store.close_run(run_id, State.CANCELLED, reason="Cancelled.")
        app.run()
        assert not app.exception
        assert not app.progress
        assert app.warning[0].value == "Cancelled."
        assert "graph" in names(drawn(app)), "what it had is still there"

    def test_a_failed_run_without_values(self, open_page, store: RunStore, small) -> None:
        run_id = store.submit(small()).id
        store.claim(run_id, "elsewhere", 0)
        store.close_run(run_id, State.FAILED, reason="The disk is full.")
        app = open_page("explore")
        assert [warning.value for warning in app.warning] == ["The disk is full."]
        assert any("no node values" in info.value for info in app.info)
        assert not app.get("plotly_chart")

    def test_an_fp32_run(self, open_page, drawn, runs_here) -> None:
        app = open_page("explore", run=runs_here.fp32, node="3")
        assert "every value has 32 bits" in app.info[0].value
        charts = drawn(app)
        assert names(charts) == {"aggregation-by-degree", "graph"}
        assert charts["aggregation-by-degree-0"].alt.startswith("Mean aggregation value")
        assert "quantized" not in charts["aggregation-by-degree-0"].spec["layout"]["yaxis"]["title"]["text"]
        assert charts["graph-0"].alt.startswith("Graph: 120 nodes by in-degree")
        assert "bits" not in table(app).columns
        assert len(table(app)) == 120

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

    def test_a_graph_that_is_being_laid_out(self, open_page, drawn, runs_here, monkeypatch) -> None:
        monkeypatch.setattr(job, "start", lambda _: os.getpid())
        app = open_page("explore")
        assert "Laying out 120 nodes" in app.progress[0].text
        assert names(drawn(app)) == set(CHARTS) - {"graph"}, "all other views do not wait for it"

    def test_a_graph_that_cannot_be_laid_out(self, open_page, drawn, runs_here, monkeypatch) -> None:
        def fail(asked: Job) -> int:
            asked.fail("The graph could not be laid out (no room).")
            return os.getpid()

        at_once = job.start
        monkeypatch.setattr(job, "start", fail)
        app = open_page("explore")
        app.run()
        assert any("could not be laid out (no room)" in info.value for info in app.info)
        monkeypatch.setattr(job, "start", at_once)
        app.button(key="layout-again").click().run()
        assert not app.exception
        assert "graph" in names(drawn(app))

    def test_a_run_without_edges(self, open_page, drawn, runs_here, store: RunStore, small) -> None:
        run_id = store.submit(small()).id
        store.claim(run_id, "elsewhere", 0)
        store.put(run_id, store.arrays(runs_here.a2q))
        store.finish(run_id, store.get(runs_here.a2q).summary)
        app = open_page("explore", node="4")
        assert any("kept no edges" in info.value for info in app.info)
        assert "graph" not in names(drawn(app))
        assert "graph" in names(drawn(open_page("explore", layout="Degree rings")))


class TestGraphs:
    @pytest.mark.parametrize("kind", ["classes", "values"])
    def test_nodes_of_test_graphs(self, open_page, drawn, graphs_here, store: RunStore, kind: str) -> None:
        run_id = getattr(graphs_here, kind)
        app = open_page("explore", run=run_id)
        assert any(caption.value.startswith("Nodes of 4 test graphs") for caption in app.caption)
        assert names(drawn(app)) == set(CHARTS)
        nodes = table(app)
        assert len(nodes) == 4 * 6
        assert sorted(set(nodes["graph"])) == [16, 17, 18, 19]
        assert "split" not in nodes
        assert ("correct" in nodes) == (kind == "classes")

    def test_every_layer_can_be_chosen(self, open_page, graphs_here, store: RunStore) -> None:
        arrays = store.arrays(graphs_here.classes)
        for layer in quantized_layers(arrays):
            app = open_page("explore", run=graphs_here.classes, layer=str(layer), node="2")
            assert table(app)["bits"].tolist() == arrays[f"layer{layer}/bits"].tolist()

    def test_a_layer_that_reads_no_sum_shows_its_input_instead(self, open_page, drawn, graphs_here) -> None:
        app = open_page("explore", run=graphs_here.values, layer="1")
        assert drawn(app)["degree-to-magnitude-0"].alt.startswith("In-degree → magnitude")
        assert "aggregation_fp32" not in table(app)


@pytest.mark.parametrize(("method", "bits"), [("uniform", 4), ("degree-quant", 4), ("binary", 1)])
def test_bits_that_are_all_the_same_are_drawn(
    open_page, drawn, runs_here, store: RunStore, small, method: str, bits: int
) -> None:
    run_id = store.submit(small(preset_name=method)).id
    store.claim(run_id, "elsewhere", 0)
    tensors = {
        f"tensor/{name}": store.array(runs_here.a2q, f"tensor/{name}")
        for name in ("edges", "layer2/values", "layer2/quantized")
    }
    store.put(run_id, store.arrays(runs_here.a2q) | {"layer2/bits": np.full(120, bits, dtype=np.uint8)} | tensors)
    store.finish(run_id, store.get(runs_here.a2q).summary)
    charts = drawn(open_page("explore", run=run_id, node="9"))
    assert names(charts) == set(CHARTS)
    assert f"mean bitwidth stays level from {bits}.00" in charts["graph-0"].alt
    assert f"the mean stays level from {bits}.00" in charts["magnitude-to-bits-0"].alt


class TestFinished:
    def test_five_charts_and_a_table(self, open_page, drawn, runs_here, store: RunStore) -> None:
        app = open_page("explore")
        charts = drawn(app)
        assert names(charts) == set(CHARTS)
        assert all(chart.alt for chart in charts.values())
        nodes = table(app)
        expected = node_table(store.arrays(runs_here.a2q), 2)
        assert list(nodes.columns) == [name for name in COLUMNS if name in expected]
        assert nodes["bits"].tolist() == expected["bits"].tolist()
        assert "Nodes (120)" in [heading.value for heading in app.subheader]
        assert expected["bits"].nunique() > 1, "the charts have something to show"

    def test_charts_agree_with_each_other(self, open_page, drawn, runs_here, store: RunStore) -> None:
        charts = drawn(open_page("explore"))
        bits = store.arrays(runs_here.a2q)["layer2/bits"].tolist()
        in_graph = sorted(row[:2] for trace in charts["graph-0"].spec["data"] for row in trace["customdata"])
        assert in_graph == [[node, width] for node, width in enumerate(bits)]
        for name in ("degree-to-magnitude-0", "magnitude-to-bits-0"):
            assert sum(row[2] for row in charts[name].spec["data"][0]["customdata"]) == 120
        by_width = dict.fromkeys(set(bits), 0)
        for trace in charts["bits-by-degree-0"].spec["data"][1:]:
            for _, width, count in trace["customdata"]:
                by_width[width] += count
        assert by_width == {width: bits.count(width) for width in set(bits)}

    def test_pictures_are_named_after_run_and_chart(self, open_page, drawn, runs_here) -> None:
        files = [chart.config["toImageButtonOptions"]["filename"] for chart in drawn(open_page("explore")).values()]
        assert all(name.startswith(f"a2q-{runs_here.a2q}-") for name in files)
        assert len(set(files)) == 5

    def test_the_table_can_be_taken_along(self, open_page, runs_here) -> None:
        labels = [button.proto.label for button in open_page("explore").get("download_button")]
        assert labels == ["Report (HTML)", "Data (ZIP)", "Download as CSV", "Download as Parquet"]

    def test_colours_follow_the_theme(self, open_page, drawn, runs_here) -> None:
        app = open_page("explore")
        app.context = {"theme": "dark"}
        app.run()
        colours = {trace["marker"]["color"] for trace in drawn(app)["graph-0"].spec["data"]}
        assert colours <= set(palette("dark").bits.values())

    @pytest.mark.parametrize("rows", ["In-degree groups", "Top 50 nodes"])
    @pytest.mark.parametrize("error", ["|x − x_q|", "relative", "clipped"])
    def test_every_heatmap(self, open_page, drawn, runs_here, rows: str, error: str) -> None:
        chart = drawn(open_page("explore", rows=rows, error=error))["errors-0"]
        heatmap, cells = chart.spec["data"]
        assert len(heatmap["z"]) * len(heatmap["z"][0]) == len(cells["x"])
        assert (len(heatmap["y"]) == 50) == rows.startswith("Top")

    def test_too_many_nodes_to_draw_them_all(self, open_page, drawn, runs_here, monkeypatch) -> None:
        from a2q_studio.charts.graph import tiers

        monkeypatch.setattr(tiers, "FEW", 10)
        monkeypatch.setattr(tiers, "MANY", 60)
        monkeypatch.setattr(tiers.drawn_nodes, "__defaults__", (50,))
        app = open_page("explore")
        graph = drawn(app)["graph-0"].spec
        assert sum(len(trace["x"]) for trace in graph["data"]) == 50
        assert len(graph["layout"]["images"]) == 1
        assert any(caption.value.startswith("Drawing 50 of 120 nodes") for caption in app.caption)
        app.toggle(key="draw-all").set_value(True).run()
        assert sum(len(trace["x"]) for trace in drawn(app)["graph-0"].spec["data"]) == 120

    def test_too_many_nodes_to_list_them_all(self, open_page, runs_here, store: RunStore, monkeypatch) -> None:
        from a2q_studio.pages.explore import run_views

        monkeypatch.setattr(run_views, "MOST_ROWS", 7)
        app = open_page("explore")
        hubs = np.sort(store.arrays(runs_here.a2q)["in_degree"])[-7:]
        assert sorted(table(app)["in_degree"]) == hubs.tolist()
        assert any(caption.value.startswith("The 7 nodes with the largest in-degrees") for caption in app.caption)
        assert "Nodes (120)" in [heading.value for heading in app.subheader]


class TestClass:
    @pytest.fixture
    def figures(self, monkeypatch) -> list[go.Figure]:
        """Every figure that is made."""
        made: list[go.Figure] = []
        begin = go.Figure.__init__

        def counted(figure: go.Figure, *given, **named) -> None:
            made.append(figure)
            begin(figure, *given, **named)

        monkeypatch.setattr(go.Figure, "__init__", counted)
        return made

    @pytest.mark.parametrize("query", [{}, {"node": "7"}, {"layout": "Embedding", "colour": "Error"}])
    def test_who_looks_at_the_same_shares_its_figures(
        self, open_page, runs_here, figures, query: dict[str, str]
    ) -> None:
        first, second = (open_page("explore", run=runs_here.a2q, **query) for _ in range(2))
        sent = [[chart.proto.spec for chart in app.get("plotly_chart")] for app in (first, second)]
        assert len(figures) == len(sent[0]) == len(CHARTS)
        assert sent[0] == sent[1]

    def test_what_one_selects_is_nobody_elses(self, open_page, drawn, runs_here) -> None:
        before = drawn(open_page("explore", run=runs_here.a2q))
        chosen = drawn(select(open_page("explore", run=runs_here.a2q), runs_here.a2q, [1, 2, 3]))
        assert chosen["errors-0"] != before["errors-0"]
        assert drawn(open_page("explore", run=runs_here.a2q)) == before

    def test_each_sees_what_was_asked_for(self, open_page, drawn, runs_here) -> None:
        seen = {
            str(query): drawn(open_page("explore", run=runs_here.a2q, **query))["graph-0"].spec
            for query in ({}, {"node": "7"}, {"colour": "Error"}, {"layout": "Degree rings"}, {"epoch": "1"})
        }
        alike = {(one, other) for one in seen for other in seen if one < other and seen[one] == seen[other]}
        assert alike == set()


class TestLinks:
    @pytest.mark.parametrize("colour", ["Bits", "In-degree", "Aggregation value", "Error", "Class", "Correct"])
    def test_the_colour_is_in_the_link(self, open_page, drawn, runs_here, colour: str) -> None:
        graph = drawn(open_page("explore", colour=colour))["graph-0"]
        numbers = colour in ("In-degree", "Aggregation value", "Error")
        assert ("colorbar" in graph.spec["data"][0]["marker"]) == numbers
        assert sum(len(trace["x"]) for trace in graph.spec["data"]) == 120

    @pytest.mark.parametrize("layout", ["Force", "Degree rings", "Embedding", "K-hop rings"])
    def test_the_layout_is_in_the_link(self, open_page, drawn, runs_here, layout: str) -> None:
        app = open_page("explore", layout=layout, node="17")
        graph = drawn(app)["graph-0"]
        marked = graph.spec["data"][-1]
        assert marked["name"] == "inspected"
        assert marked["text"] == ["17"]
        if layout == "K-hop rings":
            assert (marked["x"], marked["y"]) == ([0], [0])

    def test_rings_round_no_node_say_what_is_missing(self, open_page, drawn, runs_here) -> None:
        app = open_page("explore", layout="K-hop rings")
        assert any("stand around one node" in info.value for info in app.info)
        assert "graph" not in names(drawn(app))

    def test_the_epoch_is_in_the_link(self, open_page, drawn, runs_here, store: RunStore) -> None:
        snapshots = store.snapshots(runs_here.a2q, "layer2/bits")
        first = min(snapshots)
        app = open_page("explore", epoch=str(first))
        assert table(app)["bits"].tolist() == snapshots[first].tolist()
        assert any(f"as they were at epoch {first}" in caption.value for caption in app.caption)

    def test_errors_follow_the_epoch(self, open_page, drawn, runs_here, store: RunStore) -> None:
        run_id, epochs = runs_here.a2q, list(store.snapshots(runs_here.a2q, "layer2/bits"))
        seen = []
        for epoch in (epochs[0], epochs[-1]):
            app = open_page("explore", epoch=str(epoch), error="|x − x_q|", colour="Error", node="3")
            taken = stored_sample(partial(store.array, run_id, epoch=epoch), 2)
            np.testing.assert_allclose(table(app)["error"], taken.node_columns()["error"], rtol=1e-6)
            np.testing.assert_allclose(table(app)["step"], taken.step, rtol=1e-6)
            heatmap, _ = drawn(app)["errors-0"].spec["data"]
            groups = {str(name) for name in table(app)["degree_group"]}
            assert set(heatmap["y"]) == groups
            step = next(metric for metric in app.metric if metric.label == "Step size")
            assert float(step.value) == pytest.approx(taken.step[3], rel=1e-2)
            learned = next(metric for metric in app.metric if metric.label == "Learned → rounded")
            assert learned.value.startswith(f"{taken.learned_bits[3]:.2f} → ")
            said = [caption.value for caption in app.caption]
            assert f"Errors as they were at epoch {epoch}." in said
            assert any(f"Bits, step sizes and errors as they were at epoch {epoch}." in caption for caption in said)
            seen.append(heatmap["z"])
        assert seen[0] != seen[1]

    def test_a_run_that_kept_no_inputs_by_epoch_says_so(self, open_page, drawn, runs_here, store, small) -> None:
        run_id = store.submit(small()).id
        store.claim(run_id, "elsewhere", 0)
        for (name, epoch), payload in store.payloads(runs_here.a2q).items():
            if "/sample/" not in name:
                store.put_payloads(run_id, {name: payload}, epoch)
        store.close_run(run_id, State.CANCELLED, reason="Cancelled.")
        app = open_page("explore", run=run_id)
        assert "errors" in names(drawn(app)), "those of the result are there"
        app = open_page("explore", run=run_id, epoch="1", node="3")
        assert "errors" not in names(drawn(app))
        assert any("kept no layer inputs of epoch 1" in info.value for info in app.info)
        assert any("step sizes and errors of the nodes are the result's" in caption.value for caption in app.caption)
        assert "Step size" not in [metric.label for metric in app.metric]

    def test_a_sample_of_a_large_graph(self, open_page, drawn, runs_here, store, small, monkeypatch) -> None:
        monkeypatch.setattr(input_samples, "MOST_SAMPLED", 30 * 16)
        monkeypatch.setattr(tensors, "MOST_VALUES", 100)
        run_id = store.submit(small()).id
        assert train(run_id) == 0
        nodes = store.array(run_id, "tensor/sample/layer2/nodes")
        left_out = min(set(range(120)) - set(nodes.tolist()))
        app = open_page("explore", run=run_id, rows="Top 50 nodes", node=str(left_out))
        heatmap, _ = drawn(app)["errors-0"].spec["data"]
        assert {int(node) for node in heatmap["y"]} <= set(nodes.tolist())
        assert any("Values of 30 of 120 nodes" in caption.value for caption in app.caption)
        assert "Step size" not in [metric.label for metric in app.metric], "of this node no values were kept"

    @pytest.mark.parametrize("value", ["FP32", "quantized", "layer input"])
    def test_the_magnitude_is_in_the_link(self, open_page, drawn, runs_here, value: str) -> None:
        axis = drawn(open_page("explore", value=value))["degree-to-magnitude-0"].spec["layout"]["yaxis"]["title"]
        assert {"FP32": "(FP32)", "quantized": "(quantized)", "layer input": "entering"}[value] in axis["text"]

    @pytest.mark.parametrize(
        "query",
        [
            {"layer": "7"},
            {"layer": "x"},
            {"layer": ""},
            {"value": ""},
            {"colour": "taste"},
            {"colour": ""},
            {"layout": "cubic"},
            {"epoch": "999"},
            {"epoch": ""},
            {"rows": ""},
            {"error": ""},
            {"hops": ""},
        ],
    )
    def test_what_a_link_gets_wrong_falls_back(self, open_page, drawn, runs_here, query: dict[str, str]) -> None:
        assert names(drawn(open_page("explore", run=runs_here.a2q, **query))) == set(CHARTS)

    @pytest.mark.parametrize("node", ["120", "-1", "<b>", "1e3", "`x`", "9" * 6_000])
    def test_a_node_that_is_not_there(self, open_page, drawn, runs_here, node: str) -> None:
        app = open_page("explore", node=node)
        assert "There is no node" in app.warning[0].value
        assert "0 to 119" in app.warning[0].value
        assert names(drawn(app)) == set(CHARTS)


class TestLayers:
    @pytest.fixture
    def deep(self, runs_here, store: RunStore, small) -> str:
        """A finished run of three layers; the third has other bits than the second."""
        run_id = store.submit(small("model.layers=3")).id
        store.claim(run_id, "elsewhere", 0)
        arrays = store.arrays(runs_here.a2q) | {"tensor/edges": store.array(runs_here.a2q, "tensor/edges")}
        arrays |= {name.replace("layer2", "layer3"): value for name, value in arrays.items() if "layer2" in name}
        arrays["layer3/bits"] = np.full(120, 7, dtype=np.uint8)
        store.put(run_id, arrays)
        store.finish(run_id, store.get(runs_here.a2q).summary)
        return run_id

    def test_the_last_layer_is_shown_first(self, open_page, deep: str) -> None:
        assert set(table(open_page("explore", run=deep))["bits"]) == {7}

    def test_a_link_may_name_another(self, open_page, deep: str, store: RunStore) -> None:
        app = open_page("explore", run=deep, layer="2", node="1")
        bits = store.arrays(deep)["layer2/bits"].tolist()
        assert table(app)["bits"].tolist() == bits
        layers = app.dataframe[0].value
        assert layers["layer"].tolist() == [2, 3]
        assert layers["bits"].tolist() == [bits[1], 7]

    def test_a_layer_the_next_run_does_not_have(self, open_page, drawn, deep: str, runs_here) -> None:
        app = open_page("explore", run=deep, layer="3")
        app.selectbox[0].set_value(runs_here.a2q).run()
        assert not app.exception
        assert names(drawn(app)) == set(CHARTS)
        assert set(table(app)["bits"]) != {7}


class TestSelection:
    def test_views_and_table_follow(self, open_page, drawn, runs_here, store: RunStore) -> None:
        app = select(open_page("explore"), runs_here.a2q, [3, 5, 8])
        nodes = node_table(store.arrays(runs_here.a2q), 2)
        some = nodes[nodes["node"].isin([3, 5, 8])]
        assert table(app)["node"].tolist() == [3, 5, 8]
        assert bar(app).startswith("**3 of 120 nodes selected**")
        assert f"mean {some['bits'].mean():.1f} bits (all {nodes['bits'].mean():.1f})" in bar(app)
        assert f"mean in-degree {some['in_degree'].mean():.1f} (all {nodes['in_degree'].mean():.1f})" in bar(app)
        charts = {key.rpartition("-")[0]: chart for key, chart in drawn(app).items()}
        assert "of 3 nodes selected" in charts["degree-to-magnitude"].alt
        assert "of 3 nodes selected" in charts["magnitude-to-bits"].alt
        assert "of 3 nodes selected" in charts["bits-by-degree"].alt
        # Where it was drawn: a new figure would lose the reader's lasso.
        assert "selected" not in charts["graph"].alt
        assert {name: in_grey(chart) for name, chart in charts.items() if name != "errors"} == {
            "degree-to-magnitude": 1,
            "magnitude-to-bits": 1,
            "bits-by-degree": 1,
            "graph": 0,
        }
        errors = charts["errors"].spec["data"][1]["customdata"]
        assert sum(dict(row[:2] for row in errors).values()) == 3

    def test_a_selection_made_elsewhere_is_highlighted_in_the_graph(self, open_page, drawn, runs_here) -> None:
        app = select(open_page("explore"), runs_here.a2q, [3, 5, 8], origin="errors")
        (graph,) = [chart for key, chart in drawn(app).items() if key.startswith("graph")]
        assert "3 of 120 nodes selected" in graph.alt
        grey = [trace for trace in graph.spec["data"] if trace["name"] == "not selected"]
        assert [len(trace["x"]) for trace in grey] == [117]

    def test_clearing_shows_all_again(self, open_page, drawn, runs_here) -> None:
        app = select(open_page("explore"), runs_here.a2q, [3, 5, 8])
        app.button(key="clear-selection").click().run()
        assert not app.exception
        assert len(table(app)) == 120
        charts = drawn(app)
        assert "graph-1" in charts, "a new key: the browser forgets the lasso it drew"
        assert app.button(key="clear-selection").disabled

    def test_undo_and_redo(self, open_page, runs_here) -> None:
        app = select(open_page("explore"), runs_here.a2q, [3, 5, 8])
        app.button(key="clear-selection").click().run()
        app.button(key="undo-selection").click().run()
        assert table(app)["node"].tolist() == [3, 5, 8]
        app.button(key="redo-selection").click().run()
        assert len(table(app)) == 120
        assert app.button(key="redo-selection").disabled

    def test_without_a_pointer(self, open_page, runs_here, store: RunStore) -> None:
        app = open_page("explore")
        app.number_input(key="least-degree").set_value(4)
        app.button(key="select-by-numbers").click().run()
        assert not app.exception
        degrees = store.arrays(runs_here.a2q)["in_degree"]
        assert table(app)["node"].tolist() == np.flatnonzero(degrees >= 4).tolist()

    def test_a_selection_of_nobody(self, open_page, drawn, runs_here) -> None:
        app = select(open_page("explore"), runs_here.a2q, [])
        assert names(drawn(app)) == set(CHARTS)
        assert bar(app) == "**0 of 120 nodes selected**"

    def test_a_selection_is_not_carried_to_another_run(self, open_page, runs_here) -> None:
        app = select(open_page("explore"), "another-run0", [3, 5, 8])
        assert len(table(app)) == 120


class TestInspector:
    def test_what_is_known_of_a_node(self, open_page, runs_here, store: RunStore) -> None:
        app = open_page("explore", node="17")
        arrays = store.arrays(runs_here.a2q)
        metrics = {metric.label: metric.value for metric in app.metric}
        assert metrics["Bits"] == str(arrays["layer2/bits"][17])
        assert metrics["Step size"] == f"{arrays['layer2/step'][17]:.3g}"
        learned = store.array(runs_here.a2q, "tensor/layer2/learned_bits")[17]
        assert metrics["Learned → rounded"] == f"{learned:.2f} → {round(float(learned))}"
        parts = float(metrics["Rounding error"]) + float(metrics["Clipping error"])
        assert parts == pytest.approx(arrays["layer2/error"][17], rel=0.02, abs=1e-4)
        (facts,) = [markdown.value for markdown in app.markdown if markdown.value.startswith("**Node 17**")]
        for words in ("in-degree", "out-degree", "split", "label", "predicted", "with quantizers off"):
            assert words in facts

    def test_its_neighbourhood_is_drawn(self, open_page, runs_here, store: RunStore) -> None:
        app = open_page("explore", node="17")
        (frame,) = app.get("iframe")
        edges = store.array(runs_here.a2q, "tensor/edges")
        around = set(edges[0][edges[1] == 17]) | set(edges[1][edges[0] == 17])
        assert f"Node 17 and {len(around)} neighbours" in str(frame.proto)

    @pytest.mark.parametrize(("tab", "chart"), [("Values and codes", "values-17"), ("Messages", "messages-17")])
    def test_other_tabs(self, open_page, drawn, runs_here, tab: str, chart: str) -> None:
        app = open_page("explore", node="17")
        app.session_state["inspector-tab"] = tab
        app.run()
        assert not app.exception
        assert chart in drawn(app)
        assert not app.get("iframe"), "only what is open is made"

    def test_from_neighbour_to_neighbour(self, open_page, runs_here, store: RunStore) -> None:
        edges = store.array(runs_here.a2q, "tensor/edges")
        around = sorted(set(edges[0][edges[1] == 17].tolist()) | set(edges[1][edges[0] == 17].tolist()))
        app = open_page("explore", node="17")
        for expected in [*around, around[0]]:
            app.button(key="next-neighbour").click().run()
            assert app.text_input(key="node").value == str(expected)
        app.button(key="previous-neighbour").click().run()
        assert app.text_input(key="node").value == str(around[-1])

    def test_neighbours_can_be_selected(self, open_page, runs_here, store: RunStore) -> None:
        edges = store.array(runs_here.a2q, "tensor/edges")
        around = set(edges[0][edges[1] == 17].tolist()) | set(edges[1][edges[0] == 17].tolist()) | {17}
        app = open_page("explore", node="17")
        app.button(key="select-neighbours").click().run()
        assert set(table(app)["node"]) == around

    def test_four_nodes_can_be_pinned(self, open_page, runs_here) -> None:
        app = open_page("explore")
        for node in ("1", "2", "3", "4"):
            app.text_input(key="node").set_value(node).run()
            app.button(key="pin").click().run()
        (pinned,) = [frame.value for frame in app.dataframe if "node 1" in frame.value]
        assert list(pinned.columns) == ["", "node 1", "node 2", "node 3", "node 4"]
        app.text_input(key="node").set_value("5").run()
        assert app.button(key="pin").disabled
        app.button(key="unpin-all").click().run()
        assert not [frame for frame in app.dataframe if "node 1" in frame.value]
        assert not app.button(key="pin").disabled
