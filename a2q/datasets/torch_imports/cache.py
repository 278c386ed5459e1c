"""Arrays kept in a file, so that a graph is made once."""

import zipfile
import zlib
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from a2q.home import home

# Part of the cache's name: raise it when the recipe changes, or an old graph would go by the new one's name.
_RECIPE = 1


def cache_file() -> Path:
    """Return the file that holds the graph of this version of torch, there or not."""
    return home() / "datasets" / "torch-imports" / f"{version('torch')}-{_RECIPE}.npz"


def write_arrays(file: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write `arrays` to `file` (.npz), whole or not at all. Source: ours."""
    with TemporaryDirectory(dir=file.parent) as folder:
        draft = Path(folder) / file.name
        with draft.open("wb") as stream:
            np.savez_compressed(stream, allow_pickle=False, **arrays)
        draft.replace(file)


def read_arrays(file: Path, names: frozenset[str]) -> dict[str, np.ndarray] | None:
    """Return the arrays in `file`, or None where it is absent, damaged or does not hold just `names`.

    Nothing is unpickled. Source: ours.
    """
    try:
        # Opened here, since NumPy leaves a file open that proves to be no archive.
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            return dict(held) if names == set(held.files) else None
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error):
        return None
