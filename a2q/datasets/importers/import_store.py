"""Imported graphs on disk: `$A2Q_HOME/imports/own-…`, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from a2q.datasets.card import DatasetCard
from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.config import ImportConfig
from a2q.home import home

if TYPE_CHECKING:
    # Commands that look at no array do not wait for it.
    import numpy as np

_NAME = re.compile(r"own-[0-9a-f]{12}")
# Cards of earlier versions have no sum beside them.
_CARD, _CARD_SUM, _ARRAYS = "card.json", "card.sha256", "graph.npz"
_DRAFT = ".draft-"
_DAY = 86_400


class Imported(BaseModel):
    """What is known of an imported graph without its arrays.

    Args:
        card: for the catalogue.
        digest: SHA-256 of features, edges, labels, split and names, of which the card's name has the start.
        files: what it was read from.
        config: how it was read, every column filled in.
        directed: whether an edge goes one way only.
        warnings: what was done that the user should know of, a sentence each.
        created: seconds since 1970.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    card: DatasetCard
    digest: str
    files: tuple[str, ...]
    config: ImportConfig
    directed: bool
    # Stored as "said" before.
    warnings: tuple[str, ...] = Field(validation_alias=AliasChoices("warnings", "said"))
    created: float


def is_own(name: str) -> bool:
    """Whether a name is that of an imported graph, there or not."""
    return _NAME.fullmatch(name) is not None


def folder() -> Path:
    """Return the folder of all imported graphs, there or not."""
    return home() / "imports"


@contextmanager
def draft() -> Iterator[Path]:
    """A folder to build a graph in, which is gone at the end whatever happens."""
    folder().mkdir(parents=True, exist_ok=True)
    for left in folder().glob(f"{_DRAFT}*"):
        # Of a process that was killed: an import takes minutes, not a day.
        if time.time() - left.stat().st_mtime > _DAY:
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=folder(), prefix=_DRAFT) as place:
        yield Path(place)


def keep(
    imported: Imported,
    arrays: dict[str, list[np.ndarray]],
    rows: Path | None,
    shape: tuple[int, int],
    place: Path,
    ready: Callable[[], None],
) -> None:
    """Store a graph under its name; the arrays come last, so that without them nothing is there.

    Args:
        imported: what is known of it.
        arrays: all arrays but the features, of one dimension, each as the parts it is joined of.
        rows: file with the features, float32; None where the arrays have the entries of sparse ones.
        shape: of the features, [nodes, features].
        place: the draft's folder.
        ready: called when all is written and nothing is in its place yet; what it raises leaves it so.
    """
    import numpy as np

    made, card, card_sum = place / _ARRAYS, place / _CARD, place / _CARD_SUM
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, parts in arrays.items():
            with _member(archive, name, parts[0].dtype.str, (sum(map(len, parts)),)) as stream:
                for part in parts:
                    stream.write(np.ascontiguousarray(part).data)
        if rows is not None:
            with _member(archive, "x", "<f4", shape) as stream, rows.open("rb") as content:
                shutil.copyfileobj(content, stream, 2**20)
    card.write_text(imported.model_dump_json(indent=1), encoding="utf-8")
    card_sum.write_text(hashlib.sha256(card.read_bytes()).hexdigest(), encoding="ascii")
    ready()
    target = folder() / imported.card.name
    target.mkdir(exist_ok=True)
    card_sum.replace(target / _CARD_SUM)
    card.replace(target / _CARD)
    made.replace(target / _ARRAYS)


@contextmanager
def _member(archive: zipfile.ZipFile, name: str, kind: str, shape: tuple[int, ...]) -> Iterator[IO[bytes]]:
    """An array of an .npz, to be filled with its values."""
    import numpy as np

    with archive.open(f"{name}.npy", "w", force_zip64=True) as stream:
        np.lib.format.write_array_header_1_0(stream, {"descr": kind, "fortran_order": False, "shape": shape})
        yield stream


