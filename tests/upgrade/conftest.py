"""A copy of what commit ce0c23a wrote, and what its own code read from it."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

WRITTEN = Path(__file__).with_name("written_by_ce0c23a")


@pytest.fixture(scope="session")
def facts() -> dict[str, Any]:
    """What that commit's code read, see the README beside it."""
    return json.loads((WRITTEN / "facts.json").read_text(encoding="utf-8"))


@pytest.fixture
def old_home(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`$A2Q_HOME` as that commit left it; its bundles are in the folder beside."""
    for name in ("A2Q_DATABASE_URL", "A2Q_SCHEDULER"):
        monkeypatch.delenv(name, raising=False)
    with zipfile.ZipFile(WRITTEN / "store.zip") as archive:
        archive.extractall(cache_home.parent)
    return cache_home
