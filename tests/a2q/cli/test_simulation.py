import json
import signal
import sys
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import pytest
from rich.console import Console

from a2q.accelerator import CAUSES, simulate
from a2q.cli import app as cli
from a2q.cli import simulation
from a2q.datasets import DatasetConfig
from a2q.experiments import worker
from a2q.experiments.presets import preset
from a2q.experiments.settings import change
from a2q.experiments.store import RunStore
from a2q.experiments.workload import workload


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., SimpleNamespace]:
    """Run the command line in this process, ``call("simulate", "1a2b")`` → code, out, err."""
    for name in ("A2Q_SCHEDULER", "A2Q_DATABASE_URL", "A2Q_WORKERS"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["a2q", *arguments])
        monkeypatch.setattr(simulation, "out", Console(width=200))
        monkeypatch.setattr(cli, "progress_out", Console(stderr=True, width=400))
        try:
            code = cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return SimpleNamespace(code=code, out=told.out, err=told.err)

    return run


@pytest.fixture
def run_id(call) -> str:
    """A run of two epochs on a generated graph."""
    before = signal.getsignal(signal.SIGTERM)
    dataset = DatasetConfig(name="generated-citations", nodes=80)
    with RunStore() as store:
        found = store.submit(change(preset("a2q-paper", dataset), ["training.epochs=2"])).id
        assert worker.main(found) == 0
    signal.signal(signal.SIGTERM, before)
    return found


def test_json_is_what_the_library_says(call, run_id: str) -> None:
    done = call("simulate", run_id, "--hardware", "a2q-like", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    with RunStore() as store:
        work = workload(store.get(run_id), partial(store.array, run_id))
    report = simulate(work.graph, work.layers)
    assert found["cycles"] == report.cycles
    assert found["hardware_digest"] == report.hardware.digest
    assert (found["run"], found["hardware_preset"]) == (run_id, "a2q-like")
    assert found["hardware_sources"]["lanes"] == "assumed"
    assert found["speedup_over"]["FP32"] > found["speedup_over"]["uniform INT8"] > found["speedup_over"]["uniform INT4"]


def test_tables_print_what_the_number_depends_on(call, run_id: str) -> None:
    done = call("simulate", run_id[:5], "--set", "lanes=8", "--convention", "lane_sync=queue")
    assert done.code == 0, done.err
    for words in ("A²Q-like (our assumptions)", "8 lanes", "changed by you", "queue", "within a factor of 2", "64 KiB"):
        assert words in done.out
    assert CAUSES["column_padding"] in done.out
    assert "times as fast as Degree-Quant INT4 on the same hardware" in done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "lanes=0"), "lanes is '0'; it must be greater than or equal to 1."),
        (("--set", "input_kib=0.01"), "input_kib is 0.01, but two rows of features in Layer 1 take"),
        (("--set", "cores=3"), "'cores=3' is not a setting; give name=value with one of engine, lanes"),
        (("--set", "lanes"), "'lanes' is not a setting"),
        (("--convention", "lane_sync=chaos"), "lane sync is 'chaos'; it must be 'lockstep', 'queue' or 'ideal'"),
        (("--hardware", "tpu"), "There is no hardware 'tpu'; choose one of a2q-like"),
    ],
)
def test_faults_are_one_sentence(call, run_id: str, arguments: tuple[str, ...], words: str) -> None:
    done = call("simulate", run_id, *arguments)
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err


def test_a_run_that_is_not_there(call) -> None:
    done = call("simulate", "nope")
    assert done.code == 2
    assert "No run starts with 'nope'" in done.err
