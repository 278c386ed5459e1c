"""Tables of unknown content, read in batches, and the checks on their columns."""

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.numerals import PLAIN, Notation, notations
from a2q.datasets.importers.powers import POWER, rounded, without_power
from a2q.datasets.importers.uploads import shown

HEAD_ROWS = 100
_MANY = 10
_MOSTLY = 0.8
_LISTED = 100
_POINTED = re.compile(r"\d+\.0+")
ROLE_NAMES = {
    "source": (
        *("source", "src", "from", "fromnodeid", "head", "u", "citing", "follower", "node1", "id1", "start"),
        *(":start_id", "start_id", "sender", "source_id", "src_id", "from_id", "from_node", "source_node"),
        "subject",
    ),
    "target": (
        *("target", "dst", "to", "tonodeid", "tail", "v", "cited", "followee", "node2", "id2", "end"),
        *(":end_id", "end_id", "receiver", "target_id", "dst_id", "to_id", "to_node", "target_node"),
        "object",
    ),
    "node": ("id", ":id", "node", "node_id", "nodeid", "name", "paper", "user", "index"),
    "label": ("label", "labels", "class", "y", "target", "category", "value", "group", ":label"),
    "split": ("split", "part", "set", "subset"),
    "graph": ("graph", "graph_id", "graphid", "molecule", "batch"),
}
"""What columns of each meaning are called, by their :func:`plain_name`."""
_NEO4J = re.compile(r".*(:(?:start_id|end_id|id|label|type))(?:\(.*\))?(?:\{.*\})?")


