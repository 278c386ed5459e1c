"""No network, and a small package of source files to read imports from."""

import urllib.request
from pathlib import Path

import pytest
from torch_geometric.io import fs


def _no_network(*_: object, **__: object) -> None:
    raise OSError("Name or service not known")


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let both ways in which PyTorch Geometric downloads fail."""
    monkeypatch.setattr(fs, "cp", _no_network)
    monkeypatch.setattr(urllib.request, "urlopen", _no_network)


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
