"""Where this project keeps what it may delete and make again."""

import os
from pathlib import Path


def home() -> Path:
    """Return the folder for caches: `$A2Q_HOME`, or `~/.cache/a2q` where that is not set.

    The folder need not exist; whoever writes there creates it.
    """
    named = os.environ.get("A2Q_HOME")
    return Path(named).expanduser() if named else Path.home() / ".cache" / "a2q"