@dataclass(frozen=True)
class Table:
    """Rows of a file, of which a few are in memory at any time.

    Args:
        name: the file, as sentences call it.
        columns: names of its columns, each once.
        head: the first rows, for a preview and to guess what a column holds.
        read: given names of columns, reads these from the start, batch by batch.
        word: what a row is called: "row", or "node" and "edge" where the file has those.
        first: number of the first row of data; 2 where a header is row 1.
        warnings: what was guessed of the file.
        decimal: "point" or "comma" where it is known which stands before fractions.
        form: how a text is taken apart, as in "values between commas, row 1 names the columns".
        masks: columns that the column "split" was made of.
        splits: columns that say one split each, where there are several.
        comments: the first lines of a text that are none of its rows.
    """

    name: str
    columns: tuple[str, ...]
    head: pa.Table
    read: Callable[[Sequence[str]], Iterator[pa.RecordBatch]]
    word: str = "row"
    first: int = 1
    warnings: tuple[str, ...] = ()
    decimal: str | None = None
    form: str = ""
    masks: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    _notations: dict[str, list[Notation]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _pointed: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def batches(self, *columns: str) -> "Iterator[Batch]":
        """The rows of these columns, in order."""
        start = 0
        for batch in self.read(columns):
            yield Batch(self, start, batch)
            start += batch.num_rows

    def naming(self, column: str) -> bool:
        """Whether the first rows of a column look like names: text, no two alike (hardly any of what a file of a whole
        graph calls labels), or running numbers that it calls so, as GEXF calls names."""
        present = [value for value in self.head[column].to_pylist() if value is not None]
        called = self.word == "node" and column.lower() == "label"
        least = _MOSTLY * len(present) if called else len(present)
        if len(present) < _MANY or len(set(map(str, present))) < least:
            return False
        if called and self.running(column):
            return True
        # NA among numbers is no name.
        numbers = sum(bool(notations([str(value).strip()])) for value in present)
        return not self.numeric(column) and numbers <= len(present) / 2

    def pointed(self, column: str) -> bool:
        """Whether the first rows of a column of text are whole numbers written as 7.0, as pandas does where some are
        missing, or as 7.000e+00."""
        if column not in self._pointed:
            present = [
                value.strip() for value in self.head[column].to_pylist() if isinstance(value, str) and value.strip()
            ]
            self._pointed[column] = bool(present) and all(
                _POINTED.fullmatch(value) or (POWER.fullmatch(value) and not rounded(value)) for value in present
            )
        return self._pointed[column]

    def running(self, column: str) -> bool:
        """Whether the first rows of a column are whole numbers that go up by one, as numbers of rows do."""
        present = [str(value).strip() for value in self.head[column].to_pylist()]
        if len(present) < 3 or not all(value.isdecimal() and len(value) < 16 for value in present):
            return False
        return [int(value) for value in present] == list(range(int(present[0]), int(present[0]) + len(present)))

    def first_rows(self) -> "Batch":
        """The first rows, of all columns."""
        whole = self.head.combine_chunks().to_batches()
        return Batch(self, 0, whole[0] if whole else pa.RecordBatch.from_pylist([], schema=self.head.schema))

    def first_texts(self, column: str) -> set[str]:
        """What the first rows of a column hold, as text; nothing where that is none."""
        try:
            return {value for value in self.first_rows().texts(column) if value is not None}
        except DatasetError:
            return set()

    def rows(self) -> int:
        """Number of rows; reads one column through."""
        return sum(batch.rows.num_rows for batch in self.batches(self.columns[0]))

    def place(self, row: int) -> str:
        """Where the row with this number (from 0) is, as in "Row 7 of edges.csv"."""
        return f"{self.word.capitalize()} {row + self.first:,} of {self.name}"

    def needs(self, column: str, what: str) -> str:
        """The column, if there is one of this name.

        Raises:
            DatasetError: there is none; the message names what is near.
        """
        if column in self.columns:
            return column
        near = difflib.get_close_matches(column, self.columns, n=1)
        hint = f"did you mean {shown(near[0])}" if near else f"choose one of {listed(self.columns)}"
        raise DatasetError(f"{self.name} has no column {shown(column)} for the {what}; {hint}.")

    def numeric(self, column: str) -> bool:
        """Whether the first rows of a column are numbers, and it is clear which."""
        return len(self.notations(column)) == 1

    def notations(self, column: str) -> list[Notation]:
        """The ways in which the first rows of a column are numbers: none for text, several where "1,234" may be 1234
        or 1.234."""
        if column not in self._notations:
            values = self.head[column]
            if pa.types.is_string(values.type):
                cells = [value.strip() for value in values.to_pylist() if value and value.strip()]
                self._notations[column] = notations(cells, self.decimal)
            else:
                self._notations[column] = (
                    [PLAIN] if is_number_type(values.type) and not pa.types.is_null(values.type) else []
                )
        return self._notations[column]

    def yes_or_no(self, column: str) -> bool:
        """Whether the first rows of a column are all True or False, or 1 or 0."""
        if not self.numeric(column):
            return False
        numbers = self.first_rows().numbers(column)
        return bool(np.isin(numbers[~np.isnan(numbers)], (0, 1)).all())


@dataclass(frozen=True)
class Batch:
    """Some rows of a table.

    Args:
        table: the whole.
        start: number of the first of them.
        rows: the values.
    """

    table: Table
    start: int
    rows: pa.RecordBatch

    def text(self, column: str) -> pa.Array:
        """Values as text without spaces around; null where there is none.

        Raises:
            DatasetError: the column holds neither text nor whole numbers.
        """
        values = self.rows.column(column)
        kind = values.type
        if pa.types.is_floating(kind):
            fractions = np.flatnonzero(~_whole(values))
            if fractions.size:
                row = int(fractions[0])
                raise DatasetError(
                    f"{self.place(row)} holds {values[row]} in column {shown(column)}; names and classes are whole "
                    "numbers or text."
                )
            values = pc.cast(pc.cast(values, pa.float64()), pa.int64())
        elif not (pa.types.is_string(kind) or is_number_type(kind) or _texty(kind)):
            raise DatasetError(
                f"Column {shown(column)} of {self.table.name} holds {words_of(kind)}; give whole numbers or text."
            )
        text = self._unpointed(column, pc.utf8_trim_whitespace(pc.cast(values, pa.string())))
        # Only an empty cell is missing: NA is Namibia, and Null and Nan are names of people.
        return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)

    def texts(self, column: str) -> list[str | None]:
        """Values as :meth:`text` gives them, as a list."""
        found: list[str | None] = self.text(column).to_pylist()
        return found

    def names(self, column: str, what: str) -> pa.Array:
        """Values as names of nodes or graphs: each there, not negative, not endless.

        Raises:
            DatasetError: naming the first row that has none, a negative or too long a one.
        """
        text = self.text(column)
        if text.null_count:
            row = int(np.flatnonzero(text.is_null().to_numpy(zero_copy_only=False))[0])
            raise DatasetError(f"{self.place(row)} has no {what} in column {shown(column)}; fill it in.")
        negative = pc.match_substring_regex(text, r"^-\d+$").to_numpy(zero_copy_only=False)
        if negative.any():
            row = int(negative.argmax())
            raise DatasetError(
                f"{self.place(row)} has the negative {what} {text[row]} in column {shown(column)}; "
                "give whole numbers of 0 or more, or text."
            )
        powers = pc.match_substring_regex(text, r"^\d[.\d]*[eE]\+?\d+$").to_numpy(zero_copy_only=False)
        for row in np.flatnonzero(powers).tolist():
            if rounded(text[row].as_py()):
                raise DatasetError(
                    f"{self.place(row)} has the {what} {shown(text[row])} in column {shown(column)}, a number that was "
                    "rounded, as spreadsheets do; write all its digits, and keep the column as text there."
                )
        long = pc.greater(pc.utf8_length(text), limits.NAME_CHARACTERS).to_numpy(zero_copy_only=False)
        if long.any():
            row = int(long.argmax())
            raise DatasetError(
                f"{self.place(row)} has a {what} of {len(text[row].as_py()):,} characters in column "
                f"{shown(column)}; at most {limits.NAME_CHARACTERS} are allowed."
            )
        return text

    def whole(self, column: str, what: str) -> np.ndarray | None:
        """Values as int64 where all are whole numbers of 0 or more, written without leading zeros; else None.

        Raises:
            DatasetError: naming the first row that has none, or a negative one.
        """
        values = self.rows.column(column)
        if values.null_count or not (pa.types.is_integer(values.type) or pa.types.is_string(values.type)):
            return None
        if pa.types.is_string(values.type):
            values = self._unpointed(column, pc.utf8_trim_whitespace(values))
            zeros = pc.and_(pc.starts_with(values, "0"), pc.greater(pc.binary_length(values), 1))
            if pc.any(zeros).as_py():
                return None
        try:
            numbers: np.ndarray = pc.cast(values, pa.int64()).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            return None
        if (numbers < 0).any():
            self.names(column, what)
        return numbers

    def numbers(self, column: str) -> np.ndarray:
        """Values as float64; NaN where there is none.

        Raises:
            DatasetError: naming the first row whose value is no number, or not a finite one.
        """
        values = self.rows.column(column)
        if pa.types.is_string(values.type):
            values = self._parsed(column, pc.utf8_trim_whitespace(values))
        if not is_number_type(values.type):
            raise DatasetError(
                f"Column {shown(column)} of {self.table.name} holds {words_of(values.type)}; give one number a row."
            )
        values = pc.cast(values, pa.float64(), safe=False)
        numbers: np.ndarray = values.to_numpy(zero_copy_only=False)
        infinite = ~np.isfinite(numbers) & values.is_valid().to_numpy(zero_copy_only=False)
        infinite |= np.abs(numbers) > np.finfo(np.float32).max
        if infinite.any():
            row = int(infinite.argmax())
            found = "NaN" if np.isnan(numbers[row]) else "infinity" if np.isinf(numbers[row]) else f"{numbers[row]:g}"
            raise DatasetError(
                f"{self.place(row)} holds {found} in column {shown(column)}; "
                "put a finite number of at most 3.4e38 there, or leave the column out."
            )
        return numbers

    def place(self, row: int) -> str:
        """Where a row of this batch (from 0) is."""
        return self.table.place(self.start + row)

    def _unpointed(self, column: str, text: pa.Array) -> pa.Array:
        """7 for 7.0 and 7.000e+00, where all of a column's first rows are so written."""
        if not self.table.pointed(column):
            return text
        return without_power(pc.replace_substring_regex(text, r"^(\d+)\.0+$", r"\1"))

    def _parsed(self, column: str, text: pa.Array) -> pa.Array:
        present = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
        known = self.table.notations(column)
        notation = known[0] if len(known) == 1 else PLAIN
        try:
            return notation.parsed(present)
        except pa.ArrowInvalid as error:
            cells = enumerate(present.to_pylist())
            row = next((row for row, value in cells if value and not notation.fits(value)), None)
            where = self.table.name if row is None else self.place(row)
            found = "" if row is None else f" {shown(present[row].as_py())}"
            as_before = "" if notation is PLAIN else ", written as in the first rows"
            raise DatasetError(
                f"{where} holds{found} in column {shown(column)}, which is no number{as_before}; "
                "put a number there, or leave the column out."
            ) from error


