"""Every test here has an empty cache of its own and no folder of data."""

import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

with warnings.catch_warnings():
    # PyTorch Geometric calls what torch has deprecated when it is first imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    import torch_geometric  # noqa: F401

# The same examples on every machine, however busy it is; --hypothesis-profile=thorough draws ten times as many.
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("suite"), max_examples=1_000)
settings.load_profile("suite")


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
    folder = Path(__file__).parents[1].parent / "shared" / "data"
    if not (folder / "Planetoid").is_dir():
        pytest.skip("needs ../shared/data, the folder of published datasets beside the project")
    return folder
