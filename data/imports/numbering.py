"""From the names of nodes to their numbers."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import DatasetError
from data.imports import limits
from data.imports.tables import Batch, Table
from data.imports.uploads import shown


class Numbering:
    """Numbers names from 0 in a given order.

    Args:
        names: each once.
        of: what has them, as in "nodes.csv".
        plain: whether the names are "0" to "n-1" in order, and not worth to be kept.
    """

    def __init__(self, names: pa.Array, of: str, plain: bool = False) -> None:
        self._names, self.of, self.plain = names, of, plain

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, number: int) -> str:
        return str(self._names[number])

    def names(self) -> list[str]:
        """All names, in order."""
        found: list[str] = self._names.to_pylist()
        return found

    def numbers(self, batch: Batch, column: str, what: str = "node") -> np.ndarray:
        """The number of each row's name, int32.

        Raises:
            DatasetError: naming the first row whose name is not one of these.
        """
        text = batch.names(column, what)
        found = pc.fill_null(pc.index_in(text, value_set=self._names), -1).to_numpy(zero_copy_only=False)
        unknown = found < 0
        if unknown.any():
            row = int(unknown.argmax())
            hint = f" (0 to {len(self) - 1:,})" if self.plain else ""
            raise DatasetError(
                f"{batch.place(row)} names the {what} {shown(text[row])} in column {shown(column)}, which is "
                f"none of the {len(self):,} of {self.of}{hint}; add it there or leave the row out."
            )
        numbers: np.ndarray = found
        return numbers


def counted(size: int, of: str) -> Numbering:
    """Nodes that are known by their number alone."""
    return Numbering(_plain(size), of, plain=True)


def of_rows(table: Table, column: str, what: str = "node") -> Numbering:
    """The names that a table gives its rows, in its order.

    Raises:
        DatasetError: a name is missing, negative or there twice, or there are too many.
    """
    chunks: list[pa.Array] = []
    rows = 0
    for batch in table.batches(column):
        chunks.append(batch.names(column, what))
        rows = _bounded(rows + len(chunks[-1]), what, table.name)
    names = _joined(chunks)
    if pc.count_distinct(names).as_py() < rows:
        places: dict[str, int] = {}
        for row, name in enumerate(names.to_pylist()):
            if name in places:
                raise DatasetError(
                    f"{table.place(row)} has the {what} {shown(name)} again "
                    f"(first in {_small(table.place(places[name]))}); give each {what} one row."
                )
            places[name] = row
    plain = names.equals(_plain(rows))
    return Numbering(names, table.name, plain)


def of_values(table: Table, columns: Sequence[str], what: str = "node") -> Numbering:
    """Every name in some columns, once: numbers by size, other names in the order they come.

    Raises:
        DatasetError: a name is missing or negative, or there are too many.
    """
    names = _joined([])
    for batch in table.batches(*columns):
        for column in columns:
            names = pc.unique(_joined([names, pc.unique(batch.names(column, what))]))
        _bounded(len(names), what, table.name)
    numbers = bool(pc.all(pc.match_substring_regex(names, r"^(0|[1-9]\d{0,17})$")).as_py())
    if numbers:
        values = np.sort(pc.cast(names, pa.int64()).to_numpy())
        plain = len(values) > 0 and int(values[-1]) == len(values) - 1
        return Numbering(pc.cast(pa.array(values), pa.string()), table.name, plain)
    return Numbering(names, table.name)


def _plain(size: int) -> pa.Array:
    return pc.cast(pa.array(np.arange(size)), pa.string())


def _joined(chunks: Iterable[pa.Array]) -> pa.Array:
    return pa.chunked_array(list(chunks), pa.string()).combine_chunks()


def _bounded(size: int, what: str, name: str) -> int:
    most = limits.GRAPHS if what == "graph" else limits.NODES
    if size > most:
        raise DatasetError(f"{name} has more than {most:,} {what}s; give a smaller graph.")
    return size


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
