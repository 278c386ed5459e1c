"""Whatever bytes are uploaded: a graph, or our own error."""

import io
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from a2q.datasets import DatasetError
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.endings import ENDINGS
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload

_SETTINGS = settings(
    max_examples=60,
    # The folder of imports is the same for all examples: each leaves it as it found it, or with one graph more.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
_WORDS = {
    "csv": b"source target , \n 0 1 -1 nan inf 1e400 \" ' ; \t \r # \xef\xbb\xbf \xff \x00",
    "parquet": b"PAR1 \x15 \x04 \x00 \xff",
    "graphml": b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"> <graph edgedefault="directed"> '
    b'<node id="1"> </node> <edge source="1" target="2"/> <data key="d"> </data> <key id="d" for="node" '
    b'attr.name="label" attr.type="int"/> </graph> </graphml> <!DOCTYPE &lt; 1 x',
    "gexf": b'<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2"> <graph defaultedgetype="directed"> '
    b'<nodes> <node id="0" label="a"> </node> </nodes> <edges> <edge id="0" source="0" target="1"/> </edges> '
    b'<attributes class="node"> <attribute id="0" title="x" type="float"/> </attributes> <attvalues> '
    b'<attvalue for="0" value="1"/> </attvalues> </graph> </gexf>',
    "gml": b'graph [ ] node edge id label source target directed 0 1 -1 "a" " 1e400 & \n #',
    "json": b'{ } [ ] , : "nodes" "links" "edges" "id" "source" "target" 0 1 -1 1e999 NaN null true '
    b'"\\ud800" "directed" "multigraph"',
    "npz": b"PK\x03\x04 \x93NUMPY\x01\x00 { } 'descr' 'shape' \x00",
    "pt": b"PK\x03\x04 \x80\x02 ctorch._utils\n_rebuild_tensor_v2\n } q\x00 X\x01\x00\x00\x00x R . data.pkl",
    "mtx": b"%%MatrixMarket matrix coordinate real general symmetric pattern array integer \n 3 2 1 0 -1 1e400 % nan",
}


def bytes_of(form: str) -> st.SearchStrategy[bytes]:
    """Bytes made of what a format is made of, or of anything."""
    words = st.lists(
        st.sampled_from([word + end for word in _WORDS[form].split(b" ") for end in (b"", b" ", b"\n", b",")])
    )
    return st.one_of(words.map(b"".join), st.binary(max_size=400))


def spoilt(content: bytes) -> st.SearchStrategy[bytes]:
    """A good file with some bytes changed, put in, taken out or cut off."""
    place = st.integers(0, len(content))
    change = st.tuples(place, st.integers(0, 8), st.binary(max_size=8))

    def apply(changes: list[tuple[int, int, bytes]]) -> bytes:
        spoilt = content
        for start, length, new in changes:
            spoilt = spoilt[:start] + new + spoilt[start + length :]
        return spoilt

    return st.lists(change, min_size=1, max_size=4).map(apply)


def attempt(*files: tuple[str, bytes] | None, **config: Any) -> None:
    """Import, and let only our own error pass."""
    uploads = [None if file is None else Upload.of(file[1], file[0]) for file in files]
    try:
        import_graph(Files(*uploads), ImportConfig(**config))
    except DatasetError as error:
        told = str(error)
        assert told.endswith(".") and "\n" not in told and len(told) <= 300


@pytest.mark.parametrize("form", sorted(_WORDS))
@_SETTINGS
@given(data=st.data())
def test_upload_of_anything(form: str, data: st.DataObject) -> None:
    content = data.draw(bytes_of(form))
    attempt((f"upload.{form}", content), stand_in_labels=True)
    attempt((f"upload.{form}", content), ("nodes.csv", b"id,label\n0,a\n1,b\n2,a\n3,b\n4,a\n5,b\n"))


@pytest.mark.parametrize(
    "form", ["csv", "txt", "parquet", "graphml", "gexf", "gml", "json", "npz", "npz-sparse", "mtx"]
)
@_SETTINGS
@given(data=st.data())
def test_upload_of_a_spoilt_graph(form: str, formats, data: st.DataObject) -> None:
    (name, content), *others = formats[form]
    attempt((name, data.draw(spoilt(content))), *others)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@_SETTINGS
@given(data=st.data())
def test_upload_of_a_spoilt_node_table(form: str, formats, data: st.DataObject) -> None:
    edges, (name, content) = formats[form]
    attempt(edges, (name, data.draw(spoilt(content))))


@pytest.mark.parametrize("form", ["npz-scipy", "mtx"])
@_SETTINGS
@given(data=st.data())
def test_upload_of_spoilt_features(form: str, formats, data: st.DataObject) -> None:
    edges, nodes, _, (name, content) = formats[form]
    attempt(edges, nodes, None, (name, data.draw(spoilt(content))))


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 5),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)


@_SETTINGS
@given(
    nodes=st.lists(st.dictionaries(st.sampled_from(["id", "label", "x", "split", "graph"]), _VALUES), max_size=8),
    edges=st.lists(st.fixed_dictionaries({"source": _VALUES, "target": _VALUES}), max_size=8),
    directed=_VALUES,
    multigraph=_VALUES,
)
def test_upload_of_json_with_any_values(nodes: Any, edges: Any, directed: Any, multigraph: Any) -> None:
    whole = {"nodes": nodes, "edges": edges, "directed": directed, "multigraph": multigraph, "graph": {}}
    attempt(("upload.json", json.dumps(whole).encode()))


