"""Imports in a process of their own with limits, so that no file takes a page or the machine with it.

    python -m a2q.datasets.importers.confined

reads one request from its input: whoever shows or imports files asks :func:`look` and :func:`import_graph` here.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import import_store as keeping
from a2q.datasets.importers import importing, limits
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.import_store import Imported
from a2q.datasets.importers.parts import Adjacency, Matrix, Parts
from a2q.datasets.importers.reading import Files, read
from a2q.datasets.importers.tables import HEAD_ROWS, Table
from a2q.datasets.importers.uploads import Upload
from a2q.datasets.progress import Progress, no_progress
from a2q.faults import machine_fault
from a2q.jobs import ConfinedError, Limits, confined, serve

LIMITS = Limits(limits.MEMORY_BYTES, limits.CPU_SECONDS, limits.WALL_SECONDS)
_CURE = "give a smaller graph, or the same as CSV or Parquet"
_ROLES = ("edges", "nodes", "graphs", "features")
_TABLES = ("edges", "nodes", "graphs")


def look(
    files: Files, header: bool | None = None, decimal: str | None = None, progress: Progress | None = None
) -> Parts:
    """What the files hold, as :func:`a2q.datasets.importers.reading.read` has it, but for what a look does not need:
    tables have their first rows only, edges and features of arrays their first 100, zeros beyond.

    Raises:
        DatasetError: a file cannot be read, or takes more than it may.
    """
    with _spooled(files) as (place, request):
        form = {"header": header, "decimal": decimal}
        return _parts(_asked(files, {"look": request, "form": form, "place": str(place)}, progress), place)


def import_graph(files: Files, config: ImportConfig | None = None, progress: Progress | None = None) -> Imported:
    """The same as :func:`a2q.datasets.importers.importing.import_graph`.

    Raises:
        DatasetError: also where the files take more memory or time than they may.
    """
    with _spooled(files) as (place, request):
        chosen = (config or ImportConfig()).model_dump(mode="json")
        known = _asked(files, {"import": request, "config": chosen, "place": str(place)}, progress)
    return Imported.model_validate(known)


@contextmanager
def _spooled(files: Files) -> Iterator[tuple[Path, dict[str, list[str] | None]]]:
    """A folder that is gone at the end whatever happens, and where in it or elsewhere the files are, with names."""
    try:
        with keeping.draft() as place:
            yield place, {role: _place(getattr(files, role), place / role) for role in _ROLES}
    except OSError as error:
        told = machine_fault(error) or f"Nothing can be written to {keeping.folder()} ({error.strerror}); allow it."
        raise DatasetError(told) from error


def _place(file: Upload | None, spool: Path) -> list[str] | None:
    if file is None:
        return None
    if isinstance(file.place, Path):
        return [str(file.place.absolute()), file.name]
    with file.open() as stream, spool.open("wb") as copy:
        shutil.copyfileobj(stream, copy, limits.MIB)
    return [str(spool), file.name]


def _asked(files: Files, request: dict[str, Any], progress: Progress | None) -> Any:
    what = " with ".join(file.name for file in files.all)
    try:
        return confined(__name__, request, LIMITS, what, _CURE, progress or no_progress)
    except ConfinedError as error:
        raise DatasetError(str(error)) from error


def _work(request: Any, progress: Progress) -> Any:
    """The process's part."""
    place = Path(request["place"])
    given = request.get("look") or request["import"]
    files = Files(**{role: Upload(name, Path(file)) for role in _ROLES if given[role] for file, name in [given[role]]})
    try:
        if "look" in request:
            return _facts(read(files, **request["form"]), place)
        config = ImportConfig.model_validate(request["config"])
        return importing.import_into(place, files, config, progress).model_dump(mode="json")
    except OSError as error:
        raise DatasetError(machine_fault(error) or f"A file cannot be read or written ({error}).") from error


def _facts(parts: Parts, place: Path) -> dict[str, Any]:
    facts: dict[str, Any] = {"directed": parts.directed, "warnings": parts.warnings}
    for role in _TABLES:
        held = getattr(parts, role)
        if isinstance(held, Table):
            facts[role] = {
                "name": held.name,
                "columns": held.columns,
                "word": held.word,
                "first": held.first,
                "warnings": held.warnings,
                "decimal": held.decimal,
                "form": held.form,
                "masks": held.masks,
                "splits": held.splits,
            }
            with (
                pa.OSFile(str(place / f"{role}.arrow"), "wb") as stream,
                pa.ipc.new_file(stream, held.head.schema) as to,
            ):
                to.write_table(held.head)
        elif isinstance(held, Adjacency):
            ends = [end[:HEAD_ROWS].tolist() for end in (held.source, held.target)]
            facts["adjacency"] = {"name": held.name, "nodes": held.nodes, "edges": len(held.source), "ends": ends}
    if parts.features is not None:
        facts["features"] = {"name": parts.features.name, "shape": parts.features.shape}
        head = sp.csr_array(parts.features.values[:HEAD_ROWS])
        np.savez(place / "features.npz", data=head.data, indices=head.indices, indptr=head.indptr)
    return facts


def _parts(facts: dict[str, Any], place: Path) -> Parts:
    tables = {role: _table(facts[role], place / f"{role}.arrow") for role in _TABLES if role in facts}
    edges: Table | Adjacency | None = tables.pop("edges", None)
    if edges is None:
        known = facts["adjacency"]
        # Room that is only promised: a system gives memory when it is written to.
        source, target = np.zeros((2, known["edges"]), dtype=np.int64)
        for end, first in zip((source, target), known["ends"], strict=True):
            end[: len(first)] = first
        edges = Adjacency(known["name"], source, target, known["nodes"])
    features = None
    if "features" in facts:
        features = _matrix(facts["features"], place / "features.npz")
    return Parts(edges, **tables, features=features, directed=facts["directed"], warnings=tuple(facts["warnings"]))


def _table(known: dict[str, Any], file: Path) -> Table:
    with pa.OSFile(str(file)) as stream, pa.ipc.open_file(stream) as head:
        rows = head.read_all()
    known |= {name: tuple(known[name]) for name in ("columns", "warnings", "masks", "splits")}
    return Table(head=rows, read=_unread, **known)


def _matrix(known: dict[str, Any], file: Path) -> Matrix:
    rows, columns = known["shape"]
    with np.load(file, allow_pickle=False) as head:
        ends = np.pad(head["indptr"], (0, rows + 1 - len(head["indptr"])), mode="edge")
        return Matrix(known["name"], sp.csr_array((head["data"], head["indices"], ends), shape=(rows, columns)))


def _unread(columns: object) -> Iterator[pa.RecordBatch]:
    raise NotImplementedError("A look keeps the first rows of a table only.")


if __name__ == "__main__":
    serve(_work, (DatasetError,))
