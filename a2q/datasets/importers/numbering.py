"""From the names of nodes to their numbers."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.finding import NumberFinder, TextFinder, joined
from a2q.datasets.importers.tables import Batch, Table, listed
from a2q.datasets.importers.uploads import shown

# Who takes in edges copies what there is for each piece: fewer and larger pieces than the reader's.
_PIECE_ROWS = 500_000


class Numbering:
    """Numbers names from 0 in a given order.

    Args:
        names: each once: text, or whole numbers of 0 or more (int64); or a finder of text that is not added to again.
        of: what has them, as in "nodes.csv".

    Attributes:
        names: text or whole numbers.
        of: as given.
        plain: whether the names are 0 to n-1 in order, and not worth to be kept.
    """

    def __init__(self, names: pa.Array | np.ndarray | TextFinder, of: str) -> None:
        self._finder: NumberFinder | TextFinder
        if isinstance(names, np.ndarray):
            self.names, self._finder = names, NumberFinder(names)
        else:
            self._finder = names if isinstance(names, TextFinder) else TextFinder(names)
            self.names = self._finder.names
        self.of = of
        self.plain = isinstance(names, np.ndarray) and bool((names == np.arange(len(names))).all())

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, number: int) -> str:
        return str(self.names[number])

    def knows(self, name: str) -> bool:
        """Whether a text is one of the names."""
        return isinstance(self._finder, TextFinder) and bool((self._finder.find(pa.array([name])) >= 0).all())

    def alike(self) -> list[str]:
        """A remark where names are written differently and may be one, as 7 and 07 or 7.0, or an accent that is a
        character of its own."""
        if not isinstance(self._finder, TextFinder):
            return []
        plain = pc.replace_substring_regex(pc.utf8_normalize(self.names, "NFC"), r"^0*(\d+?)(\.0+)?$", r"\1")
        other = pc.indices_nonzero(pc.not_equal(plain, self.names))
        found = self._finder.find(plain.take(other)) >= 0
        if not found.any():
            return []
        first = other[int(found.argmax())]
        pair = f"{shown(plain[first.as_py()])} and {shown(self.names[first.as_py()])}"
        count = f"{int(found.sum()):,} such pair{'' if found.sum() == 1 else 's'} in all"
        return [f"Nodes {pair} of {self.of} are two ({count}); write their names alike if they are one."]

    def stored(self) -> dict[str, np.ndarray]:
        """The names as arrays: `ids` where they are numbers, else the bytes of all of them and how many each takes."""
        if isinstance(self.names, np.ndarray):
            return {} if self.plain else {"ids": self.names}
        _, offsets, text = self.names.buffers()
        ends = np.frombuffer(offsets, dtype=np.int32)[self.names.offset :][: len(self) + 1]
        return {"names": np.frombuffer(text, dtype=np.uint8)[ends[0] : ends[-1]], "name_bytes": np.diff(ends)}

    def numbers(self, table: Table, columns: Sequence[str], what: str = "node") -> Iterator[tuple[int, np.ndarray]]:
        """The numbers of the names in some columns, a piece of the table at a time.

        Yields:
            The number of the piece's first row, and [columns, rows] int32.

        Raises:
            DatasetError: naming the first row whose name is not one of these.
        """
        held: list[np.ndarray] = []
        first = 0
        for batch in table.batches(*columns):
            found = np.stack([self._found(batch, column, what) for column in columns])
            if (found < 0).any():
                self._refuse(batch, columns, found, what)
            held.append(found)
            if sum(piece.shape[1] for piece in held) >= _PIECE_ROWS:
                yield first, np.concatenate(held, axis=1)
                first, held = batch.start + found.shape[1], []
        if held:
            yield first, np.concatenate(held, axis=1)

    def _found(self, batch: Batch, column: str, what: str) -> np.ndarray:
        if isinstance(self._finder, TextFinder):
            return self._finder.find(batch.names(column, what))
        whole = batch.whole(column, what)
        if whole is not None:
            return self._finder.find(whole)
        # Text among whole numbers: only those rows are unknown.
        text = batch.names(column, what)
        digits = pc.match_substring_regex(text, r"^(0|[1-9]\d{0,17})$")
        values = pc.cast(pc.if_else(digits, text, "0"), pa.int64()).to_numpy(zero_copy_only=False)
        return np.where(digits.to_numpy(zero_copy_only=False), self._finder.find(values), -1)

    def _refuse(self, batch: Batch, columns: Sequence[str], found: np.ndarray, what: str) -> None:
        row = int((found < 0).any(axis=0).argmax())
        column = columns[int((found[:, row] < 0).argmax())]
        hint = f" (0 to {len(self) - 1:,})" if self.plain else ""
        raise DatasetError(
            f"{batch.place(row)} names the {what} {shown(batch.text(column)[row])} in column {shown(column)}, "
            f"which is none of the {len(self):,} of {self.of}{hint}; add it there or leave the row out."
        )


def counted(size: int, of: str) -> Numbering:
    """Nodes that are known by their number alone."""
    return Numbering(np.arange(size), of)


def of_rows(table: Table, column: str, what: str = "node") -> Numbering:
    """The names that a table gives its rows, in its order.

    Raises:
        DatasetError: a name is missing, negative or there twice, or there are too many.
    """
    names = _whole_rows(table, column, what)
    if names is None:
        names = joined(batch.names(column, what) for batch in table.batches(column))
    different = len(_different(names)) if isinstance(names, np.ndarray) else pc.count_distinct(names).as_py()
    _bounded(len(names), what, table.name)
    if different < len(names):
        places: dict[str, int] = {}
        for row, name in enumerate(names.tolist()):
            if name in places:
                first = table.place(places[name])
                raise DatasetError(
                    f"{table.place(row)} has the {what} {shown(name)} again (first in {first[:1].lower()}{first[1:]}); "
                    f"give each {what} one row."
                )
            places[name] = row
    numbering = Numbering(names, table.name)
    _refuse_header(table, [column], numbering)
    return numbering


def of_values(table: Table, columns: Sequence[str], what: str = "node") -> Numbering:
    """Every name in some columns, once: numbers by size, other names in the order they come.

    Raises:
        DatasetError: a name is missing or negative, or there are too many.
    """
    numbers: np.ndarray | None = np.empty(0, dtype=np.int64)
    for batch in table.batches(*columns):
        whole = [batch.whole(column, what) for column in columns]
        if numbers is None or any(values is None for values in whole):
            numbers = None
            break
        numbers = _different(np.concatenate([numbers, *(_different(values) for values in whole if values is not None)]))
        _bounded(len(numbers), what, table.name)
    if numbers is not None:
        return Numbering(numbers, table.name)
    names = TextFinder()
    for batch in table.batches(*columns):
        names.add(pc.unique(joined(batch.names(column, what) for column in columns)))
        _bounded(len(names), what, table.name)
    numbering = Numbering(names, table.name)
    _refuse_header(table, columns, numbering)
    return numbering


def _refuse_header(table: Table, columns: Sequence[str], known: Numbering) -> None:
    """Refuse a row that names the columns again, as files have that were joined from several.

    Raises:
        DatasetError: naming the row.
    """
    if not all(known.knows(column) for column in columns):
        return
    for batch in table.batches(*columns):
        for row, cells in enumerate(zip(*(batch.texts(column) for column in columns), strict=True)):
            if cells == tuple(columns):
                raise DatasetError(f"{batch.place(row)} names the columns again ({listed(cells)}); delete it.")


def _different(values: np.ndarray) -> np.ndarray:
    """Each value once, sorted; numpy.unique (2.4) hashes integers, which takes a hundred times as long."""
    ordered: np.ndarray = np.sort(values)
    different: np.ndarray = ordered[np.diff(ordered, prepend=-1) != 0]
    return different


def _whole_rows(table: Table, column: str, what: str) -> np.ndarray | None:
    chunks = []
    for batch in table.batches(column):
        whole = batch.whole(column, what)
        if whole is None:
            return None
        chunks.append(whole)
    return np.concatenate(chunks)


def _bounded(size: int, what: str, name: str) -> None:
    most = limits.GRAPHS if what == "graph" else limits.NODES
    if size > most:
        raise DatasetError(f"{name} has more than {most:,} {what}s; give a smaller graph.")
