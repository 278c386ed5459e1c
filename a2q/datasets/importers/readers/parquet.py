"""Parquet, by pyarrow, in batches of rows."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as arrow_parquet

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.tables import HEAD_ROWS, Table, checked_columns
from a2q.datasets.importers.uploads import Upload, reading

_KIND, _CURE = "a Parquet table", "write it again as Parquet, or give it as CSV"
_BATCH_ROWS = 65536


def read_parquet(upload: Upload) -> Table:
    """Return the table of a Parquet file.

    Raises:
        DatasetError: it is damaged, empty, or would unpack to more than is allowed.

    Parsing by pyarrow.
    """
    with reading(upload, _KIND, _CURE), upload.open() as stream, arrow_parquet.ParquetFile(stream) as file:
        _check_sizes(upload, file.metadata)
        columns = checked_columns(upload.name, file.schema_arrow.names)

    def read(chosen: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with reading(upload, _KIND, _CURE), upload.open() as stream, arrow_parquet.ParquetFile(stream) as file:
            for batch in file.iter_batches(_rows(len(chosen)), columns=list(chosen), use_threads=False):
                if batch.num_rows:
                    batch.validate(full=True)
                    yield batch.select(list(chosen))

    head = next(read(columns), None)
    if head is None:
        raise DatasetError(f"{upload.name} has no rows; give at least one.")
    return Table(upload.name, columns, pa.Table.from_batches([head.slice(0, HEAD_ROWS)]), read)


def _check_sizes(upload: Upload, metadata: arrow_parquet.FileMetaData) -> None:
    rows = limits.EDGES
    if metadata.num_rows > rows:
        raise DatasetError(f"{upload.name} says it has {metadata.num_rows:,} rows, and at most {rows:,} are read.")
    unpacked = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    if not 0 <= unpacked <= limits.UNPACKED_BYTES:
        raise DatasetError(
            f"{upload.name} unpacks to {unpacked / limits.MIB:,.0f} MiB, and at most "
            f"{limits.UNPACKED_BYTES // limits.MIB:,} MiB are read; give a smaller graph."
        )


def _rows(columns: int) -> int:
    """Rows of a batch: fewer of a wide table, so that a batch stays within a few MiB."""
    return max(16, min(_BATCH_ROWS, 1_000_000 // max(columns, 1)))
