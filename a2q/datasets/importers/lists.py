"""Columns of lists, as Parquet holds embeddings: a column for each place."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.tables import Table, checked_columns, is_number_type, listed
from a2q.datasets.importers.uploads import shown


def with_places(table: Table) -> Table:
    """The table in which a column `emb` of lists of numbers, all of one length, is columns `emb 0`, `emb 1`, …"""
    lengths = {name: _length(table.head[name].combine_chunks()) for name in table.columns}
    lists = {name: length for name, length in lengths.items() if length}
    if not lists or sum(lists.values()) > limits.COLUMNS:
        return table
    of_place = {f"{name} {place}": (name, place) for name, length in lists.items() for place in range(length)}
    columns: list[str] = []
    for name in table.columns:
        columns += [f"{name} {place}" for place in range(lists[name])] if name in lists else [name]

    def read(chosen: Sequence[str]) -> Iterator[pa.RecordBatch]:
        needed = list(dict.fromkeys(of_place[name][0] if name in of_place else name for name in chosen))
        for batch in table.batches(*needed):
            for name in needed:
                if name in lists:
                    _check(table, batch.start, name, batch.rows.column(name), lists[name])
            yield pa.RecordBatch.from_pydict({name: _values(batch.rows, name) for name in chosen})

    def _values(rows: pa.RecordBatch | pa.Table, name: str) -> pa.Array:
        if name not in of_place:
            return rows.column(name)
        whole, place = of_place[name]
        return pc.list_element(rows.column(whole), place)

    head = pa.table({name: _values(table.head, name) for name in columns})
    told = [f"Column {shown(name)} of {table.name} is a list of {length:,} numbers" for name, length in lists.items()]
    more = f" (and so are {listed(list(lists)[1:], 4)})" if len(told) > 1 else ""
    return replace(
        table,
        columns=checked_columns(table.name, columns),
        head=head,
        read=read,
        warnings=(*table.warnings, f"{told[0]}{more}: a column for each place."),
    )


def _length(values: pa.Array) -> int:
    """The length that all lists of numbers have; 0 where these are none."""
    kind = values.type
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)):
        return 0
    if not is_number_type(kind.value_type) or values.null_count:
        return 0
    lengths = np.unique(pc.list_value_length(values).to_numpy(zero_copy_only=False))
    return int(lengths[0]) if len(lengths) == 1 else 0


def _check(table: Table, start: int, name: str, values: pa.Array, length: int) -> None:
    lengths = pc.fill_null(pc.list_value_length(values), 0).to_numpy(zero_copy_only=False)
    wrong = lengths != length
    if wrong.any():
        row = int(wrong.argmax())
        raise DatasetError(
            f"{table.place(start + row)} has a list of {int(lengths[row]):,} numbers in column {shown(name)}, and the "
            f"first row one of {length:,}; give every row as many."
        )
