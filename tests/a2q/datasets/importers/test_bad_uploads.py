"""Malformed and hostile uploads, made here and kept nowhere; each gets one sentence and leaves nothing behind."""

import io
import json
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from a2q.datasets import DatasetError
from a2q.datasets.importers import import_store as keeping
from a2q.datasets.importers import limits

EDGES = b"source,target\n" + b"".join(b"%d,%d\n" % (node, (node + 1) % 12) for node in range(12))
NODES = b"id,a,b,label\n" + b"".join(
    b"%d,%d,0.5,%s\n" % (node, node, b"xy"[node % 2 : node % 2 + 1]) for node in range(12)
)
TABLE = ("nodes.csv", NODES)
RING = np.array([range(12), [*range(1, 12), 0]])
Y = np.array([0, 1] * 6)
Case = tuple[tuple[tuple[str, bytes] | None, ...], str]


def edges(content: bytes, name: str = "edges.csv") -> tuple[tuple[str, bytes], ...]:
    return ((name, content), TABLE)


def nodes(content: bytes, name: str = "nodes.csv") -> tuple[tuple[str, bytes], ...]:
    return (("edges.csv", EDGES), (name, content))


def replaced(row: int, text: bytes, table: bytes = NODES) -> bytes:
    """The table with one row (1 is the header) replaced."""
    lines = table.splitlines()
    lines[row - 1] = text
    return b"\n".join(lines) + b"\n"


def npz(compressed: bool = False, **arrays: np.ndarray) -> tuple[tuple[str, bytes], ...]:
    stream = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(stream, **arrays)
    return (("graph.npz", stream.getvalue()),)


def zipped(**members: bytes) -> tuple[tuple[str, bytes], ...]:
    """An .npz whose arrays are these bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return (("graph.npz", stream.getvalue()),)


def header(shape: str, kind: str = "<i8", content: bytes = b"") -> bytes:
    """A .npy that says it has this shape."""
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (63 - (len(text) + 10) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content


def parquet(table: pa.Table, name: str = "edges.parquet", **how: object) -> tuple[str, bytes]:
    stream = io.BytesIO()
    pq.write_table(table, stream, **how)
    return name, stream.getvalue()


def repeated(text: str, rows: int, **how: object) -> tuple[str, bytes]:
    """One text for every row of two columns, which Parquet stores once."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([text]))
    return parquet(pa.table({"source": column, "target": column}), **how)


def graphml(body: str, before: str = "") -> tuple[tuple[str, bytes], ...]:
    keys = '<key id="l" for="node" attr.name="label" attr.type="string"/>'
    start = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    return (("g.graphml", f"{before}{start}{keys}{body}</graphml>".encode()),)


def link(**changes: object) -> tuple[tuple[str, bytes], ...]:
    whole = {
        "directed": False,
        "multigraph": False,
        "graph": {},
        "nodes": [{"id": node, "label": "xy"[node % 2]} for node in range(12)],
        "edges": [{"source": node, "target": (node + 1) % 12} for node in range(12)],
    }
    return (("g.json", json.dumps(whole | changes).encode()),)


def mtx(text: str, name: str = "a.mtx") -> tuple[tuple[str, bytes], ...]:
    return ((name, text.encode()), ("nodes.csv", b"label\n" + b"x\ny\n" * 6))


def bomb() -> str:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY a0 "lol">{levels}]>'


