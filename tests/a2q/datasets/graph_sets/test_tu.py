from pathlib import Path

import pytest
import torch
from torch_geometric.utils import degree

from a2q.datasets import DatasetConfig, DatasetError, card, is_ready, load_graphs
from a2q.datasets.graph_sets.tu import tu
from a2q.datasets.progress import no_progress

_GRAPHS = 20


def _write(given: Path, title: str, node_labels: bool) -> None:
    """Write 20 graphs in turn of two kinds: a triangle (class -1) and a path of four nodes (class 1)."""
    raw = given / "TUDataset" / title / "raw"
    raw.mkdir(parents=True)
    edges: list[str] = []
    members: list[str] = []
    first = 1
    for graph in range(_GRAPHS):
        pairs, size = ([(0, 1), (1, 2), (2, 0)], 3) if graph % 2 == 0 else ([(0, 1), (1, 2), (2, 3)], 4)
        edges += [f"{first + a}, {first + b}" for pair in pairs for a, b in (pair, pair[::-1])]
        members += [str(graph + 1)] * size
        first += size
    tables = {"A": edges, "graph_indicator": members, "graph_labels": ["-1", "1"] * (_GRAPHS // 2)}
    if node_labels:
        tables["node_labels"] = [str(node % 3) for node in range(first - 1)]
    for part, lines in tables.items():
        (raw / f"{title}_{part}.txt").write_text("\n".join(lines) + "\n")


def test_node_labels_become_one_hot_features(given: Path) -> None:
    _write(given, "MUTAG", node_labels=True)
    assert is_ready("mutag")
    loaded = tu(card("mutag"), 3, no_progress)
    assert loaded.source == "MUTAG, fold 3 (read from the folder in $A2Q_DATA)"
    assert (loaded.fold, loaded.rebuilt, loaded.task) == (3, False, "graph classification")
    assert (loaded.num_graphs, loaded.num_features, loaded.num_classes, loaded.num_types) == (20, 3, 2, None)
    assert loaded.class_names == ["class 0", "class 1"]
    path = loaded.graphs[1]
    assert path.x.tolist() == torch.eye(3)[[0, 1, 2, 0]].tolist()
    assert (path.edge_index.size(1), path.y.tolist(), path.y.dtype) == (6, [1], torch.long)
    assert [part.numel() for part in (loaded.train, loaded.validation, loaded.test)] == [16, 2, 2]


def test_without_node_labels_the_standardised_in_degree_stands_in(given: Path) -> None:
    _write(given, "REDDIT-BINARY", node_labels=False)
    loaded = tu(card("reddit-binary"), 0, no_progress)
    assert loaded.num_features == 1
    # Of 70 nodes 20 have degree 1, the ends of the paths.
    values = torch.cat([graph.x for graph in loaded.graphs])
    mean = (20 * 1 + 50 * 2) / 70
    deviation = ((20 * (1 - mean) ** 2 + 50 * (2 - mean) ** 2) / 69) ** 0.5
    assert values.dtype == torch.float32
    torch.testing.assert_close(loaded.graphs[1].x[:, 0], (torch.tensor([1.0, 2, 2, 1]) - mean) / deviation)
    torch.testing.assert_close(values.mean(), torch.tensor(0.0), atol=1e-6, rtol=0)


def test_measured_attributes_come_before_the_labels(given: Path) -> None:
    _write(given, "ENZYMES", node_labels=True)
    raw = given / "TUDataset" / "ENZYMES" / "raw"
    nodes = len((raw / "ENZYMES_node_labels.txt").read_text().split())
    (raw / "ENZYMES_node_attributes.txt").write_text("".join(f"{node / 2}, -1.5\n" for node in range(nodes)))
    path = tu(card("enzymes"), 0, no_progress).graphs[1]
    assert path.x.tolist() == [[1.5, -1.5, 1, 0, 0], [2.0, -1.5, 0, 1, 0], [2.5, -1.5, 0, 0, 1], [3.0, -1.5, 1, 0, 0]]


def test_another_fold_has_the_same_graphs(given: Path) -> None:
    _write(given, "MUTAG", node_labels=True)
    one, other = tu(card("mutag"), 0, no_progress), tu(card("mutag"), 1, no_progress)
    assert torch.equal(one.test, other.validation)
    assert all(torch.equal(a.x, b.x) for a, b in zip(one.graphs, other.graphs, strict=True))


def test_a_damaged_cache_is_made_again(given: Path, cache_home: Path) -> None:
    _write(given, "MUTAG", node_labels=True)
    made = tu(card("mutag"), 0, no_progress)
    (cache_home / "datasets" / "TUDataset" / "MUTAG" / "set.npz").write_bytes(b"half")
    again = tu(card("mutag"), 0, no_progress)
    assert torch.equal(again.graphs[5].edge_index, made.graphs[5].edge_index)


def test_a_set_of_other_sizes_is_told(given: Path) -> None:
    _write(given, "MUTAG", node_labels=True)
    with pytest.raises(DatasetError) as caught:
        load_graphs("mutag")
    assert str(caught.value).startswith(
        "MUTAG is not the set it should be (graphs 20 instead of 188, mean nodes 3.5 instead of 17.9, "
        "mean edges 6.0 instead of 39.6, features 3 instead of 7): delete the folder "
    )


def test_a_line_that_is_no_number_is_told(given: Path) -> None:
    _write(given, "MUTAG", node_labels=True)
    (given / "TUDataset" / "MUTAG" / "raw" / "MUTAG_graph_labels.txt").write_text("one\n")
    with pytest.raises(DatasetError, match=r"raw files of MUTAG .* do not hold what they should"):
        load_graphs("mutag")


@pytest.mark.parametrize("name", ["mutag", "proteins", "enzymes", "imdb-binary", "imdb-multi", "nci1", "reddit-binary"])
def test_the_published_set_has_the_published_sizes(
    name: str, published_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    # Loading compares the sizes with the card's.
    loaded = load_graphs(DatasetConfig(name=name, fold=9))
    assert loaded.num_graphs == card(name).graphs
    assert loaded.source == f"{card(name).title}, fold 9 (read from the folder in $A2Q_DATA)"
    parts = torch.cat([loaded.train, loaded.validation, loaded.test])
    assert parts.sort().values.equal(torch.arange(loaded.num_graphs))
    if name == "reddit-binary":
        nodes = torch.cat([graph.x for graph in loaded.graphs])
        assert nodes.size(0) == 859_254
        graph = loaded.graphs[7]
        in_degree = degree(graph.edge_index[1], graph.num_nodes)
        assert graph.x[:, 0].argmax() == in_degree.argmax()