def imported(name: str) -> Imported:
    """Return what is known of an imported graph, also of one whose arrays were deleted: runs on it stay readable.

    Raises:
        DatasetError: there never was one of this name here, or its card is damaged.
    """
    file, beside = folder() / name / _CARD, folder() / name / _CARD_SUM
    if not is_own(name) or not file.is_file():
        raise DatasetError(f"There is no imported graph {name!r} on this machine; import its files again.")
    damaged = f"The card of {name} ({file}) is damaged; delete the folder {file.parent} and import the files again."
    try:
        content = file.read_bytes()
        found = Imported.model_validate_json(content.decode("utf-8"))
        intact = not beside.is_file() or beside.read_bytes() == hashlib.sha256(content).hexdigest().encode()
    except (ValidationError, UnicodeDecodeError, OSError) as error:
        raise DatasetError(damaged) from error
    if not intact or found.card.name != name or not found.digest.startswith(name.removeprefix("own-")):
        raise DatasetError(damaged)
    return found


def here() -> list[Imported]:
    """Return every imported graph that can be loaded, newest first; damaged cards are passed over."""
    found = []
    for place in folder().glob("own-*"):
        if is_kept(place.name):
            try:
                found.append(imported(place.name))
            except DatasetError:
                continue
    return sorted(found, key=lambda one: (-one.created, one.card.name))


def is_kept(name: str) -> bool:
    """Whether an imported graph can be loaded."""
    return is_own(name) and (folder() / name / _ARRAYS).is_file()


def arrays_of(name: str) -> dict[str, np.ndarray]:
    """Return the arrays of an imported graph, after a look that they are those it is named by.

    Raises:
        DatasetError: they were deleted or are damaged.
    """
    import numpy as np

    found = imported(name)
    file = folder() / name / _ARRAYS
    if not file.is_file():
        raise DatasetError(
            f"{found.card.title} ({name}) was deleted from this machine; import its files "
            f"({', '.join(found.files)}) again."
        )
    damaged = f"{file} is damaged; delete {name} and import its files again."
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in stored.files}
        digest = _fingerprint_of(found, arrays)
    except MemoryError as error:
        raise DatasetError(f"{found.card.title} does not fit into this machine's memory, or {damaged}") from error
    except Exception as error:
        # Readers of ZIP and of arrays raise whatever they come across in damaged bytes: no common type.
        raise DatasetError(damaged) from error
    if digest != found.digest:
        raise DatasetError(damaged)
    return arrays


def _fingerprint_of(known: Imported, arrays: dict[str, np.ndarray]) -> str:
    import numpy as np

    # Entries of sparse features are summed up with the other arrays.
    features = "sparse"
    if "x" in arrays:
        features = hashlib.sha256(np.ascontiguousarray(arrays["x"], dtype="<f4").data).hexdigest()
    rest = {name: [array] for name, array in arrays.items() if name != "x"}
    return fingerprint(rest, features, known.card.class_names, known.directed)


def fingerprint(arrays: dict[str, list[np.ndarray]], features: str, classes: tuple[str, ...], directed: bool) -> str:
    """SHA-256 of all that training sees: features, edges, labels, split, names and graphs.

    Args:
        arrays: all but the features, each as the parts it is joined of.
        features: SHA-256 of their values, float32, as hexadecimal digits; "sparse" where they are among the arrays.
        classes: their names.
        directed: whether an edge goes one way only.
    """
    import numpy as np

    digest = hashlib.sha256(json.dumps([features, classes, directed]).encode())
    for name, parts in arrays.items():
        digest.update(f"{name} {parts[0].dtype.str} {sum(map(len, parts))}".encode())
        for part in parts:
            digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()


def delete(name: str) -> None:
    """Remove the arrays of an imported graph; its card stays, so that runs on it can still be read.

    Raises:
        DatasetError: there is none of this name.
    """
    if not is_kept(name):
        imported(name)
        raise DatasetError(f"{name} is deleted already.")
    (folder() / name / _ARRAYS).unlink()
