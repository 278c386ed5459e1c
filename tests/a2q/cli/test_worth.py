"""``a2q worth``: controls are queued once, and compared when they are done."""

import json
import signal
import sys

import pytest

from a2q.cli import app as cli
from a2q.cli import worth
from a2q.datasets import DatasetConfig
from a2q.experiments import worker
from a2q.experiments.presets import preset
from a2q.experiments.settings import change
from a2q.experiments.store import RunStore


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command line in this process without starting workers, ``call("worth", "1a2b")`` → code, out, err."""
    for name in ("A2Q_SCHEDULER", "A2Q_DATABASE_URL", "A2Q_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(worth, "dispatch", lambda store: None)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["a2q", *arguments])
        try:
            code = cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def run_id() -> str:
    before = signal.getsignal(signal.SIGTERM)
    config = change(preset("a2q", DatasetConfig(name="generated-citations", nodes=80)), ["training.epochs=2"])
    with RunStore() as store:
        found = store.submit(config).id
        assert worker.main(found) == 0
    signal.signal(signal.SIGTERM, before)
    return found


def test_from_no_control_to_a_difference(call, run_id: str) -> None:
    assert "No control of this run was trained yet" in call("worth", run_id)[1]
    queued = json.loads(call("worth", run_id, "--start", "--json")[1])["queued"]
    assert len(queued) == 1
    assert json.loads(call("worth", run_id, "--start", "--json")[1])["queued"] == []
    before = signal.getsignal(signal.SIGTERM)
    assert worker.main(queued[0]) == 0
    signal.signal(signal.SIGTERM, before)
    (found,) = json.loads(call("worth", run_id, "--json")[1])["worth"]
    assert (found["against"], found["seeds"], found["controls"]) == ("permuted", [0], queued)
    assert found["differences"]["test_score"]["pairs"] == 1
    assert found["differences"]["test_score"]["low"] is None
    assert "too few seeds" in " ".join(call("worth", run_id)[1].split())


def test_an_unknown_assignment_is_refused(call, run_id: str) -> None:
    code, _, told = call("worth", run_id, "--start", "--against", "best")
    assert code == 2
    assert "The assignments are 'best'; give some of permuted, in-degree, reversed, value" in " ".join(told.split())


def test_a_run_without_bits_to_assign_says_so(call) -> None:
    with RunStore() as store:
        run = store.submit(preset("fp32", DatasetConfig(name="karate-club")))
    for options in ((), ("--start",)):
        code, _, told = call("worth", run.id, *options)
        assert code == 2
        assert "A run of fp32 has no bits of its own for each node" in " ".join(told.split())
