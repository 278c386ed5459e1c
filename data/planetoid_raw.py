"""The raw files of the Planetoid sets: where they may be, and whether they are the published ones."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from data.errors import DatasetError
from data.home import home
from data.planetoid_sums import SHA256


def cache_root() -> Path:
    """Return the folder given to PyTorch Geometric as root: a set is in the folder of its title below it."""
    return home() / "datasets" / "Planetoid"


def raw_names(title: str) -> list[str]:
    """Return the names of the raw files of the set called `title`, e.g. "ind.cora.x"."""
    return [name for name in SHA256 if name.startswith(f"ind.{title.lower()}.")]


def has_all(folder: Path, title: str) -> bool:
    """Return whether `folder` has every raw file of the set."""
    return all((folder / name).is_file() for name in raw_names(title))


def given_folders(title: str) -> list[Path]:
    """Return the raw folders that `$A2Q_DATA` may mean for the set; none where it is not set."""
    named = os.environ.get("A2Q_DATA")
    if not named:
        return []
    root = Path(named).expanduser()
    return [root / "Planetoid" / title / "raw", root / title / "raw"]


def given_folder(title: str) -> Path | None:
    """Return the folder of `$A2Q_DATA` that has every raw file of the set, or None."""
    return next((folder for folder in given_folders(title) if has_all(folder, title)), None)


def check(files: Iterable[Path]) -> None:
    """Make sure that every file holds the published bytes: the format is pickle, which could hold anything.

    Raises:
        DatasetError: naming the first file that differs.

    Source: ours.
    """
    for file in files:
        if hashlib.sha256(file.read_bytes()).hexdigest() != SHA256[file.name]:
            raise DatasetError(
                f"{file.name} is not the published file (its SHA-256 differs), so it is not read: "
                "put the file of github.com/kimiyoung/planetoid in its place and load again."
            )


def raw_files_at_hand(title: str) -> bool:
    """Return whether the raw files are in the cache or in `$A2Q_DATA`, so that no download is needed."""
    return has_all(cache_root() / title / "raw", title) or given_folder(title) is not None
