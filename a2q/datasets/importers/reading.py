"""From files to what they hold: which reader takes which ending, and which files go together."""

from dataclasses import dataclass, replace

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.directions import direction
from a2q.datasets.importers.endings import ENDINGS, MATRICES, NETWORKS, TABLES, TORCH
from a2q.datasets.importers.lists import with_places
from a2q.datasets.importers.masks import with_split
from a2q.datasets.importers.parts import Matrix, Parts
from a2q.datasets.importers.readers.delimited import read_delimited
from a2q.datasets.importers.readers.matrix_market import read_adjacency, read_feature_matrix
from a2q.datasets.importers.readers.networks import read_network
from a2q.datasets.importers.readers.npz import read_arrays, read_feature_array
from a2q.datasets.importers.readers.parquet import read_parquet
from a2q.datasets.importers.shapes import refuse_other_shapes
from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import Upload

_PICKLES = ("pkl", "pickle", "joblib", "npy", "ckpt", "bin", "dill")
_PACKED = ("gz", "zip", "bz2", "xz", "zst", "tar", "tgz", "7z", "rar", "graphmlz")
_START = 200
_INSTEAD = {
    b"version https://git-lfs.github.com/spec": "a pointer of Git LFS",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
}
"""What downloads bring instead of a file, by its first bytes in small letters."""
_KINDS = {
    b"PAR1": ("a Parquet table", ("parquet",), "give it a name that ends in .parquet"),
    b"PK\x03\x04": ("a ZIP archive, as workbooks of Excel are", ("npz", *TORCH), "unpack it, or save the table as CSV"),
    b"\xd0\xcf\x11\xe0": ("a workbook of Excel", (), "save the table as CSV in UTF-8"),
    b"\x1f\x8b": ("data packed by gzip", (), "unpack it"),
    b"\x93NUMPY": ("one array of NumPy (.npy)", (), "write it by numpy.savez, as 'edge_index' or another known name"),
    b"\x89HDF": ("HDF5", (), "write the graph as .npz or CSV"),
    b"SQLite format 3": ("a database of SQLite", (), "write its tables as CSV"),
}
"""Kinds of files by their first bytes: what each is, which endings it may have, and the cure where it has another."""


@dataclass(frozen=True)
class Files:
    """The files of one graph.

    Args:
        edges: an edge list, a whole graph, or an adjacency.
        nodes: a table with a row for each node, or None.
        graphs: a table with a row for each graph of a set of graphs, or None.
        features: an .npz or .mtx file with a row for each node, or None.
    """

    edges: Upload
    nodes: Upload | None = None
    graphs: Upload | None = None
    features: Upload | None = None

    @property
    def all(self) -> tuple[Upload, ...]:
        """Those that are given."""
        return tuple(file for file in (self.edges, self.nodes, self.graphs, self.features) if file is not None)


def read(files: Files, header: bool | None = None, decimal: str | None = None) -> Parts:
    """Return what the files hold; tables are looked into, not read through.

    Args:
        files: what was uploaded.
        header: whether the first line of a CSV or TSV names the columns; None: as it seems.
        decimal: "point" or "comma" before fractions in a CSV or TSV; None: as the first rows look.

    Raises:
        DatasetError: a file is of no known kind, too large, damaged or hostile.
    """
    for file in files.all:
        _check(file)
    parts = _edges(files.edges, header)
    if files.nodes is not None:
        parts = _with(parts, nodes=_table(files.nodes, header))
    if files.graphs is not None:
        parts = _with(parts, graphs=_table(files.graphs, header))
    if files.features is not None:
        features = _features(files.features)
        parts = replace(parts, features=features, warnings=(*parts.warnings, *features.warnings))
    if parts.nodes is not None:
        parts = _with(parts, nodes=_prepared(parts.nodes, decimal))
    if parts.graphs is not None:
        parts = _with(parts, graphs=_prepared(parts.graphs, decimal))
    return parts


def _prepared(table: Table, decimal: str | None) -> Table:
    """The table with lists as columns, and masks as a split."""
    return with_split(with_places(replace(table, decimal=decimal, warnings=())))


def _check(file: Upload) -> None:
    known = f"give one of .{', .'.join(ENDINGS)}"
    if file.ending in _PICKLES:
        raise DatasetError(
            f"{file.name} may hold a pickle, which can run code when it is opened, so it is not; {known}."
        )
    if file.ending in _PACKED:
        raise DatasetError(f"{file.name} is packed; unpack it and {known}.")
    if file.ending not in ENDINGS:
        raise DatasetError(f"{file.name} ends in {'.' + file.ending if file.ending else 'nothing'}; {known}.")
    if file.size > limits.FILE_BYTES:
        raise DatasetError(
            f"{file.name} is {file.size / limits.MIB:,.0f} MiB, and at most {limits.FILE_BYTES // limits.MIB:,} MiB "
            "are read; give a smaller graph, or the same as Parquet."
        )
    if not file.size:
        raise DatasetError(f"{file.name} is empty; give a file that holds a graph.")
    with file.open() as stream:
        start = stream.read(_START).lower()
    for beginning, what in _INSTEAD.items():
        if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(beginning):
            raise DatasetError(f"{file.name} is {what}, not the file itself; download the file that it stands for.")
    for beginning, (what, endings, cure) in _KINDS.items():
        if start.startswith(beginning.lower()) and file.ending not in endings:
            raise DatasetError(f"{file.name} holds {what}, by its first bytes; {cure}.")


def _edges(file: Upload, header: bool | None) -> Parts:
    if file.ending in NETWORKS:
        return read_network(file)
    if file.ending == "npz":
        return read_arrays(file)
    if file.ending == "mtx":
        return read_adjacency(file)
    if file.ending in TORCH:
        # Torch takes seconds to import: only who gives such a file waits for it.
        from a2q.datasets.importers.readers.torch_file import read_torch

        return read_torch(file)
    table = _table(file, header)
    refuse_other_shapes(table, header)
    directed, told = direction(table)
    return Parts(table, directed=directed, warnings=(*table.warnings, *told))


def _with(parts: Parts, **tables: Table) -> Parts:
    more = [warning for table in tables.values() for warning in table.warnings]
    return replace(parts, warnings=(*parts.warnings, *more), **tables)  # type: ignore[arg-type]


def _table(file: Upload, header: bool | None) -> Table:
    if file.ending == "parquet":
        return read_parquet(file)
    if file.ending in TABLES:
        return read_delimited(file, header)
    raise DatasetError(f"{file.name} is no table; give it as .{', .'.join(TABLES)}.")


def _features(file: Upload) -> Matrix:
    if file.ending == "npz":
        return read_feature_array(file)
    if file.ending == "mtx":
        return read_feature_matrix(file)
    raise DatasetError(f"{file.name} holds no matrix of features; give it as .{' or .'.join(MATRICES)}.")
