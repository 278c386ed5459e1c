"""Every test here has an empty cache of its own and no folder of data."""

import warnings
from pathlib import Path

import pytest

with warnings.catch_warnings():
    # PyTorch Geometric calls what torch has deprecated when it is first imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    import torch_geometric  # noqa: F401


@pytest.fixture(autouse=True)
def cache_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point `$A2Q_HOME` at a folder of the test's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("A2Q_HOME", str(folder))
    monkeypatch.delenv("A2Q_DATA", raising=False)
    return folder


@pytest.fixture
def published_data() -> Path:
    """The folder beside the project that holds the published sets; the test is skipped where it is absent."""
    folder = Path(__file__).parents[2].parent / "shared" / "data"
    if not (folder / "Planetoid").is_dir():
        pytest.skip("needs ../shared/data, the folder of published data sets beside the project")
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
