"""Every test here has an empty cache of its own and no folder of data."""

import importlib
import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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


@pytest.fixture
def confined_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done of others' files in a process with limits is done here: a process takes seconds to start.
    `tests/a2q/jobs/test_confinement.py` starts some."""
    from a2q.datasets import DatasetError
    from a2q.experiments.store import RunError
    from a2q.jobs import ConfinedError, confinement

    def run(module: str, request: Mapping[str, Any], limits: object, told: object, say: object) -> Any:
        work = importlib.import_module(module)._work
        try:
            return json.loads(json.dumps(work(json.loads(json.dumps(request)), say)))
        except (DatasetError, RunError) as error:
            raise ConfinedError(str(error), type(error).__name__) from error

    monkeypatch.setattr(confinement, "_run", run)
