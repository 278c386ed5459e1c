"""No network but this machine's own, and a small package of source files to read imports from."""

from pathlib import Path
from typing import Any

import pytest
import requests

_send = requests.Session.send


def _to_this_machine_only(session: requests.Session, request: requests.PreparedRequest, **how: Any) -> Any:
    if not (request.url or "").startswith("http://127.0.0.1:"):
        raise requests.ConnectionError("Name or service not known")
    return _send(session, request, **how)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let downloads fail as they do without a network."""
    monkeypatch.setattr(requests.Session, "send", _to_this_machine_only)


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for `$A2Q_DATA`, empty as yet."""
    folder = tmp_path / "given"
    folder.mkdir()
    monkeypatch.setenv("A2Q_DATA", str(folder))
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A small package of source files: sub-packages `red` (with a package in it), `blue` and `tests`."""
    root = tmp_path / "paint"
    sources = {
        "__init__.py": "import paint.red\n",
        "lonely.py": "x = 1\n",
        "red/__init__.py": "from . import dark\nfrom .dark.wine import pour\n",
        "red/light.py": "def mixColors(first_part): return first_part.HTTPServer\n",
        "red/testing.py": "import os\n",
        "red/dark/__init__.py": "",
        "red/dark/wine.py": "from .. import light\nfrom ..light import mix\nfrom ...blue import sky, Cloud\n",
        "blue/__init__.py": "",
        "blue/sky.py": "import paint.red.light as l, paint.blue.sky\nfrom paint.blue import *\n",
        "blue/broken.py": "def (:\n",
        "tests/test_red.py": "import paint.red\n",
    }
    for name, source in sources.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(source)
    return root
