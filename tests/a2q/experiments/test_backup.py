import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from a2q.experiments.backup import back_up
from a2q.experiments.store import RunError, RunStore
from a2q.training import EpochMetrics


def epoch(number: int) -> EpochMetrics:
    return EpochMetrics(number, 0.5, 0.1, 0.9, 0.8, 0.7, 0.6, 3.25, [[1] * 9], 0.004)


@pytest.fixture
def own_graph(cache_home: Path) -> Path:
    """The folder of an imported graph, as far as copying goes, and a draft beside it."""
    folder = cache_home / "imports" / "own-0123456789ab"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text("{}")
    (folder.parent / ".draft-1").mkdir()
    return folder


def test_a_backup_is_a_home_with_all_runs_and_graphs(
    store: RunStore, small, own_graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = store.submit(small()).id
    store.add_epochs(run_id, [epoch(1)])
    store.put_payloads(run_id, {"checkpoint": b"bytes"})
    store.annotations.change(run_id, note="kept")
    # What lies in the log alone, which a copy of the file lacks.
    shutil.copy(own_graph.parents[1] / "runs.sqlite", tmp_path / "alone.sqlite")
    with sqlite3.connect(tmp_path / "alone.sqlite") as alone, pytest.raises(sqlite3.OperationalError):
        alone.execute("SELECT count(*) FROM runs")
    alone.close()
    target = tmp_path / "backups" / "monday"
    made = back_up(target)
    assert (made.runs, made.graphs) == (1, 1)
    assert sorted(one.name for one in target.iterdir()) == ["imports", "runs.sqlite"]
    assert [one.name for one in (target / "imports").iterdir()] == [own_graph.name]
    assert [one.name for one in target.parent.iterdir()] == ["monday"], "no draft stays"
    monkeypatch.setenv("A2Q_HOME", str(target))
    with RunStore() as restored:
        assert restored.get(run_id) == store.get(run_id)
        assert restored.epochs(run_id) == [epoch(1)]
        assert restored.payload(run_id, "checkpoint") == b"bytes"
        assert restored.annotations.of(run_id).note == "kept"


def test_a_backup_while_a_run_writes_is_of_one_moment(
    store: RunStore, small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every epoch comes with a checkpoint that names it, in one transaction."""
    run_id = store.submit(small()).id
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        for number in range(1, 10_000):
            store.put_payloads(run_id, {f"{name}": str(number).encode() for name in ("checkpoint", "other")})
            begun.set()
            if stop.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        begun.wait()
        for number in range(3):
            back_up(tmp_path / f"{number}")
            with RunStore(f"sqlite:///{tmp_path}/{number}/runs.sqlite") as copied:
                pair = {copied.payload(run_id, name) for name in ("checkpoint", "other")}
            assert len(pair) == 1
            assert pair != {None}
    finally:
        stop.set()
        writer.join()


def test_what_cannot_be_backed_up_is_a_sentence(
    store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "something").touch()
    for target in (tmp_path / "taken", tmp_path / "taken" / "something"):
        with pytest.raises(RunError, match=r"is there already; name a folder that is new or empty"):
            back_up(target)
    with pytest.raises(RunError, match=r"cannot be written to .* \(File exists\); choose another place"):
        back_up(tmp_path / "taken" / "something" / "below")
    (tmp_path / "empty").mkdir()
    assert back_up(tmp_path / "empty").runs == 0
    monkeypatch.setenv("A2Q_DATABASE_URL", "postgresql+psycopg://a2q:s3cret@db/runs")
    with pytest.raises(RunError, match=r"only a SQLite file can be copied here: .* for PostgreSQL pg_dump") as caught:
        back_up(tmp_path / "server")
    assert "s3cret" not in str(caught.value)
    monkeypatch.delenv("A2Q_DATABASE_URL")
    monkeypatch.setenv("A2Q_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(RunError, match=r"There is no run store at .*nowhere"):
        back_up(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_a_damaged_store_is_not_taken_for_a_backup(store: RunStore, small, cache_home: Path, tmp_path: Path) -> None:
    for seed in range(30):
        store.submit(small(f"seed={seed}"))
    store.close()
    file = cache_home / "runs.sqlite"
    whole = file.read_bytes()
    content = bytearray(whole)
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    file.write_bytes(content)
    with pytest.raises(RunError, match=r"is damaged|cannot be copied"):
        back_up(tmp_path / "copy")
    file.write_bytes(whole)
    assert not (tmp_path / "copy").exists()
