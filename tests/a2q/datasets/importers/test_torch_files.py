"""Files of torch.save: what PyG writes is read without PyG, everything else is refused and never run."""

import io
import pickle
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data, HeteroData, InMemoryDataset
from torch_geometric.datasets import TUDataset

from a2q.datasets import DatasetConfig, DatasetError, import_data, load, load_graphs
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.reading import Files, read
from a2q.datasets.importers.uploads import Upload


def _saved(content: Any, **how: Any) -> tuple[str, bytes]:
    stream = io.BytesIO()
    torch.save(content, stream, **how)
    return "graph.pt", stream.getvalue()


def _data(small: Any, **more: Any) -> Data:
    source, target = torch.tensor(small.edges).T
    split = np.array(small.split)
    masks = {f"{short}_mask": torch.from_numpy(split == part) for short, part in _PARTS.items()}
    both = torch.stack([torch.cat([source, target]), torch.cat([target, source])])
    labels = torch.tensor([("blue", "red").index(label) for label in small.labels])
    fields = {"x": torch.from_numpy(small.features), "edge_index": both, "y": labels, **masks}
    return Data(**(fields | {"class_names": ["blue", "red"]} | more))


_PARTS = {"train": "train", "val": "validation", "test": "test"}


def test_a_saved_data_is_the_graph_that_arrays_hold(small, formats, take) -> None:
    arrays = take(*formats["npz"])
    for written in (_data(small), _data(small).to_dict(), [_data(small)]):
        found = take(_saved(written))
        assert (found.card.name, found.directed) == (arrays.card.name, False)
        assert not [told for told in found.warnings if "direction" in told or "repeat" in told]
    assert import_data(_data(small), "mine").card.name == arrays.card.name
    assert import_data(_data(small).to_dict(), "mine").card.title == "mine"


def test_an_own_graph_saved_and_imported_again_is_itself(small, formats, take) -> None:
    named = small.nodes_csv().replace(b"\n0,", b"\nzero,")
    first = take(("edges.csv", small.csv().replace(b"\n0,", b"\nzero,").replace(b",0\n", b",zero\n")), ("n.csv", named))
    data = load(first.card.name).data
    assert data.node_names[0] == "zero"
    assert take(_saved(data)).card.name == first.card.name
    one_way = take(*formats["npz"], directed=True)
    assert take(_saved(load(one_way.card.name).data)).card.name == one_way.card.name


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
def test_sparse_tensors_are_read(small, formats, take) -> None:
    dense = take(*formats["npz"]).card.name
    data = _data(small)
    source, target = data.edge_index
    ends = torch.stack([target, source])
    adjacency = torch.sparse_coo_tensor(ends, torch.ones(len(source)), (12, 12), check_invariants=True)
    for x in (data.x.to_sparse_coo(), data.x.to_sparse_csr()):
        assert take(_saved(_data(small, x=x))).card.name == dense
    assert take(_saved(_data(small, edge_index=None, adj_t=adjacency))).card.name == dense
    one_way = _data(small, edge_index=torch.tensor(small.edges).T)
    source, target = one_way.edge_index
    ends = torch.stack([target, source])
    of_messages = torch.sparse_coo_tensor(ends, torch.ones(len(source)), (12, 12), check_invariants=True)
    first, second = take(_saved(one_way)), take(_saved(_data(small, edge_index=None, adj_t=of_messages)))
    assert first.directed and first.card.name == second.card.name


def _set(graphs: int = 12, **more: Any) -> list[Data]:
    generator = torch.Generator().manual_seed(0)
    found = []
    for number in range(graphs):
        nodes = 3 + number % 3
        ring = torch.stack([torch.arange(nodes), torch.arange(nodes).roll(-1)])
        edges = torch.cat([ring, ring.flip(0)], 1)
        x = torch.rand(nodes, 2, generator=generator)
        found.append(Data(x=x, edge_index=edges, y=torch.tensor([number % 2]), **more))
    return found


def test_a_set_of_pyg_is_read_as_it_is_saved(take) -> None:
    graphs = _set()
    joined, slices = InMemoryDataset.collate(graphs)
    written: list[Any] = [graphs, (joined, slices), (joined.to_dict(), slices), (joined.to_dict(), slices, Data)]
    names = {take(_saved(content)).card.name for content in written}
    assert len(names) == 1
    own = load_graphs(names.pop())
    assert own.card.task == "graph classification"
    for mine, given_graph in zip(own.graphs, graphs, strict=True):
        assert torch.equal(mine.x, given_graph.x) and torch.equal(mine.y, given_graph.y)
        assert {*map(tuple, mine.edge_index.T.tolist())} == {*map(tuple, given_graph.edge_index.T.tolist())}
    assert import_data(graphs, "mine").card.name == own.card.name


def test_what_is_not_used_is_told(small, take) -> None:
    found = take(_saved(_data(small, val_mask=None, test_mask=None)))
    assert [told for told in found.warnings if "a mask for some parts only ('train_mask'), which is not used" in told]
    assert found.card.split.startswith("drawn with seed 0")
    weights = torch.ones(2 * len(small.edges))
    found = take(_saved(_data(small, edge_weight=weights)))
    assert [told for told in found.warnings if "'edge_weight' of graph.pt are not used" in told]
    found = take(_saved(_set(weight=torch.ones(1))))
    assert [told for told in found.warnings if "'weight' of graph.pt are not used" in told]