def cut_zip() -> bytes:
    content = npz(edge_index=RING, y=Y)[0][1]
    return content[: len(content) // 2]


def wrong_crc() -> bytes:
    content = bytearray(npz(edge_index=RING, y=Y)[0][1])
    content[150] ^= 0xFF
    return bytes(content)


class Evil:
    """Would write a file when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return (Path.write_text, (Path("/tmp/a2q-pwned"), "pwned"))


def evil_array() -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.array([Evil()], dtype=object), allow_pickle=True)
    return stream.getvalue()


COLUMNS = {"source": pa.array(range(12)), "target": pa.array([*range(1, 12), 0])}
GRAPHS = b"graph,label\n0,x\n1,y\n2,x\n3,y\n4,x\n5,y\n"
OF_GRAPHS = b"id,graph,a\n" + b"".join(b"%d,%d,%d\n" % (node, node // 2, node) for node in range(12))
DENSE = "%%MatrixMarket matrix array real general\n12 12\n1\n"
PAIRS = b"source,target\n" + b"".join(b"%d,%d\n" % (node, node + 1) for node in range(0, 12, 2))
SET = (("e.csv", PAIRS), ("n.csv", OF_GRAPHS), ("g.csv", GRAPHS))
HEAD = "%%MatrixMarket matrix coordinate real general\n"

CASES: dict[str, Case] = {
    # Files that are not what they should be
    "empty edge list": (edges(b""), r"^edges.csv is empty; give a file that holds a graph\.$"),
    "nothing but blank lines": (edges(b"\n\r\n \n"), r"^edges.csv is empty; give a table with at least one row\.$"),
    "nothing but comments": (edges(b"# a\n# b\n"), r"^edges.csv holds nothing but comments"),
    "a header and no rows": (edges(b"source,target\n"), r"^edges.csv has a header but no rows; give at least one"),
    "empty node table": (nodes(b""), r"^nodes.csv is empty"),
    "unknown ending": (edges(EDGES, "edges.xlsx"), r"^edges.xlsx ends in .xlsx; give one of .csv, .tsv"),
    "no ending": (edges(EDGES, "edges"), r"^edges ends in nothing; give one of .csv"),
    "pickle": (edges(pickle.dumps(Evil()), "edges.pkl"), r"^edges.pkl may hold a pickle, which can run code"),
    "torch file": (edges(b"PK", "graph.pt"), r"^graph.pt is no file as torch.save writes since torch 1.6, and pickles"),
    "single npy": (edges(evil_array(), "edges.npy"), r"^edges.npy may hold a pickle"),
    "packed table": (edges(zlib.compress(EDGES), "edges.csv.gz"), r"^edges.csv.gz is packed; unpack it and give"),
    "zip named csv": (edges(npz(x=Y)[0][1]), r"^edges.csv holds a ZIP archive"),
    "pickle named csv": (edges(pickle.dumps([0] * 9)), r"^Row 1 of edges.csv (holds a zero byte|is not UTF-8 text)"),
    "table as features": ((("e.csv", EDGES), TABLE, None, ("x.csv", NODES)), r"^x.csv holds no matrix of features"),
    "matrix as node table": ((("e.csv", EDGES), ("n.npz", b"PK")), r"^n.npz is no table; give it as .csv, .tsv"),
    # Encodings
    "UTF-16": (edges(EDGES.decode().encode("utf-16")), r"^Row 1 of edges.csv says that it is UTF-16; save it with"),
    "UTF-32": (edges(EDGES.decode().encode("utf-32")), r"^Row 1 of edges.csv says that it is UTF-32"),
    "Latin-1": (nodes(replaced(3, b"1,1,0.5,caf\xe9")), r"^Row 3 of nodes.csv is not UTF-8 text \(byte 0xe9\); save"),
    "a zero byte": (edges(replaced(4, b"2,\x003", EDGES)), r"^Row 4 of edges.csv holds a zero byte, so it is no text"),
    "cut within a character": (edges(EDGES + "é".encode()[:1]), r"^Row 14 of edges.csv ends within a character"),
    # Shape of tables
    "one column": (edges(b"source\n1\n2\n"), r"^edges.csv has one column, and an edge list needs two \(from and to\)"),
    "a row too short": (edges(replaced(5, b"3", EDGES)), r"^Row 5 of edges.csv has 1 values, but the first row has 2"),
    "a row too long": (
        edges(replaced(5, b"3,4,5", EDGES)),
        r"^Row 5 of edges.csv has 3 values, but the first row has 2",
    ),
    "open quote": (edges(replaced(5, b'"3,4', EDGES)), r"^Row 5 of edges.csv has a quote that is not closed"),
    "two columns alike": (nodes(b"id,a,a,label\n0,1,2,x\n"), r"^nodes.csv has two columns called 'a'; rename one"),
    "a million columns": (
        nodes(b"id," + b",".join(b"c%d" % n for n in range(1_000_000))),
        r"^The first row of nodes.csv is longer than 1 MiB: at most 10,000 columns are read; give features as an",
    ),
    "a million short columns": (nodes(b"," * 999_999 + b"\n"), r"^nodes.csv has 1,000,000 columns, and at most 10,000"),
    "an endless line": (edges(b"a" * (5 * limits.MIB)), r"^The first row of edges.csv is longer than 1 MiB"),
    "an endless later row": (
        nodes(NODES + b"12,1,2," + b"x" * (9 * limits.MIB)),
        r"^A row of nodes.csv is longer than 1",
    ),
    "an endless column name": (
        nodes(b"id," + b"n" * 300 + b"\n0,1\n"),
        r"^nodes.csv has a column name of 300 characters",
    ),
    # Names of nodes
    "a negative id": (
        edges(replaced(3, b"-1,2", EDGES)),
        r"^Row 3 of edges.csv has the negative node -1 in column 'source'",
    ),
    "a negative id in the node table": (
        nodes(replaced(2, b"-7,0,0,x")),
        r"^Row 2 of nodes.csv has the negative node -7",
    ),
    "no id": (edges(replaced(6, b",5", EDGES)), r"^Row 6 of edges.csv has no node in column 'source'; fill it in"),
    "NaN as id": (edges(replaced(6, b"4,NaN", EDGES)), r"^Row 6 of edges.csv names the node 'NaN' in column 'target'"),
    "an unknown id": (
        edges(replaced(7, b"5,99", EDGES)),
        r"^Row 7 of edges.csv names the node '99' in column 'target', which is none of the 12 of nodes.csv",
    ),
    "the same id twice": (
        nodes(replaced(9, b"3,7,0.5,x")),
        r"^Row 9 of nodes.csv has the node '3' again \(first in row 5 of nodes.csv\); give each node one row",
    ),
    "an endless id": (
        edges(replaced(3, b"n" * 201 + b",2", EDGES)),
        r"^Row 3 of edges.csv has a node of 201 characters",
    ),
    "a fraction as id": (
        (parquet(pa.table({"source": [0.0, 1.5], "target": [1, 2]})), TABLE),
        r"^Row 2 of edges.parquet holds 1.5 in column 'source'; names and classes are whole numbers or text",
    ),
    "infinity as id": (
        (parquet(pa.table({"source": [0.0, float("inf")], "target": [1, 2]})), TABLE),
        r"^Row 2 of edges.parquet holds inf in column 'source'",
    ),
    "a script as id": (
        edges(replaced(3, b"<script>alert(1)</script>,2", EDGES)),
        r"^Row 3 of edges.csv names the node '<script>alert\(1\)</script>' in column 'source', which is none",
    ),
    "control characters in an id": (
        edges(replaced(3, b"a\x1b[31m,2", EDGES)),
        r"names the node 'a\\x1b\[31m' in column",
    ),
    # Features
    "a feature that is NaN": (
        nodes(replaced(4, b"2,NaN,0.5,x")),
        r"^Row 4 of nodes.csv holds NaN in column 'a'; put a finite",
    ),
    "a feature that is infinite": (
        nodes(replaced(4, b"2,1,-inf,x")),
        r"^Row 4 of nodes.csv holds infinity in column 'b'",
    ),
    "a feature beyond float32": (nodes(replaced(4, b"2,1e39,0,x")), r"^Row 4 of nodes.csv holds 1e\+39 in column 'a'"),
    "a feature that is missing": (
        nodes(replaced(4, b"2,,0.5,x")),
        r"^Row 4 of nodes.csv has no number in column 'a'; fill",
    ),
    "NaN in a Parquet feature": (
        (
            ("e.csv", EDGES),
            parquet(pa.table({"id": range(12), "a": [0.0] * 11 + [float("nan")], "label": [*"xy"] * 6}), "n.parquet"),
        ),
        r"^Row 12 of n.parquet holds NaN in column 'a'",
    ),
    "lists as labels": (
        (("e.csv", EDGES), parquet(pa.table({"id": range(12), "label": [[1], [1, 2]] * 6}), "n.parquet")),
        r"^Column 'label' of n.parquet holds lists; give whole numbers or text",
    ),
    # Labels and split
    "one class": (
        nodes(NODES.replace(b",y", b",x")),
        r"^Column 'label' of nodes.csv has one class \('x'\), so there is nothing",
    ),
    "no label at all": (
        nodes(NODES.replace(b",x", b",").replace(b",y", b",")),
        r"^Column 'label' of nodes.csv has no label",
    ),
    "no column of labels": (
        nodes(b"id,a\n" + b"".join(b"%d,1\n" % n for n in range(12))),
        r"^No column of labels is chosen among",
    ),
    "a class for every row": (
        nodes(b"id,class\n" + b"".join(b"%d,%d\n" % (node, node) for node in range(40))),
        r"^Column 'class' of nodes.csv has 40 classes on 40 rows, nearly one a row; choose a column of classes",
    ),
    "too few labels for three parts": (
        nodes(
            b"id,label\n" + b"".join(b"%d,%s\n" % (n, b"x" if n == 0 else b"y" if n == 1 else b"") for n in range(12))
        ),
        r"^2 labelled nodes are too few to draw a training, validation and test part from; label more",
    ),
    "an unknown part": (
        nodes(
            b"id,label,split\n"
            + b"".join(b"%d,%d,%s\n" % (n, n % 2, b"trainn" if n == 3 else b"train") for n in range(12))
        ),
        r"^Row 5 of nodes.csv has the part 'trainn' in column 'split'; write 'train', 'validation', 'test'",
    ),
    "a split without test": (
        nodes(
            b"id,label,split\n"
            + b"".join(b"%d,%d,%s\n" % (n, n % 2, b"val" if n == 3 else b"train") for n in range(12))
        ),
        r"^The split has no labelled node in test; give each part some, or leave the column",
    ),
    # Edges
    "nothing but self-loops": (
        edges(b"a,b\n1,1\n2,2\n"),
        r"^edges.csv has no edge between two different nodes; give at least one",
    ),
    # Sets of graphs
    "an edge between two graphs": (
        (("e.csv", PAIRS + b"0,11\n"), ("n.csv", OF_GRAPHS), ("g.csv", GRAPHS)),
        r"^An edge joins node '0' of graph '0' with node '11' of graph '5'; remove it, or give both",
    ),
    "a graph that is unknown": (
        (("e.csv", PAIRS), ("n.csv", OF_GRAPHS), ("g.csv", GRAPHS.replace(b"5,y\n", b""))),
        r"^Row 12 of n.csv names the graph '5' in column 'graph', which is none of the 5 of g.csv",
    ),
    "a graph without nodes": (
        (("e.csv", PAIRS), ("n.csv", OF_GRAPHS), ("g.csv", GRAPHS + b"6,x\n")),
        r"^Graph '6' of g.csv has no node; remove it",
    ),
    "labels that differ within a graph": (
        (("e.csv", PAIRS), ("n.csv", OF_GRAPHS.replace(b"id,graph,a", b"id,graph,label"))),
        r"^The nodes of graph '0' have more than one label; give all nodes of a graph the same",
    ),
    # Parquet
    "cut Parquet": (
        (("edges.parquet", parquet(pa.table(COLUMNS))[1][:200]),),
        r"^edges.parquet cannot be read as a Parquet",
    ),
    "text named parquet": (edges(EDGES, "edges.parquet"), r"^edges.parquet cannot be read as a Parquet table \("),
    "damaged Parquet page": (
        (("edges.parquet", b"PAR1" + bytes(30) + parquet(pa.table(COLUMNS))[1][34:]), TABLE),
        r"^edges.parquet cannot be read as a Parquet table \(",
    ),
    "Parquet without rows": (
        (parquet(pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.int64())})),),
        r"^edges.parquet has no rows",
    ),
    "one text for all rows": ((repeated("x" * 201, 5), TABLE), r"^Row 1 of edges.parquet has a node of 201 characters"),
    "one text of a MiB for all rows": (
        (repeated("x" * 2**20, 4000, store_schema=False), TABLE),
        r"^Row 1 of edges.parquet has a node of 1,048,576 characters",
    ),
    "one text of more than a MiB": (
        (repeated("x" * 3 * 2**20, 4000), TABLE),
        r"^Column 'source' of edges.parquet holds a text of 3.0 MiB, and at most 1 MiB are read; leave the column out",
    ),
    "Parquet bomb": (
        (
            parquet(
                pa.table(
                    {
                        "source": pa.array(np.zeros(60_000_000, np.int8)),
                        "target": pa.array(np.zeros(60_000_000, np.int8)),
                    }
                )
            ),
        ),
        r"^edges.parquet says it has 60,000,000 rows, and at most 50,000,000 are read",
    ),
    # NumPy
    "pickled array": (
        zipped(edge_index=evil_array()),
        r"^The array 'edge_index' of graph.npz holds Python objects, which could run",
    ),
    "object array beside good ones": (
        zipped(edge_index=header("(2, 1)", content=bytes(16)), y=evil_array()),
        r"^The array 'y' of graph.npz holds Python objects",
    ),
    "zip bomb": (zipped(edge_index=bytes(30 * limits.MIB)), r"^graph.npz cannot be read as a NumPy .npz file"),
    "array of a trillion": (
        zipped(edge_index=header("(2, 1000000000000)")),
        r"^The array 'edge_index' of graph.npz is not as long as its header",
    ),
    "array of negative length": (
        zipped(edge_index=header("(2, -4)")),
        r"^(The array 'edge_index' of graph.npz is not as long|graph.npz cannot be read)",
    ),
    "header that is code": (
        zipped(edge_index=header("__import__('os').getcwd()")),
        r"^graph.npz cannot be read as a NumPy .npz file",
    ),
    "no magic": (
        zipped(edge_index=b"hello world, this is no array"),
        r"^graph.npz cannot be read as a NumPy .npz file",
    ),
    "unknown version": (
        zipped(edge_index=b"\x93NUMPY\x09\x00" + bytes(64)),
        r"^(The array 'edge_index' of graph.npz has the unknown version|graph.npz cannot)",
    ),
    "text named npz": (
        (("graph.npz", EDGES),),
        r"^graph.npz cannot be read as a NumPy .npz file \(File is not a zip file\)",
    ),
    "cut npz": ((("graph.npz", cut_zip()),), r"^graph.npz cannot be read as a NumPy .npz file"),
    "npz with a wrong checksum": (
        (("graph.npz", wrong_crc()),),
        r"^(graph.npz cannot be read|The array 'edge_index' of graph.npz)",
    ),
    "empty zip": ((("graph.npz", b"PK\x05\x06" + bytes(18)),), r"^graph.npz holds no array; write it again"),
    "npz without edges": (
        npz(x=np.ones((3, 2)), y=np.array([0, 1, 0])),
        r"^graph.npz holds 'x', 'y', but no edges; call them 'edge_index'",
    ),
    "edges of three columns": (
        npz(edge_index=np.zeros((3, 3), int), y=Y),
        r"^The array 'edge_index' of graph.npz holds whole numbers of shape \[3, 3\]",
    ),
    "edges that are words": (
        npz(edge_index=np.array([["a", "b"]]), y=Y),
        r"^The array 'edge_index' of graph.npz holds text of shape",
    ),
    "negative numbers of nodes": (
        npz(edge_index=RING - 1, y=Y),
        r"^Edge 1 of graph.npz is \(-1, 0\); give numbers of nodes from 0",
    ),
    "edges beyond the nodes": (
        npz(edge_index=RING + 1, y=Y),
        r"^Edge 11 of graph.npz is \(11, 12\), but there are 12 nodes; number them from 0",
    ),
    "edges that are NaN": (
        npz(edge_index=np.where(RING == 3, np.nan, RING), y=Y),
        r"^Edge 3 of graph.npz is \(2.0, nan\)",
    ),
    "labels of another length": (
        npz(edge_index=RING, x=np.ones((12, 1)), y=Y[:5]),
        r"^The array 'y' of graph.npz has the shape \[5\], but there are 12",
    ),
    "features of one dimension": (
        npz(edge_index=RING, x=np.ones(12), y=Y),
        r"^The array 'x' of graph.npz holds numbers of shape \[12\]; give numbers of",
    ),
    "features that are complex": (
        npz(edge_index=RING, x=np.ones((12, 1), complex), y=Y),
        r"^The array 'x' of graph.npz holds complex numbers",
    ),
    "NaN in an array": (
        npz(edge_index=RING, x=np.where(np.eye(12) > 0, np.nan, 0), y=Y),
        r"^graph.npz holds nan in row 1, column 1; put a finite",
    ),
    "one mask only": (
        npz(edge_index=RING, y=Y, train_mask=Y > 0),
        r"^graph.npz has a mask for some parts only; give train_mask, val_mask",
    ),
    "masks that overlap": (
        npz(edge_index=RING, y=Y, train_mask=Y > 0, val_mask=Y > 0, test_mask=Y < 1),
        r"^Node 1 of graph.npz is in two parts \(train and validation\)",
    ),
    "an adjacency that is not square": (
        npz(adjacency=np.ones((2, 3)), y=Y[:2]),
        r"^The adjacency of graph.npz has 2 rows and 3 columns",
    ),
    "an adjacency of zeros": (npz(adjacency=np.zeros((3, 3)), y=Y[:3]), r"^The adjacency of graph.npz has no edges"),
    "an adjacency with NaN": (
        npz(adjacency=np.array([[0, np.nan], [1, 0]]), y=Y[:2]),
        r"^The adjacency of graph.npz holds nan in row 1, column 2",
    ),
    "sparse indices out of bounds": (
        npz(
            adj_data=np.ones(2),
            adj_indices=np.array([1, 10**6]),
            adj_indptr=np.array([0, 1, 2]),
            adj_shape=np.array([2, 2]),
            y=Y[:2],
        ),
        r"^graph.npz cannot be read as a NumPy .npz file \(",
    ),
    "sparse pointers that fall": (
        npz(
            adj_data=np.ones(2),
            adj_indices=np.array([0, 1]),
            adj_indptr=np.array([0, 9, 2]),
            adj_shape=np.array([2, 2]),
            y=Y[:2],
        ),
        r"^graph.npz cannot be read as a NumPy .npz file \(",
    ),
    "a sparse matrix of a billion rows": (
        npz(adj_data=np.ones(1), adj_row=np.array([0]), adj_col=np.array([1]), adj_shape=np.array([10**9, 10**9])),
        r"^The sparse matrix 'adj' of graph.npz has the shape \[1000000000, 1000000000\]",
    ),
    "features of another graph": (
        (("e.csv", EDGES), TABLE, None, ("x.npz", npz(x=np.ones((5, 2)))[0][1])),
        r"^The files disagree on the number of nodes \(nodes.csv has 12, x.npz has 5\); give a row for each node",
    ),
    # XML
    "billion laughs": (
        graphml('<graph><node id="&a9;"/></graph>', bomb()),
        r"^g.graphml declares a document type or entities",
    ),
    "external entity": (
        graphml('<graph><node id="&x;"/></graph>', '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        r"^g.graphml declares a document type",
    ),
    "entity in GEXF": (
        (("g.gexf", b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><gexf/>'),),
        r"^g.gexf declares a document type or entities, which are never",
    ),
    "XML nested deeply": (
        graphml("<graph>" * 5_000 + "</graph>" * 5_000),
        r"^g.graphml nests elements more than 32 deep",
    ),
    "a character beyond Unicode in .npz": (
        npz(edge_index=RING, y=np.array([0x110000, 66] * 6, dtype="<u4").view("<U1")),
        r"^The array 'y' of graph.npz holds texts with characters that Unicode does not have; write it again",
    ),
    "half of a surrogate pair in .npz": (
        npz(edge_index=RING, y=np.array([0xD800, 66] * 6, dtype=">u4").view(">U1")),
        r"^The array 'y' of graph.npz holds texts with characters that Unicode does not have; write it again",
    ),
    "cut XML": ((("g.graphml", b"<graphml><graph>"),), r"^g.graphml cannot be read as GraphML \(no element found"),
    "HTML named graphml": (
        (("g.graphml", b"<html><body>Not found</body></html>"),),
        r"^g.graphml is a web page, not the file itself",
    ),
    "GraphML without nodes": (
        graphml('<graph edgedefault="undirected"></graph>'),
        r"^g.graphml has no nodes; give a graph with at least one",
    ),
    "GraphML with a broken number": (
        (
            (
                "g.graphml",
                b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="l" for="node" attr.name="w" '
                b'attr.type="int"/><graph><node id="1"><data key="l">one</data></node></graph></graphml>',
            ),
        ),
        r"^Node 1 of g.graphml holds 'one' in 'w', which is no whole number as declared; mend the value",
    ),
    "GEXF without a graph": (
        (("g.gexf", b'<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2"></gexf>'),),
        r"^g.gexf cannot be read as GEXF",
    ),
    "GraphML that is too large": (
        (("g.graphml", b" " * (limits.PARSED_BYTES + 1)),),
        r"^g.graphml is 64 MiB, and GraphML is read up to 64 MiB; give",
    ),
    # GML and JSON
    "text named gml": ((("g.gml", EDGES),), r"^g.gml cannot be read as GML \("),
    "GML with an unknown node": (
        (("g.gml", b'graph [ node [ id 0 label "a" ] edge [ source 0 target 9 ] ]'),),
        r"^g.gml cannot be read as GML \(edge 1 has undefined target 9\)",
    ),
    "GML nested deeply": (
        (("g.gml", b"graph [ " + b"a [ " * 5_000 + b"] " * 5_000 + b"]"),),
        r"^g.gml is nested too deeply to be GML",
    ),
    "GML with letters outside of texts": (
        (("g.gml", 'graph [ é 1 node [ id 0 label "é" ] ]'.encode()),),
        r"^g.gml cannot be read as GML \(no GML: é 1",
    ),
    "JSON nested deeply": (
        (("g.json", b"[" * 200_000),),
        r"^g.json is nested too deeply to be networkx node-link JSON",
    ),
    "cut JSON": ((("g.json", b'{"nodes": ['),), r"^g.json cannot be read as networkx node-link JSON \("),
    "another JSON": (
        (("g.json", b'{"type": "FeatureCollection"}'),),
        r"^g.json has no list 'nodes', as node-link JSON",
    ),
    "JSON without edges": (link(edges=None), r"^g.json has neither a list 'edges' nor a list 'links'"),
    "JSON node without id": (
        link(nodes=[{"name": "a"}]),
        r"^Node 1 of g.json has no id; give each node a whole number or a text",
    ),
    "JSON node twice": (link(nodes=[{"id": 0}, {"id": 0}]), r"^Node 2 of g.json has the id '0' of an earlier one"),
    "JSON edge to nowhere": (
        link(edges=[{"source": 0, "target": 77}]),
        r"^Edge 1 in the list 'edges' of g.json has the target '77', which is no",
    ),
    "JSON edge that is a list": (
        link(edges=[[0, 1]]),
        r"^Edge 1 in the list 'edges' of g.json has the source '\[0, 1\]'",
    ),
    "JSON number without end": (
        (("g.json", b'{"nodes": [{"id": ' + b"9" * 5_000 + b"}]}"),),
        r"^g.json cannot be read as networkx node-link JSON",
    ),
    "JSON in UTF-8 that is none": (
        (("g.json", b'{"nodes": "\xff"}'),),
        r"^g.json cannot be read as networkx node-link JSON",
    ),
    # Matrix Market
    "text named mtx": (mtx("hello\n"), r"^a.mtx does not start with '%%MatrixMarket matrix'; write it again with"),
    "more entries promised than there are": (
        mtx(HEAD + "12 12 90000000\n1 2 1\n"),
        r"^a.mtx says it has 90,000,000 entries, but holds 1 lines of 3 numbers where 3 are due; it is cut short",
    ),
    "more entries than promised": (mtx(HEAD + "12 12 1\n1 2 1\n2 3 1\n"), r"^a.mtx says it has 1 entries, but holds 2"),
    "a dense matrix of a trillion": (
        mtx("%%MatrixMarket matrix array real general\n1000000 1000000\n1\n"),
        r"^a.mtx is 1,000,000 × 1,000,000 with 1,000,000,000,000 entries, and at most 2,000,000 rows",
    ),
    "too many rows": (
        mtx(HEAD + "900000000 900000000 1\n1 2 1\n"),
        r"^a.mtx is 900,000,000 × 900,000,000 with 1 entries, and at most 2,000,000 rows",
    ),
    "sizes that are no numbers": (mtx(HEAD + "12 -12 1\n1 2 1\n"), r"^a.mtx has no line with the number of rows"),
    "a word among the entries": (
        mtx(HEAD + "12 12 1\n1 two 1\n"),
        r"^Entry 1 of a.mtx holds 'two', which is no number",
    ),
    "an entry outside": (
        mtx(HEAD + "12 12 1\n13 2 1\n"),
        r"^Entry 1 of a.mtx is in row 13, column 2, outside of the 12 × 12; rows and columns are whole numbers from 1",
    ),
    "a matrix that is not square": (
        mtx(HEAD + "12 11 1\n1 2 1\n"),
        r"^The adjacency of a.mtx has 12 rows and 11 columns",
    ),
    "half a dense matrix": (
        mtx("%%MatrixMarket matrix array real symmetric\n2 2\n1\n2\n3\n"),
        r"^a.mtx has the symmetry 'symmetric', which is not read of a matrix in array form; give it as general",
    ),
    "a complex matrix": (
        mtx("%%MatrixMarket matrix coordinate complex general\n12 12 1\n1 2 1 1\n"),
        r"^a.mtx holds 'complex' values; give real numbers",
    ),
    "a matrix with NaN": (mtx(HEAD + "12 12 1\n1 2 nan\n"), r"^The adjacency of a.mtx holds nan in row 1, column 2"),
    "a matrix of another size": (
        mtx(HEAD + "13 13 1\n1 2 1\n"),
        r"^The files disagree on the number of nodes \(a.mtx has 13, nodes.csv has 12\)",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_upload_gets_its_sentence_and_leaves_nothing(case: str, take) -> None:
    files, sentence = CASES[case]
    with pytest.raises(DatasetError, match=sentence) as caught:
        take(*files)
    told = str(caught.value)
    assert told.endswith(".") and "\n" not in told and len(told) <= 300
    assert "Traceback" not in told and "/tmp" not in told
    assert not keeping.folder().exists() or not list(keeping.folder().iterdir())
    assert not Path("/tmp/a2q-pwned").exists()


def test_there_are_many_kinds_of_bad_uploads() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize(
    ("name", "value", "files", "sentence"),
    [
        ("FILE_BYTES", 50, edges(EDGES), r"^edges.csv is 0 MiB, and at most 0 MiB are read; give a smaller graph"),
        ("NODES", 11, edges(EDGES), r"^nodes.csv has more than 11 nodes; give a smaller graph"),
        ("NODES", 11, (("edges.csv", EDGES),), r"^edges.csv has more than 11 nodes; give a smaller graph"),
        ("EDGES", 11, edges(EDGES), r"^edges.csv has more than 11 edges; give a smaller graph"),
        ("GRAPHS", 5, SET, r"^g.csv has more than 5 graphs; give a smaller graph"),
        ("COLUMNS", 3, edges(EDGES), r"^nodes.csv has 4 columns, and at most 3 are read; give features as an .npz or"),
        ("NAME_CHARACTERS", 5, edges(EDGES), r"^edges.csv has a column name of 6 characters \('source'\); at most 5"),
        ("FEATURE_VALUES", 143, mtx(DENSE), r"^a.mtx is 12 × 12 with 144 entries, and at most 2,000,000 rows and 143"),
        ("CLASSES", 1, edges(EDGES), r"^Column 'label' of nodes.csv has 2 classes, and at most 1 are read"),
        ("FEATURE_VALUES", 23, edges(EDGES), r"^nodes.csv has 12 nodes with 2 features each, and at most 23 values"),
        ("UNPACKED_BYTES", 9_000, (repeated("x" * 200, 50),), r"^edges.parquet unpacks to 0 MiB, and at most 0 MiB"),
        ("UNPACKED_BYTES", 9, npz(edge_index=RING, y=Y), r"^graph.npz unpacks to 0 MiB, and at most 0 MiB are read"),
        ("UNPACKED_BYTES", 9_000, (repeated("x" * 200, 50),), r"^edges.parquet unpacks to 0 MiB, and at most 0 MiB"),
        ("UNPACKED_BYTES", 9, (parquet(pa.table(COLUMNS)),), r"^edges.parquet unpacks to 0 MiB, and at most 0 MiB"),
        ("NODES", 3, graphml("<graph>" + '<node id="1"/>' * 4 + "</graph>"), r"^g.graphml has more than 3 nodes; give"),
    ],
)
def test_upload_beyond_a_limit_gets_its_sentence(name, value, files, sentence, take, monkeypatch) -> None:
    monkeypatch.setattr(limits, name, value)
    with pytest.raises(DatasetError, match=sentence):
        take(*files)


def test_upload_of_a_name_with_a_path_stays_in_its_folder(take) -> None:
    found = take(("../../../etc/edges.csv", EDGES), ("..\\nodes.csv", NODES))
    assert found.files[0] == "edges.csv"
    assert [place.name for place in keeping.folder().iterdir()] == [found.card.name]


def test_upload_of_a_title_that_is_too_long_is_refused(take) -> None:
    with pytest.raises(ValueError, match="at most 60 characters"):
        take(*edges(EDGES), title="x" * 61)
