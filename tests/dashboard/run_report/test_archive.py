import io
import json
import shlex
import zipfile

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from a2q.experiments.run_config import RunConfig
from a2q.experiments.store import RunStore
from a2q.reports import node_table
from a2q_studio.charts import palette
from a2q_studio.run_report import archive, build_archive, read_contents
from a2q_studio.run_report.graph_file import graph_of, graphml
from a2q_studio.run_report.nodes import COLUMN_MEANINGS, exported_nodes, hexadecimal


@pytest.fixture
def files(contents) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(build_archive(contents))) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def test_every_table_reads_back_equal_from_parquet_and_csv(files: dict[str, bytes], contents, store: RunStore) -> None:
    one = contents.compared[0]
    here = f"A-{one.run.id}"
    nodes = pd.read_parquet(io.BytesIO(files[f"{here}/nodes-layer2.parquet"]))
    pd.testing.assert_frame_equal(nodes, exported_nodes(one, 2, contents.places[0], palette("light")))
    measured = node_table(store.arrays(one.run.id), 2)
    pd.testing.assert_frame_equal(nodes[measured.columns], measured)
    edges = pd.read_parquet(io.BytesIO(files[f"{here}/edges.parquet"]))
    assert np.array_equal(edges.to_numpy().T, store.array(one.run.id, "tensor/edges"))
    for name in [name for name in files if name.endswith(".csv")]:
        table = pd.read_parquet(io.BytesIO(files[name.replace(".csv", ".parquet")]))
        text = table.to_csv(index=False)
        assert files[name].decode() == text
        assert len(pd.read_csv(io.StringIO(text))) == len(table)


def test_colours_and_places_are_those_of_the_picture(files: dict[str, bytes], contents) -> None:
    one, colours = contents.compared[0], palette("light")
    nodes = pd.read_parquet(io.BytesIO(files[f"A-{one.run.id}/nodes-layer2.parquet"]))
    assert list(nodes["colour"]) == [hexadecimal(colours.of_bits(bits)) for bits in nodes["bits"]]
    assert nodes["colour"].str.fullmatch("#[0-9a-f]{6}").all()
    assert np.array_equal(nodes[["x", "y"]].to_numpy(), contents.places[0].coordinates)
    fp32 = pd.read_parquet(io.BytesIO(files[f"B-{contents.compared[1].run.id}/nodes-layer2.parquet"]))
    assert set(fp32["colour"]) == {colours.muted} and "bits" not in fp32


def test_the_graph_reads_back_equal(files: dict[str, bytes], contents) -> None:
    one, places = contents.compared[0], contents.places[0]
    table = exported_nodes(one, 2, places, palette("light"))
    graph = graph_of({2: table}, places)
    read = nx.read_graphml(io.BytesIO(files[f"A-{one.run.id}/graph.graphml"]), node_type=int)
    assert dict(read.nodes(data=True)) == dict(graph.nodes(data=True))
    assert set(read.edges) == set(graph.edges) == set(map(tuple, places.edges.T.tolist()))
    assert read.number_of_nodes() == 120 and read.number_of_edges() == places.edges.shape[1]
    node = read.nodes[7]
    assert node["bits_2"] == table["bits"][7] and node["in_degree"] == table["in_degree"][7]
    assert (node["x"], node["y"]) == (table["x"][7], table["y"][7])
    assert f"#{node['r']:02x}{node['g']:02x}{node['b']:02x}" == node["colour_2"] == table["colour"][7]
    sizes = pd.Series(nx.get_node_attributes(read, "size"))
    assert sizes.idxmax() == table["in_degree"].idxmax()


def test_names_that_xml_cannot_hold_are_mended(contents) -> None:
    one, places = contents.compared[0], contents.places[0]
    table = exported_nodes(one, 2, places, palette("light"))
    table["name"] = ["a\x00b<&>\x1f"] + ["ü"] * 119
    read = nx.read_graphml(io.BytesIO(graphml(graph_of({2: table}, places))), node_type=int)
    assert (read.nodes[0]["name"], read.nodes[1]["name"]) == ("a b<&> ", "ü")


def test_settings_train_the_same_run_again(files: dict[str, bytes], contents) -> None:
    for one in contents.compared:
        here = f"{one.mark.letter}-{one.run.id}"
        assert RunConfig.model_validate_json(files[f"{here}/config.json"]) == one.run.config
        assert shlex.split(files[f"{here}/command.txt"].decode())[:4] == ["python", "-m", "a2q", "train"]
        about = json.loads(files[f"{here}/about.json"])
        assert about["versions"] == one.run.versions and about["seed"] == one.run.config.seed
        assert about["summary"]["average_bits"] == one.run.summary["average_bits"]


def test_bits_of_every_snapshot(files: dict[str, bytes], contents, store: RunStore) -> None:
    run = contents.compared[0].run
    bits = pd.read_parquet(io.BytesIO(files[f"A-{run.id}/bits-by-epoch-layer2.parquet"]))
    kept = store.snapshots(run.id, "layer2/bits")
    assert list(bits.columns) == [f"epoch_{epoch}" for epoch in kept]
    assert all(np.array_equal(bits[f"epoch_{epoch}"], values) for epoch, values in kept.items())


def test_the_readme_explains_every_column_and_file(files: dict[str, bytes], contents) -> None:
    text = files["README.md"].decode()
    nodes = pd.read_parquet(io.BytesIO(files[f"A-{contents.compared[0].run.id}/nodes-layer2.parquet"]))
    assert set(nodes.columns) <= set(COLUMN_MEANINGS)
    for column in nodes.columns:
        assert f"- `{column}`: " in text
    kinds = {name.split("/")[-1].rsplit(".", 1)[0].replace("layer2", "layer<k>") for name in files} - {"README"}
    assert all(kind in text for kind in kinds)
    for one in contents.compared:
        assert f"**{one.mark.letter}**: {one.run.title}, run {one.run.id}" in text
    assert "`average bits`: The paper's account" in text


def test_a_graph_with_too_many_edges_leaves_its_graph_file_out(
    runs_here, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_EDGES", 10)
    monkeypatch.setattr("a2q_studio.run_report.readme.MOST_EDGES", 10)
    with zipfile.ZipFile(io.BytesIO(build_archive(read_contents(store, [runs_here.a2q])))) as opened:
        names = {name.split("/")[-1] for name in opened.namelist()}
        assert "edges.parquet" in names and "graph.graphml" not in names
        assert "no graph file, since there are more than 10 edges" in opened.read("README.md").decode()
        assert "settings-that-differ.csv" not in names


def test_a_run_that_has_not_begun(store: RunStore, small) -> None:
    run = store.submit(small())
    with zipfile.ZipFile(io.BytesIO(build_archive(read_contents(store, [run.id])))) as opened:
        names = {name.split("/")[-1] for name in opened.namelist()}
        assert names >= {"README.md", "config.json", "about.json"} and "epochs.csv" not in names
        assert "A is queued" in opened.read("README.md").decode()


def test_runs_on_sets_of_graphs(graphs_here, store: RunStore) -> None:
    built = build_archive(read_contents(store, [graphs_here.classes, graphs_here.values]))
    with zipfile.ZipFile(io.BytesIO(built)) as opened:
        read = nx.read_graphml(io.BytesIO(opened.read(f"A-{graphs_here.classes}/graph.graphml")), node_type=int)
        assert {node["graph"] for _, node in read.nodes(data=True)} == {16, 17, 18, 19}
        # A run of several layers has the bits of each.
        assert len([name for name in read.nodes[0] if name.startswith("bits_")]) >= 1
