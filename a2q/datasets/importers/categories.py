"""Categories as features: a column for each value, 1 where a node has it."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.tables import Batch, Table
from a2q.datasets.importers.uploads import shown


def categories(table: Table, column: str) -> list[str]:
    """The values of a column, sorted.

    Raises:
        DatasetError: there is none, or there are too many.
    """
    found: set[str] = set()
    for batch in table.batches(column):
        found.update(value for value in pc.unique(batch.text(column)).to_pylist() if value is not None)
        if len(found) > limits.CLASSES:
            raise DatasetError(
                f"Column {shown(column)} of {table.name} has more than {limits.CLASSES:,} different values, too many "
                "for one-hot; leave it out, or give fewer categories."
            )
    if not found:
        raise DatasetError(f"Column {shown(column)} of {table.name} has no value; leave it out of one-hot.")
    return sorted(found)


def places(batch: Batch, column: str, found: Sequence[str]) -> np.ndarray:
    """The place of each row's value among those of its column, [rows]; -1 where there is none."""
    place: np.ndarray = pc.fill_null(
        pc.index_in(batch.text(column), value_set=pa.array(found, pa.string())), -1
    ).to_numpy(zero_copy_only=False)
    return place
