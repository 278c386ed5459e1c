"""Where this project keeps what it may delete and make again."""

import getpass
import os
import tempfile
from pathlib import Path


def home() -> Path:
    """Return the folder for caches: `$A2Q_HOME`, or `~/.cache/a2q` where that is not set.

    The folder need not exist; whoever writes there creates it.
    """
    named = os.environ.get("A2Q_HOME")
    # Not Path.expanduser(), which raises an error at "~name" where nobody has that name.
    return Path(os.path.expanduser(named)) if named else Path.home() / ".cache" / "a2q"  # noqa: PTH111


def cache_file(folder: str, name: str) -> Path:
    """Return where a file that can be made again is, or is to be made.

    In this folder of :func:`home`; where that cannot be written and has no such file, among the temporary files.
    """
    kept = home() / folder / name
    if kept.exists() or _can_be_made(kept.parent):
        return kept
    return Path(tempfile.gettempdir()) / f"a2q-{getpass.getuser()}" / folder / name


def _can_be_made(folder: Path) -> bool:
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return os.access(there, os.W_OK)
