"""Texts as programs write them: blanks, row names, comments that say something, and rows that are no edges."""

import io
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.import_store import Imported
from a2q.datasets.importers.readers.blanks import OneBlank
from tests.a2q.datasets.importers.conftest import told

Take = Callable[..., Imported]
RING = [(node, (node + 1) % 12) for node in range(12)] + [(0, 6), (3, 9)]
NODES = ("nodes.csv", b"id,label\n" + b"".join(b"%d,%c\n" % (node, b"xy"[node % 2]) for node in range(12)))


def rows(form: str, head: str = "", end: str = "\n") -> bytes:
    return (head + "".join(form.format(a, b, n=n) + end for n, (a, b) in enumerate(RING))).encode()


def frame() -> pd.DataFrame:
    return pd.DataFrame(RING, columns=["source", "target"])


@pytest.mark.parametrize(
    "content",
    [
        rows("{:>4} {:>4}"),
        rows("{:>4} {:>4}", end="\r\n"),
        rows("{} {} "),
        rows("{}\t {}   1  1000"),
        rows("{} {}", end="\n")[:-3] + b"\t9",
        rows("{:>4}  {:>4} 0.5", "from   to    w\n"),
        frame().to_string().encode(),
        rows('"{n}" {} {}', '"from" "to"\n'),
        rows("{n}\tn{}\tn{}", "from\tto\n"),
        rows("{},{},", "from,to\n"),
    ],
)
def test_blanks_and_row_names_part_the_same_edges(content: bytes, take: Take) -> None:
    found = take(("e.txt", content), stand_in_labels=True)

    assert (found.card.nodes, found.card.edges) == (12, 28)


def test_blanks_are_read_over_the_ends_of_blocks() -> None:
    content = io.BytesIO(b"\t10   2 \r\n" * 200_000 + b" 3 4 ")

    assert io.BufferedReader(OneBlank(content)).read() == b"10 2\r\n" * 200_000 + b"3 4"


def test_row_names_of_r_name_the_nodes(take: Take) -> None:
    nodes = '"group" "v"\n' + "".join(f'"n{i}" "{"xy"[i % 2]} z" {i / 2}\n' for i in range(12))
    found = take(("e.csv", rows("n{},n{}", "from,to\n")), ("n.txt", nodes.encode()))

    assert (found.config.node, found.config.label, found.config.features) == ("column 1", "group", ("v",))
    assert found.card.class_names == ("x z", "y z")


@pytest.mark.parametrize(
    ("comment", "directed"),
    [
        ("% asym unweighted", True),
        ("% sym weighted", False),
        ("# Directed graph (each unordered pair of nodes is saved once): x.txt", True),
        ("# Undirected graph: ../../data/x.txt", False),
        ("// made by hand", None),
        ("  # nodes", None),
    ],
)
def test_comments_say_the_direction(comment: str, directed: bool | None, take: Take) -> None:
    found = take(("e.txt", rows("{} {}", f"{comment}\n")), stand_in_labels=True)

    assert (found.card.nodes, found.card.edges) == (12, 14 if directed else 28)
    assert bool(told(found, "e.txt says that its edges go")) == (directed is not None)
    assert bool(told(found, "Nothing says whether edges have a direction")) == (directed is None)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (rows("{} {}", "% bip unweighted\n"), r"^e.txt says \(% bip\) that its edges join two kinds of nodes"),
        (rows("{} {}", "12 14\n"), r"^Row 1 of e.txt \(12 14\) looks like sizes, since 14 rows follow"),
        (rows("{} {} 1", "12 12 14\n"), r"^Row 1 of e.txt \(12 12 14\) looks like sizes"),
        (rows("{} {} 0.5", "12 14\n"), r"^Row 2 of e.txt has 3 values, but the first row has 2"),
        (rows("({}, {})"), r"^Row 1 of e.txt is in brackets"),
        (rows("[{}, {}],"), r"^Row 1 of e.txt is in brackets"),
        (rows("{},{}", "from,to\n") * 2, r"^Row 16 of e.txt names the columns again \('from', 'to'\)"),
        (rows("{} {}") + b"// more\n1 5\n", r"^Row 15 of e.txt starts with '//' as a comment does"),
        (rows("1.2345{:02}E+15,1.2345{:02}E+15", "a,b\n"), r"^Row 2 of e.txt has the node '1.234500E\+15' .* rounded"),
    ],
)
def test_what_is_no_edge_is_refused_with_its_row(content: bytes, sentence: str, take: Take) -> None:
    with pytest.raises(DatasetError, match=sentence):
        take(("e.txt", content), stand_in_labels=True)


def test_a_first_edge_that_looks_like_sizes_is_read_where_the_user_says_so(take: Take) -> None:
    assert take(("e.txt", rows("{} {}", "12 14\n")), stand_in_labels=True, header=False).card.nodes == 14


def test_a_node_table_that_names_its_columns_again_is_refused(take: Take) -> None:
    nodes = ("nodes.csv", NODES[1] + b"id,label\n12,x\n")

    with pytest.raises(DatasetError, match=r"^Row 14 of nodes.csv names the columns again \('id'\)"):
        take(("e.csv", rows("{},{}", "source,target\n")), nodes)


def test_whole_numbers_with_a_power_of_ten_are_those_of_the_node_table(take: Take) -> None:
    stream = io.StringIO()
    np.savetxt(stream, np.array(RING, dtype=float))
    found = take(("e.txt", stream.getvalue().encode()), NODES)

    assert found.digest == take(("e.txt", rows("{} {}")), NODES).digest
