"""Parquet, by pyarrow, in batches of rows."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as arrow_parquet

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.tables import HEAD_ROWS, Table, checked_columns
from a2q.datasets.importers.uploads import Upload, reading, shown

_KIND, _CURE = "a Parquet table", "write it again as Parquet, or give it as CSV"
_BATCH_ROWS = 65536
_BATCH_BYTES = 16 * limits.MIB


def read_parquet(upload: Upload) -> Table:
    """Return the table of a Parquet file.

    Raises:
        DatasetError: it is damaged, empty, or would unpack to more than is allowed.

    Parsing by pyarrow.
    """
    with reading(upload, _KIND, _CURE), upload.open() as stream, arrow_parquet.ParquetFile(stream) as file:
        _check_sizes(upload, file.metadata)
        columns = checked_columns(upload.name, file.schema_arrow.names)
    with reading(upload, _KIND, _CURE):
        longest = _longest_repeated(upload)

    def read(chosen: Sequence[str], rows: int = _BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        width = sum(longest.get(name, 0) for name in chosen)
        rows = min(rows, _rows(len(chosen)), max(1, _BATCH_BYTES // max(width, 1)))
        unpacked = dict.fromkeys(longest.keys() & set(chosen), 0)
        with reading(upload, _KIND, _CURE), upload.open() as stream, arrow_parquet.ParquetFile(stream) as file:
            for batch in file.iter_batches(rows, columns=list(chosen), use_threads=False):
                if batch.num_rows:
                    for name in unpacked:
                        unpacked[name] += _text_bytes(batch.column(name))
                        _check_unpacked(upload, unpacked[name])
                    batch.validate(full=True)
                    yield batch.select(list(chosen))

    head = next(read(columns, HEAD_ROWS), None)
    if head is None:
        raise DatasetError(f"{upload.name} has no rows; give at least one.")
    return Table(upload.name, columns, pa.Table.from_batches([head.slice(0, HEAD_ROWS)]), read)


def _check_sizes(upload: Upload, metadata: arrow_parquet.FileMetaData) -> None:
    rows = limits.EDGES
    if metadata.num_rows > rows:
        raise DatasetError(f"{upload.name} says it has {metadata.num_rows:,} rows, and at most {rows:,} are read.")
    _check_unpacked(upload, sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups)))


def _longest_repeated(upload: Upload) -> dict[str, int]:
    """Bytes of the longest text that is stored once and repeated by its number, by column: so many a row may come out
    of a file that holds two, whatever its metadata says.

    Raises:
        DatasetError: one is longer than any cell may be.
    """
    # Not by the metadata of a column's chunks: pyarrow 26 ends the process where that is damaged (benchmarks/fuzz.py).
    with upload.open() as stream, arrow_parquet.ParquetFile(stream) as file:
        texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
    longest = dict.fromkeys(texts, 0)
    if not texts:
        return longest
    with upload.open() as stream, arrow_parquet.ParquetFile(stream, read_dictionary=texts) as file:
        for group in range(file.metadata.num_row_groups):
            # One row of it; the texts that its numbers stand for come all at once.
            row = next(file.iter_batches(1, row_groups=[group], columns=texts, use_threads=False), None)
            if row is None:
                continue
            for name in texts:
                values = row.column(name)
                if pa.types.is_dictionary(values.type):
                    most = pc.max(pc.binary_length(values.dictionary)).as_py() or 0
                    longest[name] = max(longest[name], most)
    for name, length in longest.items():
        if length > limits.ROW_BYTES:
            raise DatasetError(
                f"Column {shown(name)} of {upload.name} holds a text of {length / limits.MIB:,.1f} MiB, and at most "
                f"{limits.ROW_BYTES // limits.MIB} MiB are read; leave the column out."
            )
    return longest


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind))


def _text_bytes(values: pa.Array) -> int:
    if pa.types.is_dictionary(values.type):
        lengths = pc.binary_length(values.dictionary)
        return pc.sum(pc.take(lengths, values.indices)).as_py() or 0
    return int(values.nbytes)


def _check_unpacked(upload: Upload, unpacked: int) -> None:
    if not 0 <= unpacked <= limits.UNPACKED_BYTES:
        raise DatasetError(
            f"{upload.name} unpacks to {unpacked / limits.MIB:,.0f} MiB, and at most "
            f"{limits.UNPACKED_BYTES // limits.MIB:,} MiB are read; give a smaller graph."
        )


def _rows(columns: int) -> int:
    """Rows of a batch: fewer of a wide table, so that a batch stays within a few MiB."""
    return max(16, min(_BATCH_ROWS, 1_000_000 // max(columns, 1)))
