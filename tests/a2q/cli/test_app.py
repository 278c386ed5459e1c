import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console
from sqlalchemy.exc import OperationalError
from torch_geometric.io import fs

from a2q.cli import app as cli
from a2q.datasets import CATALOGUE, DatasetConfig
from a2q.experiments import worker
from a2q.experiments.presets import preset
from a2q.experiments.process import ProcessIdentity, identify, this_host
from a2q.experiments.store import RunError, RunStore, State
from a2q.experiments.store.history import CHECKPOINT
from a2q.methods import METHODS
from a2q.version import VERSION

ROOT = Path(__file__).parents[3]
SMALL = ["train", "generated-citations", "--set", "dataset.nodes=60", "--set", "training.epochs=3"]
KEYS = {
    "run",
    "dataset",
    "fold",
    "model",
    "method",
    "seed",
    "state",
    "test_accuracy",
    "test_accuracy_paper_protocol",
    "validation_accuracy",
    "average_bits",
    "compression",
    "full_bits_per_value",
    "seconds_per_epoch",
    "bits_unmoved",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("A2Q_SCHEDULER", "A2Q_DATABASE_URL", "A2Q_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def store() -> Iterator[RunStore]:
    with RunStore() as opened:
        yield opened


@pytest.fixture
def dispatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do queued runs at once and in this process."""

    def work(store: RunStore) -> None:
        for run in store.queue():
            store.claim(run.id, this_host(), None)
            store.assign_process(run.id, identify(), heartbeat=time.time() + 1)
            worker._do(store, store.get(run.id), identify())

    monkeypatch.setattr(cli, "dispatch", work)


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start nothing."""
    monkeypatch.setattr(cli, "dispatch", lambda _store: None)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command line in this process, ``call("runs", "--json")`` → code, out, err."""

    def run(*arguments: str) -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["a2q", *arguments])
        monkeypatch.setattr(cli, "out", Console(width=200))
        monkeypatch.setattr(cli, "progress_out", Console(stderr=True, width=200))
        try:
            code = cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return SimpleNamespace(code=code, out=told.out, err=told.err)

    return run


def test_the_version_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["a2q", "--version"])
    with pytest.raises(SystemExit, match=r"^0$"):
        cli.main()
    assert capsys.readouterr().out == f"a2q {VERSION}\n"


def test_train_prints_one_object_per_seed(call, dispatched: None) -> None:
    done = call(*SMALL, "--model", "gcn", "--method", "a2q", "--seeds", "0..2", "--json")
    assert done.code == 0, done.err
    rows = json.loads(done.out)
    assert [row["seed"] for row in rows] == [0, 1, 2]
    assert all(row.keys() >= KEYS for row in rows)
    assert {(row["dataset"], row["model"], row["method"], row["state"]) for row in rows} == {
        ("generated-citations", "gcn", "a2q", "finished")
    }
    for row in rows:
        assert 0 <= row["test_accuracy"] <= row["test_accuracy_paper_protocol"] <= 1
        assert 1 <= row["average_bits"] <= 8
        assert row["compression"] == pytest.approx(32 / row["average_bits"])
        assert row["seconds_per_epoch"] > 0


def test_train_prints_a_table(call, dispatched: None) -> None:
    done = call(*SMALL, "--method", "fp32")
    assert done.code == 0, done.err
    assert "generated-citations" in done.out
    assert "finished" in done.out
    assert "test accuracy" in done.out
    assert "fold" not in done.out
    assert "32" in done.out


def test_the_same_run_is_offered(call, dispatched: None) -> None:
    def run_ids(*more: str) -> list[str]:
        return [row["run"] for row in json.loads(call(*SMALL, "--seeds", "0,1", "--json", *more).out)]

    first = run_ids()
    assert run_ids() == first
    assert not set(run_ids("--again")) & set(first)
    assert len(set(run_ids("--set", "training.lr=0.02")) | set(first)) == 4


def test_a_failed_run_is_exit_code_1_and_a_sentence(
    call, dispatched: None, cache_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr(fs, "cp", unreachable)
    done = call("train", "cora", "--json")
    assert done.code == 1
    assert json.loads(done.out)[0]["state"] == "failed"
    (sentence,) = (line for line in done.err.splitlines() if "not on this machine" in line)
    assert sentence.startswith("cora · gcn · a2q · seed 0: Cora is not on this machine")
    assert str(cache_home / "datasets" / "Planetoid" / "Cora" / "raw") in sentence
    assert "connect to the network once, or set $A2Q_DATA to a folder" in sentence
    assert "Traceback" not in done.err


def test_reasons_are_not_taken_for_markup(call, idle: None, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(store: RunStore) -> None:
        for run in store.queue():
            store.claim(run.id, this_host(), None)
            store.close_run(run.id, State.FAILED, reason="Cannot read [/bold] [Errno 2].", stage="[/red]", log="[/x]")

    monkeypatch.setattr(cli, "dispatch", fail)
    done = call(*SMALL)
    assert done.code == 1
    assert "Cannot read [/bold] [Errno 2]." in done.err
    shown = call("show", store.list()[0].id)
    assert shown.code == 0
    assert "Cannot read [/bold] [Errno 2]." in shown.out
    assert "[/x]" in shown.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["train", "kora"], "kora"),
        (["train", "cora", "--model", "cnn"], "There is no model 'cnn'; choose one of gcn, gin, gat, sage."),
        (["train", "cora", "--method", "dq"], "There is no method 'dq'; choose one of a2q, uniform, degree-quant,"),
        (["train", "cora", "--method", "uniform", "--target-kib", "3"], "uniform learns no bits, so no target"),
        (["train", "cora", "--target-average-bits", "1.7", "--target-kib", "3"], "give one of them"),
        (["train", "cora", "--target-average-bits", "9"], "it must be less than or equal to 8"),
        (["train", "cora", "--folds", "0"], "fold"),
        (["train", "mutag", "--folds", "11"], "fold"),
        (["train", "cora", "--preset", "best"], "There is no preset 'best'; choose one of a2q,"),
        (["train", "cora", "--preset", "fp32", "--method", "a2q"], "leave one of the two out"),
        (["train", "cora", "--seeds", "9..0"], "Seeds are '9..0'; give a whole number"),
        (["train", "cora", "--seeds", "one"], "Seeds are 'one'"),
        (["train", "cora", "--seeds", "-1"], "Seeds are '-1'"),
        (["train", "cora", "--seeds", "99999999999"], "it must be less than"),
        (["train", "cora", "--set", "training.epochs"], "'training.epochs' is not a setting; write it as in"),
        (["train", "cora", "--set", "training.epoch=5"], "training epoch is not a setting; remove it."),
        (["train", "cora", "--set", "training.epochs=0"], "it must be greater than or equal to 1"),
        (["train", "cora", "--set", "training.epochs=ten"], "training epochs is 'ten'"),
        (["train", "cora", "--set", "training.lr=nan"], "training lr is 'nan'"),
        (["train", "cora", "--set", "training=5"], "training is '5'"),
        (["train", "cora", "--set", "speed.limit=5"], "names the group 'speed'"),
        (["train", "cora", "--set", "dataset.nodes=100"], "Cora has one size"),
        (["train", "cora", "--method", "fp32", "--set", "quantization.min_bits=2"], "quantization min bits is not a"),
        (["show", "zzz"], "No run starts with 'zzz'"),
        (["cancel", "zzz"], "No run starts with 'zzz'"),
        (["resume", "zzz"], "No run starts with 'zzz'"),
        (["delete", ""], "No run starts with ''"),
        (["runs", "--limit", "0"], "--limit"),
        (["train"], "Missing argument"),
        (["train", "cora", "--nonsense"], "--nonsense"),
        (["dance"], "dance"),
    ],
)
def test_bad_input_is_exit_code_2_and_a_sentence(call, idle: None, arguments: list[str], told: str) -> None:
    done = call(*arguments)
    assert done.code == 2
    assert told in done.err
    assert done.out == ""
    assert "Traceback" not in done.err


def test_bad_surroundings_are_exit_code_2_and_a_sentence(call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_WORKERS", "all")
    done = call(*SMALL)
    assert (done.code, done.out) == (2, "")
    assert done.err == "A2Q_WORKERS is 'all'; it must be a whole number of 1 or more.\n"
    monkeypatch.setenv("A2Q_DATABASE_URL", "nosuchbase://me:hunter2@host/runs")
    done = call("runs")
    assert (done.code, done.out) == (2, "")
    assert "check $A2Q_DATABASE_URL" in done.err
    assert "hunter2" not in done.err


def test_runs_can_be_looked_at_while_the_cluster_is_away(
    call, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: RunStore) -> None:
        raise RunError("No Dask scheduler answers.")

    monkeypatch.setattr(cli, "dispatch", away)
    assert call(*SMALL).code == 2
    listed = call("runs", "--json")
    assert listed.code == 0
    (row,) = json.loads(listed.out)
    assert row["state"] == "queued"
    assert listed.err == "No Dask scheduler answers.\n"
    assert call("show", row["run"]).code == 0
    cancelled = call("cancel", row["run"])
    assert cancelled.code == 0
    assert "is cancelled" in cancelled.out


def test_a_list_has_columns_for_the_folds_and_metrics_in_it(call, idle: None, store: RunStore) -> None:
    for name, metric, score in (("mutag", "accuracy", 0.875), ("zinc", "mae", 0.4321)):
        run = store.submit(preset("uniform", DatasetConfig(name=name)))
        store.claim(run.id, "elsewhere", None)
        store.finish(run.id, {"metric": metric, "test_score": score, "average_bits": 4.0})
    told = call("runs").out
    assert all(heading in told for heading in ("fold", "test accuracy", "test mae"))
    regression, classification = (line for line in told.splitlines() if "uniform" in line)
    assert "0.432" in regression and "%" not in regression
    assert "87.5%" in classification
    rows = json.loads(call("runs", "--json").out)
    assert [row["metric"] for row in rows] == ["mae", "accuracy"]
    assert (rows[0]["test_mae"], rows[1]["test_accuracy"]) == (0.4321, 0.875)
    assert not {"test_accuracy", "validation_accuracy"} & rows[0].keys()


def test_what_must_be_said_of_a_result_is_the_last_line(call, idle: None, store: RunStore) -> None:
    run = store.submit(preset("uniform", DatasetConfig(name="karate-club")))
    store.claim(run.id, "elsewhere", None)
    result = {"metric": "accuracy", "test_score": 0.5, "average_bits": 4.0, "constant_score": 0.612, "test_items": 29}
    store.finish(run.id, result)
    told = "No better than always answering the most frequent class, 61.2%."
    done = call("train", "karate-club", "--method", "uniform", "--json")
    assert [row["run"] for row in json.loads(done.out)] == [run.id]
    assert done.err.splitlines()[-1].endswith(f": {told}")
    assert json.loads(call("show", run.id, "--json").out)["notices"] == [told]
    assert told in call("show", run.id).out


def test_a_missed_target_is_told_below_the_list(call, idle: None, store: RunStore) -> None:
    for told in ("", "asked for 2.5 average bits, delivered 2.13"):
        run = store.submit(preset("a2q", DatasetConfig(name="cora")))
        store.claim(run.id, "elsewhere", None)
        summary = {"metric": "accuracy", "test_score": 0.8, "average_bits": 2.13, "missed_target": told}
        store.finish(run.id, summary)
    (line,) = (line for line in call("runs").out.splitlines() if "missed" in line)
    missed = "The target for the bits was missed: asked for 2.5 average bits, delivered 2.13."
    assert line == f"{run.title} ({run.id}): {missed}"


@pytest.mark.parametrize("name", METHODS)
def test_a_method_starts_from_the_preset_of_its_name(call, idle: None, store: RunStore, name: str) -> None:
    call("train", "cora", "--method", name, "--detach")
    assert store.list()[0].config == preset(name, DatasetConfig(name="cora"))


def test_auto_searches_first_and_the_run_holds_what_was_found(
    call, idle: None, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("a2q.experiments.auto.TRIALS", 3)
    told = call(*SMALL, "--auto", "--detach", "--method", "uniform", "--set", "model.dropout=0.25").err.strip()
    (run,) = store.list()
    assert told.startswith("Found by a search of 3 settings of the FP32 network in ")
    assert f"width {run.config.model.hidden}," in told
    assert f"weight decay {run.config.training.weight_decay:g}," in told
    # What is asked for stays, whatever is found.
    assert run.config.model.dropout == 0.25
    assert (
        call(*SMALL, "--auto", "--detach", "--method", "fp32").err.strip().startswith("Found by an earlier search of 3")
    )
    assert store.list()[0].config.training.weight_decay == run.config.training.weight_decay


def test_why_settings_were_chosen_is_told(call, idle: None, store: RunStore) -> None:
    told = call("train", "karate-club", "--detach", "--json").err
    decay = store.list()[0].config.training.weight_decay
    assert told.startswith(f"Chosen for this graph: weight decay {decay:g}, ")
    assert not call("train", "cora", "--detach", "--json").err


def test_a_preset_of_another_name_than_its_method(call, idle: None, store: RunStore) -> None:
    call("train", "cora", "--method", "a2q", "--preset", "a2q-paper", "--model", "gat", "--detach")
    assert store.list()[0].config == preset("a2q-paper", DatasetConfig(name="cora"), "gat")


def test_no_runs_yet(call, idle: None) -> None:
    assert "No runs yet; `python -m a2q train" in call("runs").out
    assert json.loads(call("runs", "--json").out) == []


def test_runs_whose_bits_have_not_moved_say_so(call, dispatched: None) -> None:
    told = "bits equal their start: uniform INT3"
    learning = [*SMALL, "--method", "a2q", "--set", "quantization.initial_bits=3", "--target-average-bits"]
    still, moving = call(*learning, "3", "--set", "training.lr_bits=0"), call(*learning, "2")
    assert still.code == moving.code == 0
    rows = {row["run"]: row["bits_unmoved"] for row in json.loads(call("runs", "--json").out)}
    assert list(rows.values()) == [None, told]
    assert "bits unmoved" in call("runs").out
    still_id, moving_id = (next(run for run, said in rows.items() if said == one) for one in (told, None))
    assert f"bits_unmoved: {told}" in call("show", still_id).out
    assert "bits_unmoved: –" in call("show", moving_id).out
    assert call("delete", still_id).code == 0
    assert "unmoved" not in call("runs").out


def test_the_life_of_a_run(call, idle: None, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    queued = call(*SMALL, "--detach", "--json")
    assert queued.code == 0
    (row,) = json.loads(queued.out)
    assert row.keys() >= KEYS
    assert (row["state"], row["test_accuracy"]) == ("queued", None)
    run_id = row["run"]
    assert call("delete", run_id).code == 2
    assert call("resume", run_id).code == 2
    cancelled = call("cancel", run_id[:6])
    assert (cancelled.code, cancelled.out) == (0, f"Run {run_id} is cancelled.\n")
    again = call("cancel", run_id)
    assert again.code == 2
    assert "is cancelled already" in again.err
    resumed = call("resume", run_id, "--detach")
    assert (resumed.code, resumed.out) == (0, f"Run {run_id} is queued.\n")
    shown = call("show", run_id, "--json")
    details = json.loads(shown.out)
    assert details["state"] == "queued"
    assert details["config"]["training"]["epochs"] == 3
    store.cancel(run_id)
    assert call("delete", run_id[:6]).out == f"Run {run_id} is deleted.\n"
    assert call("show", run_id).code == 2


def test_a_worker_that_does_not_answer_is_told_and_its_run_can_be_taken_from_it(
    call, idle: None, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "MOST_CANCEL_SECONDS", 0.0)
    run_id = store.submit(preset("a2q", DatasetConfig(name="karate-club"))).id
    store.claim(run_id, "elsewhere", 0)
    store.assign_process(run_id, ProcessIdentity("elsewhere", 1, 1.0), heartbeat=time.time() + 1)
    told = call("cancel", run_id[:6])
    assert told.code == 2
    assert f"Run {run_id} is running still" in told.err
    assert f"`a2q release {run_id}` takes the run from it" in told.err
    released = call("release", run_id[:6])
    assert released.code == 0
    assert f"Run {run_id} is released. Its worker on elsewhere ends" in released.out
    assert store.get(run_id).state == State.CANCELLED, "its end was asked for"
    assert store.taken_slots("elsewhere") == set()
    again = call("release", run_id)
    assert (again.code, "is not running" in again.err) == (2, True)


def test_resume_waits_for_the_end(call, dispatched: None, store: RunStore) -> None:
    (row,) = json.loads(call(*SMALL, "--json").out)
    run = store.submit(store.get(row["run"]).config)
    store.cancel(run.id)
    done = call("resume", run.id)
    assert (done.code, done.out) == (0, f"Run {run.id} is finished.\n")
    shown = call("show", run.id)
    assert shown.code == 0
    assert "test_accuracy: 0." in shown.out or "test_accuracy: 1" in shown.out


def test_resume_can_start_over(call, idle: None, store: RunStore) -> None:
    run_id = store.submit(preset("a2q", DatasetConfig(name="karate-club"))).id
    store.put_payloads(run_id, {CHECKPOINT: b"damaged"})
    for options, kept in (((), b"damaged"), (("--start-over",), None)):
        store.cancel(run_id)
        assert call("resume", run_id, "--detach", *options).code == 0
        assert store.get(run_id).state == State.QUEUED
        assert store.payload(run_id, CHECKPOINT) == kept


def test_backup_copies_everything_to_a_folder(call, store: RunStore, tmp_path: Path) -> None:
    store.submit(preset("a2q", DatasetConfig(name="karate-club")))
    target = tmp_path / "copy"
    made = call("backup", str(target))
    assert made.code == 0
    assert f"Copied 1 run and 0 own graphs to {target}" in made.out
    assert (target / "runs.sqlite").is_file()
    again = call("backup", str(target))
    assert (again.code, "is there already" in again.err) == (2, True)


def test_datasets(call) -> None:
    rows = json.loads(call("datasets", "--json").out)
    assert [row["name"] for row in rows] == list(CATALOGUE)
    ready = {row["name"]: row["ready"] for row in rows}
    assert ready["generated-citations"]
    assert not ready["cora"]
    table = call("datasets").out
    assert all(name in table for name in CATALOGUE)


def test_ctrl_c_cancels_and_is_exit_code_130(call, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "dispatch", lambda _: None)
    (somebody_elses,) = json.loads(call(*SMALL, "--detach", "--json").out)

    presses = iter([signal.SIGINT])

    def interrupted(_: RunStore) -> None:
        for number in presses:
            signal.raise_signal(number)

    monkeypatch.setattr(cli, "dispatch", interrupted)
    done = call(*SMALL, "--seeds", "0..2", "--json")
    assert (done.code, done.out) == (130, "")
    assert "Cancelled the runs that were still active." in done.err
    states = {run.id: run.state for run in store.list()}
    assert states.pop(somebody_elses["run"]) == State.QUEUED
    assert list(states.values()) == [State.CANCELLED] * 2


def test_ctrl_c_in_a_terminal(store: RunStore) -> None:
    command = [sys.executable, "-m", "a2q", *SMALL[:-1], "training.epochs=10000", "--seeds", "0,1", "--json"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "A2Q_WORKERS": "1", "OMP_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        end = time.monotonic() + 240
        while not any(run.process for run in store.list()) and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        told, faults = process.communicate()
    assert process.returncode == 130
    assert told == ""
    assert "Traceback" not in faults
    assert "Cancelled the runs that were still active." in faults
    while any(run.is_active for run in store.list()):
        assert time.monotonic() < end
        time.sleep(0.02)
    assert [run.state for run in store.list()] == [State.CANCELLED] * 2
    # The worker, still loading its libraries, would find its run cancelled; no test needs to wait for that.
    for run in store.list():
        if run.process is not None and run.process.is_alive:
            os.kill(run.process.pid, signal.SIGKILL)


def test_a_target_on_the_command_line_takes_the_presets_place(
    call, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "dispatch", lambda _: None)
    for options in (["--target-average-bits", "1.4"], ["--target-kib", "9"], []):
        call("train", "cora", *options, "--detach")
    quantized = [run.config.quantization for run in store.list()]
    default = preset("a2q", DatasetConfig(name="cora")).quantization.target_average_bits
    assert [(found.target_average_bits, found.target_kib) for found in quantized] == [
        (default, None),
        (None, 9),
        (1.4, None),
    ]


def test_folds_and_seeds_make_a_run_each(call, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "dispatch", lambda _: None)
    call("train", "mutag", "--folds", "0..2", "--seeds", "0,1", "--model", "gcn", "--method", "uniform", "--detach")
    configs = [run.config for run in store.list()]
    assert {(config.dataset.fold, config.seed) for config in configs} == {(f, s) for f in (0, 1, 2) for s in (0, 1)}
    assert {(config.model.name, config.method) for config in configs} == {("gcn", "uniform")}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "is full; free space there"),
        (OperationalError("SELECT", {}, Exception("database or disk is full")), "is full; free space there"),
        (OperationalError("SELECT", {}, Exception("database is locked")), "was locked by another program"),
        (OperationalError("SELECT", {}, Exception("server closed")), "did not answer"),
    ],
)
def test_faults_of_the_machine_are_sentences(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, told: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    assert cli.main() == 1
    assert told in " ".join(capsys.readouterr().err.split())


def test_another_fault_of_the_system_is_no_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(OSError, match="Input/output"):
        cli.main()