@settings(max_examples=20)
@given(
    nodes=st.integers(6, 30),
    seed=st.integers(0, 10_000),
    both=st.booleans(),
    sparse=st.booleans(),
    kind=st.sampled_from([torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.bool]),
)
def test_counts_come_back_whatever_the_tensors(
    nodes: int, seed: int, both: bool, sparse: bool, kind: torch.dtype
) -> None:
    generator = torch.Generator().manual_seed(seed)
    edges = torch.randint(0, nodes, (2, 3 * nodes), generator=generator)
    if both:
        edges = torch.cat([edges, edges.flip(0)], 1)
    x = torch.randint(0, 2, (nodes, 3), generator=generator).to(kind)
    x = x.float().to_sparse_coo() if sparse else x
    data = Data(x=x, edge_index=edges, y=torch.randint(0, 3, (nodes,), generator=generator))
    name, content = _saved(data)
    parts = read(Files(Upload.of(content, name)))
    ends = {*zip(parts.edges.source.tolist(), parts.edges.target.tolist(), strict=True)}
    wanted = {*map(tuple, edges.T.tolist())}
    assert ends | {end[::-1] for end in ends} == wanted | {end[::-1] for end in wanted}
    assert parts.directed or wanted == {end[::-1] for end in wanted}
    values = parts.features.values
    dense = values.toarray() if sparse else values
    assert np.array_equal(dense.astype(float), data.x.to_dense().double().numpy())
    assert parts.nodes.head["label"].to_pylist() == data.y.tolist()


class _Evil:
    def __reduce__(self) -> Any:
        return (Path.write_text, (Path("/tmp/a2q-pwned"), "pwned"))


def _legacy() -> tuple[str, bytes]:
    return _saved(torch.ones(2), _use_new_zipfile_serialization=False)


def _forged() -> tuple[str, bytes]:
    """A Data whose state is none."""
    name, content = _saved(Data(x=torch.ones(2, 2)))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read_from, zipfile.ZipFile(out, "w") as to:
        for member in read_from.infolist():
            kept = read_from.read(member)
            if member.filename.endswith("data.pkl"):
                kept = b"\x80\x02ctorch_geometric.data.data\nData\n)\x81K\x07b."
            to.writestr(member.filename, kept)
    return name, out.getvalue()


_X, _RING = torch.ones(4, 2), torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]])
_BAD: dict[str, tuple[Any, str]] = {
    "a call": (
        _saved(_Evil()),
        r"^graph.pt holds an object of '[\w.]*(write_text|getattr|Path)'.*never loaded; save its",
    ),
    "a call within": (_saved({"x": _X, "y": _Evil()}), "could run code and is never loaded"),
    "a model": (_saved(torch.nn.Linear(2, 2)), "^graph.pt holds an object of 'torch.nn.modules.linear.Linear'"),
    "an array": (_saved({"x": np.ones(2)}), "^graph.pt holds an object of 'numpy"),
    "nothing but a number": (_saved(OrderedDict(x=1)), "^graph.pt holds values, but no edges"),
    "a plain pickle": (
        ("graph.pt", pickle.dumps(_Evil())),
        "^graph.pt is no file as torch.save writes since torch 1.6",
    ),
    "an old file": (_legacy(), "^graph.pt is no file as torch.save writes since torch 1.6, and pickles are never"),
    "nothing": (("graph.pt", b""), "^graph.pt is empty"),
    "an empty archive": (_saved([]), "^graph.pt holds no graph; write it again"),
    "one tensor": (_saved(_X), "^graph.pt holds one tensor where a graph is due; save a Data"),
    "text": (_saved("x"), "^graph.pt holds text where a graph is due"),
    "several types": (_saved(HeteroData()), r"^graph.pt holds nodes of several types \(HeteroData\)"),
    "forged state": (_forged(), "^graph.pt holds a value of another kind where a graph is due"),
    "no edges": (_saved({"x": _X}), "^graph.pt holds 'x', but no edges"),
    "edges beyond": (_saved({"x": _X, "edge_index": _RING + 1}), r"^Edge 3 of graph.pt is \(3, 4\), but there are 4"),
    "negative edges": (_saved({"x": _X, "edge_index": _RING - 1}), "^Edge 1 of graph.pt is"),
    "edges of another shape": (_saved({"x": _X, "edge_index": torch.ones(3, 4)}), r"of shape \[3, 4\]"),
    "labels of another shape": (
        _saved({"x": _X, "edge_index": _RING, "y": torch.ones(3)}),
        r"^The array 'y' of graph.pt has the shape \[3\], but there are 4 nodes",
    ),
    "complex": (
        _saved({"x": _X.to(torch.complex64), "edge_index": _RING}),
        "^The tensor 'x' of graph.pt holds torch.c",
    ),
    "expanded": (
        _saved({"x": torch.ones(1, 1).expand(60_000, 60_000), "edge_index": _RING}),
        r"^The tensor 'x' of graph.pt has the shape \[60000, 60000\], more than 2,048 MiB",
    ),
    "sparse of three dimensions": (_saved({"x": torch.ones(2, 2, 2).to_sparse()}), "'x' of graph.pt has 3 dimensions"),
    "slices that do not fit": (
        _saved(({"x": _X, "edge_index": _RING}, {"x": torch.tensor([0, 2, 9]), "edge_index": torch.tensor([0, 2, 4])})),
        "^graph.pt has slices of 'x' that do not fit its 4 rows",
    ),
    "slices of different lengths": (
        _saved(({"x": _X, "edge_index": _RING}, {"x": torch.tensor([0, 2, 4]), "edge_index": torch.tensor([0, 4])})),
        "^graph.pt has slices of 2 lengths",
    ),
    "graphs that share numbers": (
        _saved([{"x": _X, "edge_index": _RING}, {"x": _X, "edge_index": _RING + 4}]),
        "^Graph 1 of graph.pt has an edge of node 4, and nodes 0 to 3",
    ),
    "graphs of other widths": (
        _saved([{"x": _X, "edge_index": _RING}, {"x": _X[:, :1], "edge_index": _RING}]),
        "^The graphs of graph.pt have features of different widths",
    ),
    "a graph without a label": (
        _saved([{"edge_index": _RING, "y": torch.ones(1)}, {"edge_index": _RING}]),
        "^Graph 1 of graph.pt has no label; give each graph one class or value",
    ),
}


