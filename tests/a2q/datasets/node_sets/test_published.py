"""Every reader of raw files on small files of its format, and every set that is at hand against its card."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
import torch
from torch_geometric.utils import homophily

from a2q.datasets import CATALOGUE, Dataset, DatasetConfig, DatasetError, card, is_ready, load
from a2q.datasets.catalogue import SPECS
from a2q.datasets.node_sets.published import published
from a2q.datasets.progress import no_progress
from a2q.graph import prepare

_NODES, _FEATURES, _CLASSES = 180, 4, 3
_SOURCE = np.arange(_NODES)
_TARGET = (_SOURCE + 1) % _NODES
_LABEL = _SOURCE % _CLASSES
# Published homophily (edge), with the set it is of: PyTorch Geometric's table and Platonov et al., two decimals.
_HOMOPHILY = {
    "cora": 0.81,
    "citeseer": 0.74,
    "pubmed": 0.80,
    "amazon-computers": 0.78,
    "amazon-photo": 0.83,
    "coauthor-cs": 0.81,
    "actor": 0.22,
    "tolokers": 0.59,
}


def _features() -> np.ndarray:
    features = np.random.default_rng(0).integers(0, 2, (_NODES, _FEATURES)).astype(np.float32)
    # Where features are a list of words, a node has one at least.
    features[:, 0] = 1
    return features


def _masks() -> dict[str, np.ndarray]:
    """Ten splits [10, nodes], each with another test part."""
    part = (_SOURCE[None, :] + np.arange(10)[:, None]) % 4
    return {"train": part < 2, "val": part == 2, "test": part == 3}


def _shchur(raw: Path, file: str) -> None:
    adjacency = scipy.sparse.csr_matrix((np.ones(_NODES), (_SOURCE, _TARGET)), shape=(_NODES, _NODES))
    attributes = scipy.sparse.csr_matrix(_features() * 5)
    arrays = {
        f"{kind}_{part}": getattr(matrix, part)
        for kind, matrix in (("adj", adjacency), ("attr", attributes))
        for part in ("data", "indices", "indptr", "shape")
    }
    np.savez(raw / file, **arrays, labels=_LABEL)


def _geom(raw: Path, graph: str, bags: bool) -> None:
    head = "node_id\tfeature\tlabel\n"
    rows = [np.flatnonzero(row) if bags else row.astype(int) for row in _features()]
    lines = [
        f"{node}\t{','.join(map(str, row))}\t{label}"
        for node, (row, label) in enumerate(zip(rows, _LABEL, strict=True))
    ]
    (raw / "out1_node_feature_label.txt").write_text(head + "\n".join(lines) + "\n")
    edges = [f"{a}\t{b}" for a, b in zip(_SOURCE, _TARGET, strict=True)]
    (raw / "out1_graph_edges.txt").write_text("node_id\tnode_id\n" + "\n".join(edges) + "\n")
    for number in range(10):
        masks = {f"{part}_mask": mask[number] for part, mask in _masks().items()}
        np.savez(raw / f"{graph}_split_0.6_0.2_{number}.npz", **masks)


def _platonov(raw: Path, file: str) -> None:
    masks = {f"{part}_masks": mask for part, mask in _masks().items()}
    np.savez(raw / file, node_features=_features(), node_labels=_LABEL, edges=np.stack([_SOURCE, _TARGET], 1), **masks)


def _flickr(raw: Path) -> None:
    matrix = scipy.sparse.csr_matrix((np.ones(_NODES), (_SOURCE, _TARGET)), shape=(_NODES, _NODES))
    np.savez(raw / "adj_full.npz", data=matrix.data, indices=matrix.indices, indptr=matrix.indptr, shape=matrix.shape)
    np.save(raw / "feats.npy", _features().astype(np.float64))
    (raw / "class_map.json").write_text(json.dumps({str(node): int(label) for node, label in enumerate(_LABEL)}))
    names = {"tr": "train", "va": "val", "te": "test"}
    roles = {part: np.flatnonzero(_masks()[mask][0]).tolist() for part, mask in names.items()}
    (raw / "role.json").write_text(json.dumps(roles))


def _reddit(raw: Path) -> None:
    kind = sum((number + 1) * _masks()[part][0] for number, part in enumerate(("train", "val", "test")))
    np.savez(raw / "reddit_data.npz", feature=_features(), label=_LABEL, node_types=kind)
    matrix = scipy.sparse.coo_matrix((np.ones(_NODES), (_SOURCE, _TARGET)), shape=(_NODES, _NODES))
    scipy.sparse.save_npz(raw / "reddit_graph.npz", matrix)


# How each set's raw files are written, and whether its reader makes edges go both ways.
_WRITERS: dict[str, tuple[Callable[[Path], None], bool]] = {
    "amazon-computers": (lambda raw: _shchur(raw, "amazon_electronics_computers.npz"), True),
    "amazon-photo": (lambda raw: _shchur(raw, "amazon_electronics_photo.npz"), True),
    "coauthor-cs": (lambda raw: _shchur(raw, "ms_academic_cs.npz"), True),
    "coauthor-physics": (lambda raw: _shchur(raw, "ms_academic_phy.npz"), True),
    "cora-ml": (lambda raw: _shchur(raw, "cora_ml.npz"), True),
    "citeseer-full": (lambda raw: _shchur(raw, "citeseer.npz"), True),
    "actor": (lambda raw: _geom(raw, "film", bags=True), False),
    "texas": (lambda raw: _geom(raw, "texas", bags=False), False),
    "cornell": (lambda raw: _geom(raw, "cornell", bags=False), False),
    "wisconsin": (lambda raw: _geom(raw, "wisconsin", bags=False), False),
    "roman-empire": (lambda raw: _platonov(raw, "roman_empire.npz"), True),
    "tolokers": (lambda raw: _platonov(raw, "tolokers.npz"), True),
    "flickr": (_flickr, False),
    "reddit": (_reddit, False),
}


@pytest.fixture(params=_WRITERS)
def small(request: pytest.FixtureRequest, given: Path) -> str:
    """The name of a set whose raw files, small ones, are in the given folder."""
    name: str = request.param
    raw = given / SPECS[name].files[0].folder / "raw"
    raw.mkdir(parents=True)
    _WRITERS[name][0](raw)
    return name


def _load(name: str, **chosen: int) -> Dataset:
    edges = _NODES * (2 if _WRITERS[name][1] else 1)
    sizes = {"nodes": _NODES, "edges": edges, "features": _FEATURES, "classes": _CLASSES}
    entry = card(name).model_copy(update=sizes)
    return Dataset(*_first(published(entry, DatasetConfig(name=name, **chosen), no_progress), entry))


def _first(made: tuple[object, str], entry: object) -> tuple[object, object, str]:
    return made[0], entry, made[1]


def test_small_files_of_the_format_are_read(small: str) -> None:
    assert is_ready(small)
    graph = _load(small)
    assert graph.data.x.dtype == torch.float32
    assert (graph.data.x.layout == torch.sparse_csr) == small.startswith("coauthor")
    assert torch.equal(graph.data.x.to_dense(), torch.from_numpy(_features()))
    assert graph.data.y.dtype == torch.long
    assert graph.data.y.tolist() == _LABEL.tolist()
    pairs = set(zip(_SOURCE.tolist(), _TARGET.tolist(), strict=True))
    if _WRITERS[small][1]:
        pairs |= {(b, a) for a, b in pairs}
    assert set(map(tuple, graph.data.edge_index.t().tolist())) == pairs


def test_the_split_is_one_disjoint_and_the_chosen_one(small: str) -> None:
    entry = card(small)
    graph = _load(small)
    masks = torch.stack([graph.data.train_mask, graph.data.val_mask, graph.data.test_mask])
    assert masks.dtype == torch.bool
    assert masks.sum(0).eq(1).all()
    if entry.folds is not None:
        assert graph.source == f"{entry.title}, split 0 (read from the folder in $A2Q_DATA)"
        other = _load(small, fold=3)
        assert ", split 3 (" in other.source
        assert other.data.test_mask.tolist() == _masks()["test"][3].tolist()
    elif entry.options:
        assert ", split drawn from seed 0 (" in graph.source
        assert torch.bincount(graph.data.y[graph.data.train_mask]).tolist() == [20] * _CLASSES
        again, other = _load(small), _load(small, split_seed=1)
        assert torch.equal(again.data.train_mask, graph.data.train_mask)
        assert not torch.equal(other.data.train_mask, graph.data.train_mask)
    else:
        assert graph.source == f"{entry.title} (read from the folder in $A2Q_DATA)"
        assert graph.data.test_mask.tolist() == _masks()["test"][0].tolist()


def test_other_sizes_than_the_cards_are_told_in_one_sentence(small: str) -> None:
    with pytest.raises(
        DatasetError, match=rf"^{card(small).title} is not the set it should be \(nodes 180 instead of "
    ):
        load(small)


def test_damaged_files_are_told(small: str, given: Path) -> None:
    first = SPECS[small].files[0]
    (given / first.folder / first.names[0]).write_bytes(b"not what it should be")
    # A text cut short may still be read, to a graph of other sizes.
    with pytest.raises(DatasetError, match=r"do not hold what they should|is not the set it should be"):
        load(small)


@pytest.mark.parametrize("name", [name for name, entry in CATALOGUE.items() if not entry.graph_level and entry.nodes])
def test_a_published_set_at_hand_has_the_published_sizes(
    name: str, published_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    if not is_ready(name):
        pytest.skip(f"../shared/data does not hold {card(name).title}")
    # Loading compares the sizes with the card's.
    graph = load(name)
    assert graph.num_nodes == card(name).nodes
    assert graph.data.x.dtype == torch.float32
    assert not (graph.data.train_mask & graph.data.val_mask | graph.data.train_mask & graph.data.test_mask).any()
    assert int(graph.data.train_mask.sum()) == card(name).train_nodes
    assert (prepare(graph.data).input_bits == 1) == card(name).binary
    if name in _HOMOPHILY:
        assert homophily(graph.data.edge_index, graph.data.y) == pytest.approx(_HOMOPHILY[name], abs=0.006)
    files = SPECS[name].files
    assert not files or files[0].size() == pytest.approx(card(name).raw_mib * 2**20, abs=0.06 * 2**20)
