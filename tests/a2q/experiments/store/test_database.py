import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.schema import CreateTable

from a2q.experiments.store import RunError, RunStore
from a2q.experiments.store.database import STORE_VERSION, UPGRADABLE, database_url, without_password
from a2q.experiments.store.schema import Base


def test_a_file_under_home_by_default(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)
    assert database_url() == f"sqlite:///{cache_home / 'runs.sqlite'}"
    with RunStore() as store:
        assert store.list() == []
    monkeypatch.setenv("A2Q_DATABASE_URL", f"sqlite:///{cache_home / 'deeper' / 'other.sqlite'}")
    with RunStore():
        assert (cache_home / "deeper" / "other.sqlite").is_file()


def test_readers_do_not_wait_for_writers(store: RunStore, cache_home: Path) -> None:
    connection = sqlite3.connect(cache_home / "runs.sqlite", isolation_level=None)
    try:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        connection.execute("BEGIN IMMEDIATE")
        assert store.list() == []
        with RunStore() as another:
            assert another.list() == []
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def test_opened_by_many_at_once_for_the_first_time(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)
    for attempt in range(5):
        monkeypatch.setenv("A2Q_HOME", str(cache_home / str(attempt)))
        gate = threading.Barrier(12)

        def open_it(_: int, gate: threading.Barrier = gate) -> int:
            gate.wait()
            with RunStore() as store:
                return len(store.list())

        with ThreadPoolExecutor(12) as pool:
            assert list(pool.map(open_it, range(12))) == [0] * 12


def _as_schema(version: int, file: Path) -> None:
    """Take away what later schemas added."""
    connection = sqlite3.connect(file)
    for since, table in ((2, "annotations"), (3, "selections")):
        if version < since:
            connection.execute(f"DROP TABLE {table}")
    connection.execute("UPDATE store_version SET version = ?", (version,))
    connection.commit()
    connection.close()


@pytest.mark.parametrize("version", UPGRADABLE)
def test_an_older_store_is_upgraded_and_keeps_everything(
    store: RunStore, small, cache_home: Path, version: int
) -> None:
    run = store.submit(small("seed=7"))
    store.put(run.id, {"in_degree": np.arange(80)})
    file = cache_home / "runs.sqlite"
    _as_schema(version, file)
    with RunStore() as upgraded:
        assert upgraded.get(run.id) == run
        assert upgraded.arrays(run.id)["in_degree"].tolist() == list(range(80))
        upgraded.annotations.change(run.id, starred=True)
        saved = upgraded.selections.save(run.id, "hubs", [3, 1])
    with RunStore() as again:
        assert again.annotations.of(run.id).starred
        assert again.selections.of(run.id) == [saved]
    connection = sqlite3.connect(file)
    assert connection.execute("SELECT version FROM store_version").fetchall() == [(STORE_VERSION,)]
    connection.close()


@pytest.mark.parametrize("version", UPGRADABLE)
def test_an_older_store_opened_by_many_at_once(store: RunStore, small, cache_home: Path, version: int) -> None:
    run = store.submit(small())
    store.close()
    _as_schema(version, cache_home / "runs.sqlite")
    gate = threading.Barrier(12)

    def open_it(_: int) -> str:
        gate.wait()
        with RunStore() as opened:
            return opened.list()[0].id

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(open_it, range(12))) == [run.id] * 12


def test_another_schema_is_refused(store: RunStore, cache_home: Path) -> None:
    connection = sqlite3.connect(cache_home / "runs.sqlite")
    connection.execute("UPDATE store_version SET version = 7")
    connection.commit()
    connection.close()
    with pytest.raises(RunError, match=rf"has schema 7; .* writes schema {STORE_VERSION}\. Use the version that made"):
        RunStore()


@pytest.mark.parametrize(
    "url",
    [
        "no address with hunter2",
        "nosuchbase://me:hunter2@host/runs",
        "postgresql+nosuchdriver://me:hunter2@host/runs",
        "postgresql://me:hunter2@host:port/runs",
        "mysql+pymysql://me:hunter2@127.0.0.1:1/runs?password=hunter2",
    ],
)
def test_a_malformed_address_is_one_sentence_without_the_password(url: str) -> None:
    with pytest.raises(RunError) as caught:
        RunStore(url)
    told = str(caught.value)
    assert "hunter2" not in told
    assert "check $A2Q_DATABASE_URL, or unset it" in told
    assert "\n" not in told


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    file.write_text("Dear diary, " * 500)
    with pytest.raises(RunError, match="file is not a database"):
        RunStore(f"sqlite:///{file}")


def test_a_home_that_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain").write_text("")
    monkeypatch.setenv("A2Q_HOME", str(tmp_path / "plain"))
    with pytest.raises(RunError, match="cannot be opened"):
        RunStore()


def test_the_address_is_shown_without_secrets() -> None:
    assert without_password("postgresql://me:hunter2@host/runs?sslkey=hunter2") == "postgresql://me:***@host/runs"
    assert without_password("hunter2") == "the given address"


def test_servers_keep_times_and_checkpoints_whole() -> None:
    tables = Base.metadata.tables
    mysql_runs, mysql_arrays = (
        str(CreateTable(tables[name]).compile(dialect=mysql.dialect())) for name in ("runs", "arrays")
    )
    assert "heartbeat DOUBLE" in mysql_runs
    assert "payload LONGBLOB" in mysql_arrays
    postgres = str(CreateTable(tables["runs"]).compile(dialect=postgresql.dialect()))
    assert "heartbeat DOUBLE PRECISION" in postgres
