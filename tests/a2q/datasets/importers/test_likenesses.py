"""Values that look like others: labels that differ in writing, weights like ends, files of another kind."""

import gzip
import io
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from a2q.datasets import DatasetError
from a2q.datasets.importers.import_store import Imported
from tests.a2q.datasets.importers.conftest import told

Take = Callable[..., Imported]
RING = [(node, (node + 1) % 12) for node in range(12)] + [(0, 6), (3, 9)]
EDGES = ("edges.csv", b"source,target\n" + b"".join(b"%d,%d\n" % ends for ends in RING))


def labels(values: Sequence[object]) -> tuple[str, bytes]:
    return "nodes.csv", pd.DataFrame({"id": range(12), "label": values}).to_csv(index=False).encode()


def rows(form: str, head: str = "") -> tuple[str, bytes]:
    return "e.csv", (head + "".join(form.format(a, b) + "\n" for a, b in RING)).encode()


def test_minus_one_and_one_are_two_classes(take: Take) -> None:
    assert take(EDGES, labels([-1, 1] * 6)).card.class_names == ("1", "-1")
    assert take(EDGES, labels([-1, 0, 1] * 4)).card.class_names == ("0", "1")


@pytest.mark.parametrize(
    ("values", "pair"),
    [
        (["1", "1.0", "2"], "'1' and '1.0'"),
        (["01", "1", "2"], "'01' and '1'"),
        (["Red", "red", "blue"], "'Red' and 'red'"),
        (["caf\u00e9", "cafe\u0301", "bar"], "'cafe\u0301' and 'caf\u00e9'"),
        (["red", "green", "blue"], ""),
    ],
)
def test_classes_that_may_be_one_are_told(values: list[str], pair: str, take: Take) -> None:
    found = take(EDGES, labels(values * 4))

    assert len(found.card.class_names) == 3
    assert bool(told(found, "are two classes; write them alike if they are one")) == bool(pair)
    assert not pair or told(found, f"{pair} in column 'label' of nodes.csv")


@pytest.mark.parametrize("form", ["0.5 {} {}", "2020-01-01T10:00:00,{},{}", "2020-01-31;{};{}", "{},1.5,{}"])
def test_fractions_and_dates_are_no_ends(form: str, take: Take) -> None:
    found = take(rows(form), stand_in_labels=True)

    assert (found.card.nodes, found.card.edges) == (12, 28)


@pytest.mark.parametrize(("word", "edges"), [("True", 14), ("false", 28)])
def test_a_column_called_directed_says_the_direction(word: str, edges: int, take: Take) -> None:
    found = take(rows("{},{}," + word, "source,target,Directed\n"), stand_in_labels=True)

    assert found.card.edges == edges
    assert told(found, "Column 'Directed' of e.csv says what direction edges have")
    assert not told(found, "not used: edges have no weights")


def test_empty_columns_are_told_as_such(take: Take) -> None:
    nodes = pd.DataFrame({"id": range(12), "label": ["x", "y"] * 6, "f": None}).to_csv(index=False).encode()

    assert told(take(EDGES, ("nodes.csv", nodes)), "Columns 'f' of nodes.csv are not used: their first rows are empty")


def npy() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array(RING))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("e.csv", b"PAR1\x15\x04\x15\x15", "a Parquet table"),
        ("e.csv", b"PK\x03\x04\x14\x00\x06\x00", "a ZIP archive, as workbooks of Excel are"),
        ("e.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook of Excel"),
        ("e.gml", gzip.compress(EDGES[1], mtime=0), "data packed by gzip"),
        ("e.npz", npy(), r"one array of NumPy \(.npy\)"),
        ("e.npz", b"\x89HDF\r\n\x1a\n", "HDF5"),
        ("e.txt", b"SQLite format 3\x00", "a database of SQLite"),
    ],
)
def test_a_file_of_another_kind_than_its_ending_is_told_as_such(
    name: str, content: bytes, kind: str, take: Take
) -> None:
    with pytest.raises(DatasetError, match=f"^{name} holds {kind}, by its first bytes; "):
        take((name, content), stand_in_labels=True)


def test_joined_files_with_byte_order_marks_are_refused_with_their_row(take: Take) -> None:
    mark = b"\xef\xbb\xbf"
    for content, row in ((mark + EDGES[1] + mark + EDGES[1], 16), (mark + mark + EDGES[1], 1)):
        with pytest.raises(DatasetError, match=f"^Row {row} of e.csv begins with a byte-order mark"):
            take(("e.csv", content), stand_in_labels=True)
    long = EDGES[1] * 10_000
    with pytest.raises(DatasetError, match=f"^Row {long.count(10) + 1:,} of e.csv begins with a byte-order mark"):
        take(("e.csv", long + mark + EDGES[1]), stand_in_labels=True)


@pytest.mark.parametrize(
    ("odd", "pair"),
    [("{}.0", "'11' and '11.0'"), ("0{}", "'11' and '011'"), ("cafe\u0301{}", "'caf\u00e911' and 'cafe\u030111'")],
)
def test_names_of_nodes_that_may_be_one_are_told(odd: str, pair: str, take: Take) -> None:
    plain = odd.replace(".0", "").replace("0{", "{").replace("e\u0301", "\u00e9")
    content = "source,target\n" + "".join(f"{plain.format(a)},{plain.format(b)}\n" for a, b in RING)
    content += f"{odd.format(11)},{plain.format(3)}\n"
    found = take(("e.csv", content.encode()), stand_in_labels=True)

    assert found.card.nodes == 13
    assert told(found, f"Nodes {pair} of e.csv are two (1 such pair in all)")


@pytest.mark.parametrize("word", ["NA", "nan", "null"])
@pytest.mark.parametrize("row", [4, 150])
def test_a_word_for_no_value_among_fractions_is_none(word: str, row: int, take: Take) -> None:
    edges = "source,target\n" + "".join(f"{node},{(node + 1) % 200}\n" for node in range(200))
    nodes = "id,y\n" + "".join(f"{node},{word if node == row else node / 7}\n" for node in range(200))
    found = take(("e.csv", edges.encode()), ("n.csv", nodes.encode()))

    assert found.card.class_names == ()
    assert told(found, "1 of 200 rows of n.csv have no label in column 'y'")
