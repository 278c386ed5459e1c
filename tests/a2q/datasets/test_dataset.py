from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from a2q.datasets import CATALOGUE, Dataset, DatasetConfig, card, is_ready, load
from a2q.home import home


def test_home_is_the_named_folder_or_one_in_the_users_cache(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home() == cache_home
    monkeypatch.delenv("A2Q_HOME")
    assert home() == Path.home() / ".cache" / "a2q"


def test_in_degree_leaves_out_self_loops() -> None:
    data = Data(
        x=torch.ones(3, 2),
        edge_index=torch.tensor([[0, 1, 2, 2], [1, 1, 1, 0]]),
        y=torch.tensor([0, 1, 1]),
    )
    graph = Dataset(data, card("karate-club"), "drawn by hand")
    assert graph.in_degree.tolist() == [1, 2, 0]
    assert graph.in_degree.dtype == torch.long
    assert (graph.num_nodes, graph.num_edges, graph.num_features, graph.num_classes) == (3, 4, 2, 2)


def test_names_are_the_sets_own_or_numbers() -> None:
    data = Data(x=torch.ones(2, 1), edge_index=torch.zeros(2, 0, dtype=torch.long), y=torch.tensor([0, 1]))
    graph = Dataset(data, card("karate-club"), "drawn by hand")
    assert graph.node_names == ["0", "1"]
    assert graph.class_names == ["class 0", "class 1"]
    data.node_names, data.class_names = ["a", "b"], ["red", "blue"]
    assert graph.node_names == ["a", "b"]
    assert graph.class_names == ["red", "blue"]


def test_karate_club_has_a_fixed_disjoint_split() -> None:
    graph = load("karate-club")
    entry = graph.card
    assert (graph.num_nodes, graph.num_edges, graph.num_features) == (
        entry.nodes,
        entry.edges,
        entry.features,
    )
    assert graph.source == "Zachary's karate club (shipped with PyTorch Geometric)"
    masks = torch.stack([graph.data.train_mask, graph.data.val_mask, graph.data.test_mask])
    assert masks.sum(0).eq(1).all()
    assert masks.sum(1).tolist() == [4, 4, 26]
    assert graph.data.y[graph.data.val_mask].sort().values.tolist() == [0, 1, 2, 3]


def test_progress_ends_at_one() -> None:
    told: list[tuple[float, str]] = []
    load(
        DatasetConfig(name="generated-citations", nodes=1000),
        lambda fraction, sentence: told.append((fraction, sentence)),
    )
    assert told == [(0.0, "Drawing a graph of 1,000 nodes"), (1.0, "Loaded: Generated citations")]


def test_what_is_ready_on_an_empty_machine() -> None:
    ready = ["torch-imports", "karate-club", "generated-citations", "power-law", "stochastic-blocks", "star", "ring"]
    assert [name for name in CATALOGUE if is_ready(name)] == ready
