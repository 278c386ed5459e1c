"""Files that public reports say other readers get wrong, and the right answer to each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.import_store import Imported
from tests.a2q.datasets.importers.conftest import told

Take = Callable[..., Imported]
CASES = Path(__file__).parent / "cases"
RING = [(node, (node + 1) % 12) for node in range(12)] + [(0, 6), (3, 9)]


def case(name: str) -> tuple[str, bytes]:
    return name, (CASES / name).read_bytes()


def rows(head: str, form: str, separator: str = "\n") -> bytes:
    """The ring, an edge a row."""
    return (
        head + "".join(form.format(a, b, number=n, role=n % 2) + separator for n, (a, b) in enumerate(RING))
    ).encode()


def sizes(found: Imported) -> tuple[int | None, int | None]:
    return found.card.nodes, found.card.edges


@pytest.mark.parametrize("name", ["networkx.edges", "trailing_comma.csv", "trailing_space.txt"])
def test_the_first_edge_is_no_header(name: str, take: Take) -> None:
    assert sizes(take(case(name), stand_in_labels=True)) == (12, 28)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("weights.txt", rows("", "{0} {1} {{'weight': 1}}")),
        ("names.csv", rows("", "n{0},n{1}")),
        ("names.tsv", rows("", "n{0}\tn{1}\tknows")),
        ("typed.csv", rows("", "{0},{1},knows")),
        ("header.csv", rows("begin,finish\n", "n{0},n{1}")),
        ("header.txt", rows("a b weight\n", "{0} {1} 0.5")),
    ],
)
def test_a_first_row_that_is_guessed_is_read_and_told(name: str, content: bytes, take: Take) -> None:
    found = take((name, content), stand_in_labels=True)

    assert sizes(found) == (12, 28)
    assert name in ("header.txt",) or told(found, f"The first row of {name}")


def test_a_quote_that_is_not_closed_is_refused_with_its_row(take: Take) -> None:
    with pytest.raises(DatasetError, match=r"^Row 12 of unclosed_quote.tsv has a quote that is not closed"):
        take(case("unclosed_quote.tsv"), stand_in_labels=True)


def test_a_quote_that_a_later_one_closes_is_told(take: Take) -> None:
    content = rows("source,target,note\n", "{0},{1},ok").replace(b"1,2,ok\n2,3,ok", b'1,2,"ok\n2,3,ok"')

    found = take(("edges.csv", content), stand_in_labels=True)

    assert sizes(found) == (12, 26)
    assert told(found, "Lines 3 to 4 of edges.csv are one row")


def test_a_comment_among_the_rows_is_refused_with_its_row(take: Take) -> None:
    with pytest.raises(DatasetError, match=r"^Row 9 of parts.txt starts with '#' as a comment does"):
        take(case("parts.txt"), stand_in_labels=True)


def test_names_may_start_with_a_number_sign(take: Take) -> None:
    assert sizes(take(("tags.csv", rows("source,target\n", "#{0},#{1}")), stand_in_labels=True)) == (12, 28)


def test_excel_names_the_delimiter_in_a_line_of_its_own(take: Take) -> None:
    assert sizes(take(case("excel.csv"), stand_in_labels=True)) == (12, 28)


def test_na_is_a_node_and_a_class(take: Take) -> None:
    trade = take(case("trade.csv"), stand_in_labels=True)
    ring = take(("edges.csv", rows("source,target\n", "{0},{1}")), case("continents.csv"))

    assert sizes(trade) == (12, 28)
    assert ring.card.class_names == ("AF", "EU", "NA")
    assert told(ring, "Label 'NA' in column 'label' of continents.csv is a class of that name")


def test_na_among_labels_that_are_numbers_is_no_class(take: Take) -> None:
    labels = b"id,label\n" + b"".join(b"%d,%s\n" % (node, (b"0", b"1", b"NA")[node % 3]) for node in range(12))

    found = take(("edges.csv", rows("source,target\n", "{0},{1}")), ("nodes.csv", labels))

    assert found.card.class_names == ("0", "1")
    assert told(found, "Label 'NA' in column 'label' of nodes.csv is taken to mean that there is none")


@pytest.mark.parametrize(
    ("name", "ends"),
    [("pandas.csv", ("0", "1")), ("sender.csv", ("sender", "receiver")), ("neo4j.csv", (":START_ID", ":END_ID"))],
)
def test_a_number_of_rows_is_no_end_of_edges(name: str, ends: tuple[str, str], take: Take) -> None:
    found = take(case(name), stand_in_labels=True)

    assert sizes(found) == (12, 28)
    assert (found.config.source, found.config.target) == ends


def test_a_star_in_which_every_row_has_another_source_keeps_it(take: Take) -> None:
    content = "column_a,column_b,weight\n" + "".join(f"{node},12,{node % 3}.5\n" for node in range(12))

    found = take(("star.csv", content.encode()), stand_in_labels=True)

    assert (found.config.source, found.config.target) == ("column_a", "column_b")


def test_a_symmetric_matrix_lists_each_edge_once(take: Take) -> None:
    found = take(case("ring.mtx"), stand_in_labels=True)

    assert sizes(found) == (12, 28)
    assert not told(found, "repeat")


def test_edges_inside_of_nested_graphs_are_read(take: Take) -> None:
    assert sizes(take(case("nested.graphml"), stand_in_labels=True)) == (13, 28)


def test_a_second_graph_is_refused(take: Take) -> None:
    with pytest.raises(DatasetError, match=r"^two.graphml holds 2 graphs, and one is read"):
        take(case("two.graphml"), stand_in_labels=True)


@pytest.mark.parametrize("name", ["gephi.graphml", "yed.graphml"])
def test_where_a_node_is_drawn_is_no_label(name: str, take: Take) -> None:
    with pytest.raises(DatasetError, match=r"^No column of labels is chosen"):
        take(case(name))
    assert take(case(name), stand_in_labels=True).config.features == ()


@pytest.mark.parametrize("name", ["hex.gexf", "list.gexf", "old_namespace.gexf"])
def test_gexf_of_gephi_is_read(name: str, take: Take) -> None:
    assert take(case(name), stand_in_labels=True).card.nodes == 60


def test_masks_are_the_split_and_lists_are_features(take: Take) -> None:
    found = take(case("pyg.json"))

    assert found.config.features == ("x 0", "x 1")
    assert found.card.split == "column 'split': 6 to train, 3 to validate, 3 to test"


@pytest.mark.parametrize(
    ("name", "columns", "sentence"),
    [
        ("comma.csv", ("x1", "x2"), "In columns 'x1', 'x2' of comma.csv, numbers are read with a decimal comma."),
        ("dummies.csv", ("red", "blue"), "In columns 'red', 'blue' of dummies.csv, True is read as 1 and False as 0."),
        ("list.parquet", ("emb 0", "emb 1"), "Column 'emb' of list.parquet is a list of 2 numbers: a column for each"),
    ],
)
def test_numbers_of_other_programs_are_features(name: str, columns: tuple[str, ...], sentence: str, take: Take) -> None:
    found = take(("edges.csv", rows("source,target\n", "{0},{1}")), case(name))

    assert found.config.features == columns
    assert told(found, sentence)
