"""From a column of labels to classes or values."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import shown

_DIFFERENT = 50
_FEW = 20
_NO_LABEL = frozenset({"na", "n/a", "nan", "null", "none", "unknown", "unlabeled", "unlabelled", "?"})


@dataclass(frozen=True)
class Labels:
    """What is to be predicted of each node, or of each graph.

    Args:
        values: class (int64, -1 where there is none) or value (float32, NaN where there is none), [items].
        classes: a name per class; none for a regression.
        warnings: what the user should know of it.
    """

    values: np.ndarray
    classes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def known(self) -> np.ndarray:
        """Whether each item has a label, [items] bool."""
        return self.values >= 0 if self.values.dtype.kind == "i" else ~np.isnan(self.values)

    @property
    def regression(self) -> bool:
        """Whether values are to be predicted, not classes."""
        return self.values.dtype.kind == "f"


def read_labels(table: Table, column: str, task: Literal["classes", "values"] | None) -> Labels:
    """Return the labels of a table's rows.

    Args:
        table: a row for each item.
        column: holds classes (numbers or text) or values.
        task: which; None: values where there are fractions, or more than 50 different numbers; else classes.

    Raises:
        DatasetError: there is one class, far too many, or a value that is no finite number.
    """
    cleaned = _without_words(table, column)
    if task == "values" or (task is None and _look_like_values(cleaned, column)):
        numbers = np.concatenate([batch.numbers(column) for batch in cleaned.batches(column)])
        return _values(table, column, numbers)
    # Numbers instead of texts: a text takes 50 bytes a row, even where a few are repeated.
    number: dict[str, int] = {}
    chunks = []
    for batch in table.batches(column):
        words = batch.text(column).dictionary_encode()
        of_batch = [number.setdefault(word, len(number)) for word in words.dictionary.to_pylist()]
        chosen = words.indices.fill_null(len(of_batch)).to_numpy(zero_copy_only=False)
        chunks.append(np.array([*of_batch, -1], dtype=np.int64)[chosen])
        if len(number) > limits.NODES:
            break
    return _classes(table, column, list(number), np.concatenate(chunks))


def _without_words(table: Table, column: str) -> Table:
    """The table with nothing in place of NA and the like in a column of text."""
    if not pa.types.is_string(table.head[column].type):
        return table

    def cleaned(values: pa.Array) -> pa.Array:
        word = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(values)), pa.array(sorted(_NO_LABEL)))
        return pc.if_else(word, pa.scalar(None, pa.string()), values)

    def read(chosen: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for batch in table.read(chosen):
            yield pa.RecordBatch.from_pydict({name: cleaned(batch.column(name)) for name in chosen})

    head = pa.table({column: cleaned(table.head[column].combine_chunks())})
    return replace(table, columns=(column,), head=head, read=read)


def _look_like_values(table: Table, column: str) -> bool:
    if not table.numeric(column):
        return False
    seen: set[float] = set()
    for batch in table.batches(column):
        try:
            numbers = batch.numbers(column)
        except DatasetError:
            # Text further down: names of classes, some of which are numbers.
            return False
        present = numbers[~np.isnan(numbers)]
        if (present != np.floor(present)).any():
            return True
        seen.update(np.unique(present).tolist())
    return len(seen) > _DIFFERENT


def _values(table: Table, column: str, numbers: np.ndarray) -> Labels:
    known = ~np.isnan(numbers)
    if len(np.unique(numbers[known])) < 2:
        raise DatasetError(
            f"Column {shown(column)} of {table.name} has fewer than two different values, so there is nothing "
            "to learn; choose another column."
        )
    warnings = _unlabelled(table, column, known)
    return Labels(numbers.astype(np.float32), warnings=warnings)


def _classes(table: Table, column: str, found: list[str], values: np.ndarray) -> Labels:
    """Classes in order, of texts numbered as they came."""
    names = set(found)
    warnings: list[str] = []
    # Of -1 and 1 alone, both are classes.
    if "-1" in names and len(names) > 2 and all(name.isdecimal() for name in names - {"-1"}):
        names.discard("-1")
        warnings.append(f"Label -1 in column {shown(column)} of {table.name} is taken to mean that there is none.")
    for word in sorted(name for name in names if name.lower() in _NO_LABEL):
        if all(_is_number(name) for name in names if name.lower() not in _NO_LABEL):
            names.discard(word)
            meaning = "taken to mean that there is none, since all other labels are numbers"
        else:
            meaning = "a class of that name; leave the cell empty where there is no label"
        warnings.append(f"Label {shown(word)} in column {shown(column)} of {table.name} is {meaning}.")
    if len(names) < 2:
        only = f"one class ({shown(next(iter(names)))})" if names else "no label"
        raise DatasetError(
            f"Column {shown(column)} of {table.name} has {only}, so there is nothing to learn; "
            "choose a column with at least two classes."
        )
    if len(names) > limits.CLASSES:
        raise DatasetError(
            f"Column {shown(column)} of {table.name} has {len(names):,} classes, and at most {limits.CLASSES:,} are "
            "read; choose another column, or predict values."
        )
    labelled = int((values >= 0).sum())
    if len(names) > _FEW and len(names) > labelled / 2:
        raise DatasetError(
            f"Column {shown(column)} of {table.name} has {len(names):,} classes on {labelled:,} rows, nearly one "
            "a row; choose a column of classes, or predict values."
        )
    warnings += _alike(table, column, names)
    ordered = sorted(names, key=lambda name: (not name.isdecimal(), int(name) if name.isdecimal() else 0, name))
    place = {name: number for number, name in enumerate(ordered)}
    values = np.array([*(place.get(name, -1) for name in found), -1], dtype=np.int64)[values]
    warnings.extend(_unlabelled(table, column, values >= 0))
    return Labels(values, tuple(name[: limits.NAME_CHARACTERS] for name in ordered), tuple(warnings))


def _alike(table: Table, column: str, names: set[str]) -> list[str]:
    """A remark on classes that are written differently and may mean the same, as 1 and 1.0, or A and a."""
    found: dict[str | float, str] = {}
    for name in sorted(names):
        same: str | float = float(name) if _is_number(name) else unicodedata.normalize("NFKC", name).casefold()
        if same in found:
            both = f"{shown(found[same])} and {shown(name)}"
            return [
                f"{both} in column {shown(column)} of {table.name} are two classes; write them alike if they are one."
            ]
        found[same] = name
    return []


def _is_number(name: str) -> bool:
    return name.removeprefix("-").replace(".", "", 1).isdecimal() and name.isascii()


def _unlabelled(table: Table, column: str, known: np.ndarray) -> tuple[str, ...]:
    if known.all():
        return ()
    missing = int((~known).sum())
    return (
        f"{missing:,} of {len(known):,} rows of {table.name} have no label in column {shown(column)}: "
        "they are kept and send messages, but are in no part of the split.",
    )


def classes_by_in_degree(in_degree: np.ndarray) -> Labels:
    """Low, middle and high in-degree as classes, to stand in for labels that nobody gave.

    Raises:
        DatasetError: all nodes have the same in-degree.
    """
    ends = np.quantile(in_degree, (1 / 3, 2 / 3))
    group = (in_degree[:, None] > ends[None, :]).sum(1)
    present = np.unique(group)
    if len(present) < 2:
        raise DatasetError(
            "All nodes have nearly the same in-degree, so it cannot stand in for labels; give a column of them."
        )
    names = [("low in-degree", "middle in-degree", "high in-degree")[kind] for kind in present]
    warnings = (
        "There are no labels: low, middle and high in-degree stand in for classes, which says nothing of your data."
    )
    return Labels(np.searchsorted(present, group).astype(np.int64), tuple(names), (warnings,))