def plain_name(column: str) -> str:
    """A column's name in small letters, with underscores for spaces; of personId:ID(Person), as headers of Neo4j have
    it, ":id"."""
    plain = column.strip().lower().replace(" ", "_")
    found = _NEO4J.fullmatch(plain)
    return found[1] if found else plain


def table_of(
    name: str, columns: dict[str, pa.Array], word: str = "row", batch_rows: int = 65536, first: int = 1
) -> Table:
    """A table whose columns are in memory."""
    checked_columns(name, list(columns))
    whole = pa.table(columns)

    def read(chosen: Sequence[str]) -> Iterator[pa.RecordBatch]:
        yield from whole.select(list(chosen)).combine_chunks().to_batches(max_chunksize=batch_rows)

    return Table(name, tuple(columns), whole.slice(0, HEAD_ROWS), read, word, first)


def checked_columns(name: str, columns: Sequence[str]) -> tuple[str, ...]:
    """Names of columns, each there once and not too many.

    Raises:
        DatasetError: there are too many, two are alike, or one has an endless name.
    """
    if len(columns) > limits.COLUMNS:
        raise DatasetError(
            f"{name} has {len(columns):,} columns, and at most {limits.COLUMNS:,} are read; "
            "give features as an .npz or Matrix Market file."
        )
    seen: set[str] = set()
    for column in columns:
        if column in seen:
            raise DatasetError(f"{name} has two columns called {shown(column)}; rename one of them.")
        if len(column) > limits.NAME_CHARACTERS:
            raise DatasetError(
                f"{name} has a column name of {len(column):,} characters ({shown(column)}); "
                f"at most {limits.NAME_CHARACTERS} are allowed."
            )
        seen.add(column)
    return tuple(columns)


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names for a sentence, the first few of many."""
    told: list[str] = []
    for name in names[:most]:
        if told and sum(map(len, told)) + len(shown(name)) > _LISTED:
            break
        told.append(shown(name))
    more = f" and {len(names) - len(told):,} more" if len(names) > len(told) else ""
    return ", ".join(told) + more


def is_number_type(kind: pa.DataType) -> bool:
    """Whether values of a column are numbers or yes/no."""
    plain = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return bool(plain or pa.types.is_boolean(kind) or pa.types.is_null(kind))


def _texty(kind: pa.DataType) -> bool:
    dictionary = pa.types.is_dictionary(kind) and (pa.types.is_string(kind.value_type) or _texty(kind.value_type))
    return bool(dictionary or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _whole(values: pa.Array) -> np.ndarray:
    """Whether each value is null or a whole number that 53 bits hold."""
    numbers = pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False)
    fits = np.isfinite(numbers) & (np.abs(numbers) < 2.0**53)
    fits &= np.floor(np.where(fits, numbers, 0.5)) == numbers
    fits |= values.is_null().to_numpy(zero_copy_only=False)
    return np.asarray(fits)


def words_of(kind: pa.DataType) -> str:
    """What values of a column are, in words."""
    if pa.types.is_nested(kind):
        return "records" if pa.types.is_struct(kind) or pa.types.is_map(kind) else "lists"
    if pa.types.is_temporal(kind):
        return "dates or times"
    if pa.types.is_string(kind) or _texty(kind):
        return "text"
    return "numbers" if is_number_type(kind) else "values of another kind"
