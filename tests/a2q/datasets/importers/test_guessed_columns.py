"""Which columns are taken for ends of edges, names of nodes and features, in tables as programs write them."""

import io
from collections.abc import Callable

import pandas as pd
import pytest

from a2q.datasets.importers.import_store import Imported
from tests.a2q.datasets.importers.conftest import told

Take = Callable[..., Imported]
RING = [(node, (node + 1) % 12) for node in range(12)] + [(0, 6), (3, 9)]
EDGES = ("edges.csv", b"source,target\n" + b"".join(b"%d,%d\n" % ends for ends in RING))
NODES = ("nodes.csv", b"id,label\n" + b"".join(b"%d,%c\n" % (node, b"xy"[node % 2]) for node in range(12)))
GAPS = [0, 1, 2, 5, 6, 7, 9, 10, 11, 12, 13, 14, 20, 21]
SHUFFLED = [5, 3, 1, 2, 0, 4, 6, 7, 8, 9, 10, 11]


def rows(head: str, form: str, numbers: object = RING) -> bytes:
    return (head + "".join(f"{form.format(*ends)}\n" for ends in numbers)).encode()  # type: ignore[attr-defined]


def parquet(frame: pd.DataFrame) -> tuple[str, bytes]:
    stream = io.BytesIO()
    frame.to_parquet(stream)
    return "nodes.parquet", stream.getvalue()


@pytest.mark.parametrize(
    ("content", "source", "target"),
    [
        (rows("", "N{} pp N{}"), "column 1", "column 3"),
        (rows("", "N{}\tactivates\tN{}"), "column 1", "column 3"),
        (rows("", "{} -> {}"), "column 1", "column 3"),
        (rows("subject,predicate,object\n", "N{},knows,N{}"), "subject", "object"),
        (rows("a,how,b\n", "N{},knows,N{}"), "a", "b"),
        (rows("", "N{},N{},knows"), "column 1", "column 2"),
        (rows("person,city,visits\n", "{},Rome,{}"), "person", "city"),
        (rows(":START_ID(Movie),:TYPE,:END_ID(Movie)\n", "{},SEQUEL,{}"), ":START_ID(Movie)", ":END_ID(Movie)"),
    ],
)
def test_a_relation_between_two_ends_is_no_end(content: bytes, source: str, target: str, take: Take) -> None:
    found = take(("edges.txt", content), stand_in_labels=True)

    assert (found.config.source, found.config.target) == (source, target)
    assert target == "city" or (found.card.nodes, found.card.edges) == (12, 28)


def test_an_index_of_pandas_with_gaps_is_neither_end_nor_feature(take: Take) -> None:
    frame = pd.DataFrame({"id": range(12), "f": [i / 2 for i in range(12)], "label": ["x", "y"] * 6}, index=SHUFFLED)
    edges = pd.DataFrame(RING, columns=["p", "q"], index=GAPS).to_csv().encode()

    for nodes in (("nodes.csv", frame.to_csv().encode()), parquet(frame)):
        found = take(("edges.csv", edges), nodes)

        assert (found.config.source, found.config.target, found.config.node) == ("p", "q", "id")
        assert found.config.features == ("f",)
        assert told(found, "not used: they number the rows")


@pytest.mark.parametrize("index", [SHUFFLED, [f"n{i}" for i in range(12)]])
def test_an_index_of_pandas_names_the_nodes_where_nothing_else_does(index: list[object], take: Take) -> None:
    frame = pd.DataFrame({"f": [i / 2 for i in range(12)], "label": ["x", "y"] * 6}, index=index)
    form = "n{},n{}" if isinstance(index[0], str) else "{},{}"
    found = take(("edges.csv", rows("from,to\n", form)), ("nodes.csv", frame.to_csv().encode()))

    assert found.config.node == "column 1"
    assert found.config.features == ("f",)


@pytest.mark.parametrize("first", [[i / 2 for i in range(12)], [20 + i % 5 for i in range(12)]])
def test_rows_are_numbered_where_no_column_can_name_them(first: list[float], take: Take) -> None:
    frame = pd.DataFrame({"first": first, "g": [i % 2 for i in range(12)], "label": ["x", "y"] * 6})
    found = take(EDGES, ("nodes.csv", frame.to_csv(index=False).encode()))

    assert (found.config.node, found.config.features) == ("", ("first", "g"))
    assert told(found, "no column names nodes, so rows are numbered from 0")


def test_the_column_that_edges_use_names_the_nodes(take: Take) -> None:
    frame = pd.DataFrame({"id": range(7000, 7120, 10), "views": [3] * 6 + [4] * 6, "new_id": range(12)})
    found = take(EDGES, ("twitch.csv", frame.to_csv(index=False).encode()), label="views")

    assert found.config.node == "new_id"
    assert told(found, "Columns 'id' of twitch.csv are not used: they are names of nodes")


def test_headers_of_neo4j_are_understood(take: Take) -> None:
    head = "personId:ID(Person),name,age:int,:LABEL\n"
    nodes = rows(head, "p{0},Name {0},{1},{2}", [(i, 20 + i, "AB"[i % 2]) for i in range(12)])
    found = take(("knows.csv", rows(":START_ID(Person),:END_ID(Person),:TYPE\n", "p{},p{},KNOWS")), ("p.csv", nodes))

    assert (found.config.node, found.config.label, found.config.features) == (
        "personId:ID(Person)",
        ":LABEL",
        ("age:int",),
    )
    assert (found.card.nodes, found.card.edges) == (12, 28)


@pytest.mark.parametrize(
    ("head", "doubt"),
    [
        ("userId,movieId", True),
        (":START_ID(Person),:END_ID(Movie)", True),
        ("txId1,txId2", False),
        (":START_ID(Person),:END_ID(Person)", False),
        ("source_id,target_id", False),
        ("id_1,id_2", False),
    ],
)
def test_numbers_of_two_kinds_of_things_are_told(head: str, doubt: bool, take: Take) -> None:
    found = take(("edges.csv", rows(head + "\n", "{},{}")), stand_in_labels=True)

    assert bool(told(found, "is taken for one node")) == doubt


def test_numbers_of_parts_are_no_feature(take: Take) -> None:
    nodes = rows("id,label,subset\n", "{},{},{}", [(i, "xy"[i % 2], i // 4) for i in range(12)])
    found = take(EDGES, ("nodes.csv", nodes))

    assert found.config.features == ()
    assert told(found, "Columns 'subset' of nodes.csv are not used: they are called as a split is")


def test_numbers_with_a_word_among_them_are_told_with_its_row(take: Take) -> None:
    nodes = rows("id,label,f\n", "{},{},{}", [(i, "xy"[i % 2], "NA" if i == 4 else i / 2) for i in range(12)])

    assert told(take(EDGES, ("nodes.csv", nodes)), "most of their first values are numbers, but row 6 of nodes.csv")