@pytest.mark.parametrize("case", _BAD)
def test_what_cannot_be_read_is_told_and_never_run(take, case: str) -> None:
    file, said = _BAD[case]
    with pytest.raises(DatasetError, match=said) as caught:
        take(file)
    assert "\n" not in str(caught.value) and len(str(caught.value)) <= 300
    assert not Path("/tmp/a2q-pwned").exists()


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_file_is_told(small, take, seed: int) -> None:
    name, content = _saved(_data(small))
    generator = np.random.default_rng(seed)
    spoilt = bytearray(content)
    for place in generator.integers(0, len(spoilt), 12):
        spoilt[place] = generator.integers(256)
    try:
        take((name, bytes(spoilt[: generator.integers(len(spoilt) // 2, len(spoilt) + 1)])))
    except DatasetError as error:
        assert "\n" not in str(error)


def test_what_others_named_to_torch_stays_named_and_is_not_read_of_uploads(small, take) -> None:
    named = torch.serialization.get_safe_globals()
    assert Data in named
    take(_saved(_data(small)))
    with pytest.raises(DatasetError, match="never loaded"):
        take(_saved({"x": sys.modules["torch_geometric"].EdgeIndex(_RING)}))
    assert {*map(str, torch.serialization.get_safe_globals())} == {*map(str, named)}


def test_live_objects_that_are_no_graphs_are_told() -> None:
    for given_object, said in ((3, "class int is"), ([], "holds no graph"), (HeteroData(), "HeteroData is no")):
        with pytest.raises(DatasetError, match=said):
            import_data(given_object, "mine")  # type: ignore[arg-type]


def test_arrays_and_settings_of_live_data(small) -> None:
    plain = {"x": small.features, "edge_index": np.array(small.edges).T, "note": object()}
    found = import_data(plain, "<b>mine</b>", ImportConfig(stand_in_labels=True, directed=False))
    assert found.card.title == "_b_mine__b_" and found.card.classes
    assert load(DatasetConfig(name=found.card.name)).num_nodes == 12


def test_a_folder_of_tu_files_is_imported_through_pyg(tmp_path: Path) -> None:
    raw = tmp_path / "RINGS" / "raw"
    raw.mkdir(parents=True)
    edges, graph_of, labels = [], [], []
    for number in range(12):
        first, nodes = len(graph_of) + 1, 3 + number % 2
        edges += [(first + k, first + (k + 1) % nodes) for k in range(nodes)]
        graph_of += [number + 1] * nodes
        labels.append(number % 2)
    both = sorted(edges + [end[::-1] for end in edges])
    (raw / "RINGS_A.txt").write_text("".join(f"{source}, {target}\n" for source, target in both))
    (raw / "RINGS_graph_indicator.txt").write_text("".join(f"{graph}\n" for graph in graph_of))
    (raw / "RINGS_graph_labels.txt").write_text("".join(f"{label}\n" for label in labels))
    (raw / "RINGS_node_labels.txt").write_text("".join(f"{node % 3}\n" for node in range(len(graph_of))))
    found = import_data(TUDataset(str(tmp_path), "RINGS"), "Rings", ImportConfig(folds=5))
    assert (found.card.graphs, found.card.features, found.card.folds) == (12, 3, 5)
    own = load_graphs(DatasetConfig(name=found.card.name, fold=1))
    assert [int(graph.y) for graph in own.graphs] == labels
    assert [graph.num_nodes for graph in own.graphs] == [3 + number % 2 for number in range(12)]
    assert [graph.num_edges for graph in own.graphs] == [2 * (3 + number % 2) for number in range(12)]
