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


def indicators(batch: Batch, column: str, found: Sequence[str]) -> np.ndarray:
    """For each value of a column, 1 where a row has it, else 0; [values, rows] float64."""
    place = pc.index_in(batch.text(column), value_set=pa.array(found, pa.string()))
    numbers = pc.fill_null(place, -1).to_numpy(zero_copy_only=False)
    of_value: np.ndarray = (numbers[None, :] == np.arange(len(found))[:, None]).astype(np.float64)
    return of_value
