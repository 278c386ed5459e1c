"""Any small table through pandas.to_csv, however it is written: the same cells, or a sentence."""

import csv

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2q.datasets import DatasetError
from a2q.datasets.importers.readers.delimited import read_delimited
from a2q.datasets.importers.reading import TABLES
from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import Upload

_NAMES = st.text("abXYé 01.,;|'\"-", min_size=1, max_size=5).filter(lambda name: name == name.strip())
_FRAMES = st.integers(2, 5).flatmap(
    lambda rows: st.fixed_dictionaries(
        {
            "source": st.lists(_NAMES, min_size=rows, max_size=rows),
            "target": st.lists(_NAMES, min_size=rows, max_size=rows),
            "ratio": st.lists(st.integers(-99, 99).map(lambda number: number / 4), min_size=rows, max_size=rows),
        }
    )
)


def cells(table: Table, column: str) -> list[str | None]:
    return [value for batch in table.read([column]) for value in batch.column(0).to_pylist()]


def numbers(table: Table, column: str) -> list[float]:
    return [value for batch in table.batches(column) for value in batch.numbers(column)]


@settings(max_examples=40)
@given(
    frame=_FRAMES.map(lambda columns: pd.DataFrame(columns)[["source", "target", "ratio"]]),
    sep=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    decimal=st.sampled_from(".,"),
    index=st.booleans(),
    ending=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_tables_of_pandas(
    frame: pd.DataFrame, sep: str, quoting: int, decimal: str, index: bool, ending: str, encoding: str
) -> None:
    text = frame.to_csv(sep=sep, quoting=quoting, decimal=decimal, index=index, lineterminator=ending)

    table = read_delimited(Upload.of(text.encode(encoding), "edges.csv"))

    assert table.columns == (*(("column 1",) if index else ()), "source", "target", "ratio")
    assert [cells(table, "source"), cells(table, "target")] == [frame["source"].tolist(), frame["target"].tolist()]
    assert numbers(table, "ratio") == frame["ratio"].tolist()


@pytest.mark.parametrize(
    ("content", "columns", "between"),
    [
        ("First Name,Last Name\nNew York,Los Angeles\nNew York,San Jose\n", 2, "commas"),
        ("a b,c d\ne f,g h\n", 2, "commas"),
        ("0;1;0,5\n1;2;1,5\n", 3, "semicolons"),
        ("0;1,5;2,5;3,5\n1;2,5;2,5;3,5\n", 4, "semicolons"),
        ("0 1 0,5\n1 2 1,5\n", 3, "spaces"),
        ("0 1 {'a': 1, 'b': 2}\n1 2 {'a': 1, 'b': 2}\n", 6, "spaces"),
        ("0, 1\n1, 2\n", 2, "commas"),
        ("a;b,c\nd;e,f\n", 2, "semicolons"),
        ("0|1\n1|2\n", 2, "bars"),
    ],
)
def test_what_is_between_values(content: str, columns: int, between: str) -> None:
    table = read_delimited(Upload.of(content.encode(), "e.txt"))

    assert len(table.columns) == columns
    assert table.form.startswith(f"values between {between}, ")


def test_every_text_ending_has_its_form() -> None:
    for ending in TABLES:
        if ending != "parquet":
            assert read_delimited(Upload.of(b"0\t1\n1\t2\n", f"e.{ending}")).form == (
                "values between tabs, no row names the columns"
            )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            b"source,target\n0,1\n\n1,2\n\n\n2,3\n",
            "Line 3 of e.csv is empty (3 such in all): passed over, and rows are",
        ),
        (b"# c\nsource,target\r\n\r\n0,1\r\n", "Line 3 of e.csv is empty (1 such in all)"),
        (b"source,target\n" + b"0,1\n\n" * 2000, "Line 3 of e.csv is empty (more than 1,000 such in all)"),
        (b"source,target\n0,1\n\n\n", ""),
        (b"\n\nsource,target\n0,1\n", ""),
    ],
)
def test_empty_lines_are_told(content: bytes, told: str) -> None:
    warnings = read_delimited(Upload.of(content, "e.csv")).warnings

    assert len(warnings) == bool(told)
    assert "".join(warnings).startswith(told)


def test_lines_before_the_first_row_are_told() -> None:
    table = read_delimited(Upload.of(b"# SNAP\n# a graph\n0\t1\n1\t2\n", "e.txt"))

    assert table.form == "values between tabs, no row names the columns (2 lines before the first passed over)"


def test_lines_that_end_as_on_old_macs_are_refused() -> None:
    with pytest.raises(DatasetError, match=r"^Row 1 of e.csv holds a carriage return"):
        read_delimited(Upload.of(b"source,target\r0,1\r1,2\r", "e.csv"))


def test_a_table_of_one_column_has_nothing_between_values() -> None:
    assert read_delimited(Upload.of(b"label\nx\ny\n", "n.csv")).form == "one column, row 1 names the columns"