_COLUMNS = st.sampled_from(
    [
        pa.array([0, 1, 2, 3], pa.int8()),
        pa.array([0, 1, None, 3], pa.uint64()),
        pa.array([2**63, 1, 2, 3], pa.uint64()),
        pa.array([0.0, 1.0, float("nan"), 3.0]),
        pa.array([0.5, 1e300, 2.0, 3.0]),
        pa.array(["a", "b", "😀", ""]),
        pa.array(["a", "b", "a", None]).dictionary_encode(),
        pa.array([1, 2, 1, None]).dictionary_encode(),
        pa.array([True, False, None, True]),
        pa.array([b"\xff", b"a", None, b""]),
        pa.array([[1], [2, 3], None, []]),
        pa.array([{"a": 1}, None, {"a": 2}, {"a": 3}]),
        pa.array([0, 1, 2, 3], pa.timestamp("s")),
        pa.array([0, 1, 2, 3], pa.duration("s")),
        pa.array([1, 2, 3, 4], pa.decimal128(5, 2)),
        pa.nulls(4),
        pa.array([1.0, 2.0, None, 3.0], pa.float16()),
        pa.array(["a", "b", "c", "d"], pa.large_string()),
        pa.array(["a", "b", "c", "d"], pa.string_view()),
    ]
)


@_SETTINGS
@given(
    columns=st.fixed_dictionaries({"source": _COLUMNS, "target": _COLUMNS}),
    nodes=st.dictionaries(st.sampled_from(["id", "label", "x", "split", "graph"]), _COLUMNS, min_size=1),
    task=st.sampled_from([None, "classes", "values"]),
)
def test_upload_of_parquet_with_any_type(columns: Any, nodes: Any, task: Any) -> None:
    contents = []
    for given_columns in (columns, nodes):
        stream = io.BytesIO()
        pq.write_table(pa.table(given_columns), stream)
        contents.append(stream.getvalue())
    attempt(("edges.parquet", contents[0]), ("nodes.parquet", contents[1]), task=task)
    attempt(("edges.parquet", contents[0]), stand_in_labels=True)


_ARRAYS = st.sampled_from(
    [
        np.array(1),
        np.zeros(0),
        np.zeros((0, 2)),
        np.arange(4),
        np.array([0, -1, 2, 3]),
        np.array([0.5, np.nan, np.inf, -1]),
        np.array([[0, 1, 2], [1, 2, 3]]),
        np.array([[0, 1], [1, 2], [2, 3]]),
        np.array([[0.0, 1.5], [np.nan, 2]]),
        np.eye(4),
        np.ones((2, 2, 2)),
        np.array(["a", "b", "a", "b"]),
        np.array([b"a", b"\xff", b"a", b"b"]),
        np.array([True, False, True, False]),
        np.array([2**64 - 1, 1, 2, 3], dtype=np.uint64),
        np.array([1 + 2j, 2, 3, 4]),
        np.array([1, 2, 3, 4], dtype="datetime64[s]"),
        np.array([4, 4]),
        np.array(b"csc"),
        np.array([1, 2, 3, 4], dtype=np.float16),
        np.array([1, 2, 3, 4], dtype=">i4"),
    ]
)
_ARRAY_NAMES = ("edge_index", "adj", "x", "y", "train_mask", "val_mask", "test_mask", "split", "graph")
_SPARSE_NAMES = tuple(
    f"{stem}{part}" for stem in ("adj_", "attr_", "") for part in ("data", "indices", "indptr", "shape")
)


@_SETTINGS
@given(
    arrays=st.dictionaries(
        st.sampled_from((*_ARRAY_NAMES, *_SPARSE_NAMES, "row", "col", "format")), _ARRAYS, min_size=1
    )
)
def test_upload_of_npz_with_any_arrays(arrays: dict[str, np.ndarray]) -> None:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    attempt(("upload.npz", stream.getvalue()), stand_in_labels=True)
    attempt(("edges.csv", b"0,1\n1,2\n2,3\n3,0\n0,2"), None, None, ("x.npz", stream.getvalue()), stand_in_labels=True)


_SLICES = st.lists(st.integers(0, 5), min_size=1, max_size=4).map(torch.tensor)


@_SETTINGS
@given(
    tensors=st.dictionaries(
        st.sampled_from((*_ARRAY_NAMES, "num_nodes", "node_names", "class_names")),
        st.one_of(
            _ARRAYS.filter(lambda array: array.dtype.kind in "biufc" and array.dtype.isnative).map(torch.from_numpy),
            st.sampled_from([["a", "b", "c", "d"], "text", 4, None, [1], torch.eye(4).to_sparse()]),
        ),
        min_size=1,
    ),
    slices=st.dictionaries(st.sampled_from(("x", "edge_index", "y", "node_names")), _SLICES),
)
def test_upload_of_torch_with_any_tensors(tensors: dict[str, Any], slices: dict[str, Any]) -> None:
    for content in (tensors, [tensors, tensors], (tensors, slices)):
        stream = io.BytesIO()
        torch.save(content, stream)
        attempt(("upload.pt", stream.getvalue()), stand_in_labels=True)


def test_every_ending_is_fuzzed_as_upload() -> None:
    alike = {"tsv": "csv", "txt": "csv", "edges": "csv", "pth": "pt"}
    assert {alike.get(ending, ending) for ending in ENDINGS} == set(_WORDS)
