"""A report of the two finished runs."""

import os

import pytest

from a2q.experiments.store import RunStore
from a2q.jobs import job
from a2q_studio.run_report import Contents, read_contents


@pytest.fixture
def contents(runs_here, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Contents:
    """The A²Q run as A, with a note, and the FP32 run as B."""
    monkeypatch.setattr(job, "start", lambda _: os.getpid())
    store.annotations.change(runs_here.a2q, starred=True, tags=["best"], note="<b>Bits</b> & more </script>")
    return read_contents(store, [runs_here.a2q, runs_here.fp32[:6]])
