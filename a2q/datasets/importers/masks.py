"""Columns that say of each node whether it is in one part of the split, as PyTorch Geometric names its masks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.tables import ROLE_NAMES, Batch, Table, listed
from a2q.datasets.importers.uploads import shown

MASKS = {
    "train": ("train_mask", "train_masks", "is_train"),
    "validation": ("val_mask", "val_masks", "valid_mask", "validation_mask", "is_val", "is_valid", "is_validation"),
    "test": ("test_mask", "test_masks", "is_test"),
}
"""What masks of each part are called."""
_BARE = {"train": ("train",), "validation": ("val", "valid", "validation"), "test": ("test",)}


def masks_of(table: Table) -> dict[str, str]:
    """The columns that are masks, by part; those of some parts only where there is none for the others.

    Columns called train, val and test are masks too where all three hold nothing but yes and no.
    """
    for names in (MASKS, _BARE):
        low = {column.lower().replace(" ", "_"): column for column in table.columns}
        found = {
            part: next(low[name] for name in given if name in low)
            for part, given in names.items()
            if any(name in low for name in given)
        }
        found = {part: column for part, column in found.items() if table.yes_or_no(column)}
        if found and (names is MASKS or len(found) == len(MASKS)):
            return found
    return {}


def with_split(table: Table) -> Table:
    """The table with the split that its masks say, as one more column; the same where it has one or lacks a mask."""
    masks = masks_of(table)
    named = {column.lower() for column in table.columns} & set(ROLE_NAMES["split"])
    if named or len(masks) < len(MASKS):
        return table
    column = "split"

    def read(chosen: Sequence[str]) -> Iterator[pa.RecordBatch]:
        needed = [name for name in chosen if name != column]
        if column not in chosen:
            yield from table.read(needed)
            return
        needed += [name for name in masks.values() if name not in needed]
        for batch in table.batches(*needed):
            found = {name: batch.rows.column(name) for name in needed} | {column: _split(batch, masks)}
            yield pa.RecordBatch.from_pydict({name: found[name] for name in chosen})

    head = _split(table.first_rows(), masks)
    told = f"The split of {table.name} is that of its columns {listed(list(masks.values()))}."
    return replace(
        table,
        columns=(*table.columns, column),
        head=table.head.append_column(column, head),
        read=read,
        warnings=(*table.warnings, told),
        masks=tuple(masks.values()),
    )


def _split(batch: Batch, masks: dict[str, str]) -> pa.Array:
    split = np.full(batch.rows.num_rows, "none", dtype="U10")
    for part, column in masks.items():
        values = batch.numbers(column)
        wrong = ~(np.isnan(values) | np.isin(values, (0, 1)))
        if wrong.any():
            row = int(wrong.argmax())
            raise DatasetError(
                f"{batch.place(row)} holds {values[row]:g} in column {shown(column)}, a mask; give true or false."
            )
        chosen = values == 1
        both = np.flatnonzero(chosen & (split != "none"))
        if both.size:
            row = int(both[0])
            raise DatasetError(
                f"{batch.place(row)} is in two parts ({split[row]} and {part}, column {shown(column)}); leave it in "
                "one."
            )
        split[chosen] = part
    return pa.array(split.tolist(), pa.string())
