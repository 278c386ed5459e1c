"""Taking a run in by a process of its own."""

import io
from pathlib import Path

import numpy as np
import pytest

from a2q.experiments.bundle.bundle import bundle_of
from a2q.experiments.bundle.confined import take_in
from a2q.experiments.bundle.file import read_bundle
from a2q.experiments.store import RunError, RunStore

_SAMPLE = Path(__file__).parents[4] / "data" / "samples" / "gin-fp32.zip"


@pytest.mark.timeout(300)
def test_a_run_is_taken_in_as_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a process as pages and commands start it."""
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)
    told: list[str] = []
    here = read_bundle(_SAMPLE)
    with RunStore() as store:
        there = bundle_of(store, take_in(store, _SAMPLE, "run.zip", lambda _, sentence: told.append(sentence)))
    assert (there.run, list(there.epochs)) == (here.run, list(here.epochs))
    assert there.all_arrays.keys() == here.all_arrays.keys()
    assert all(np.array_equal(there.all_arrays[place], array) for place, array in here.all_arrays.items())
    # What is done now is told again while it takes its time.
    assert list(dict.fromkeys(told))[-2:] == ["Reading the run", "Storing the run"]


@pytest.mark.parametrize("opened", [False, True])
def test_a_file_that_is_no_run_is_refused(tmp_path: Path, opened: bool, confined_here: None) -> None:
    (tmp_path / "run.zip").write_text("no archive")
    file = io.BytesIO(b"no archive") if opened else tmp_path / "run.zip"
    with RunStore() as store, pytest.raises(RunError, match=r"^This file is damaged or no \.zip"):
        take_in(store, file, "run.zip")
