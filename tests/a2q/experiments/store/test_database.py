import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from a2q.experiments.store import RunError, RunStore, database
from a2q.experiments.store.database import SCHEMA, UNFINISHED, UPGRADABLE, database_url, without_password
from a2q.experiments.store.read_only import ReadOnlyError
from a2q.experiments.store.schema import Base
from a2q.training import EpochMetrics


def test_a_file_under_home_by_default(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)
    assert database_url() == f"sqlite:///{cache_home / 'runs.sqlite'}"
    with RunStore() as store:
        assert store.list() == []
    monkeypatch.setenv("A2Q_DATABASE_URL", f"sqlite:///{cache_home / 'deeper' / 'other.sqlite'}")
    with RunStore():
        assert (cache_home / "deeper" / "other.sqlite").is_file()


@pytest.mark.parametrize("name", ["job_a%2Fb", "what?now", "a#b", "100%", "a b+c&d=é", "file:x?mode=ro"])
def test_a_home_of_any_name_holds_the_store(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)
    monkeypatch.setenv("A2Q_HOME", str(tmp_path / name))
    with RunStore() as store:
        assert store.list() == []
        # What workers are given leads to the same file.
        with RunStore(store.url) as again:
            assert again.list() == []
        assert (tmp_path / name / "runs.sqlite").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


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


def _as_schema(version: str, file: Path) -> None:
    """Take away what later schemas changed; "base" has the first tables and says of no schema."""
    connection = sqlite3.connect(file)
    connection.execute("DROP TABLE alembic_version")
    for part in ("train", "validation", "test"):
        connection.execute(f"ALTER TABLE epochs RENAME COLUMN {part}_score TO {part}_accuracy")
    for since, table in (("2", "annotations"), ("3", "selections")):
        if version == UNFINISHED or version < since:
            connection.execute(f"DROP TABLE {table}")
    if version == UNFINISHED:
        connection.execute("DROP TABLE store_version")
        connection.execute("DROP INDEX ix_runs_state")
    else:
        connection.execute("UPDATE store_version SET version = ?", (int(version),))
    connection.commit()
    connection.close()


@pytest.mark.parametrize("version", UPGRADABLE)
def test_an_older_store_is_upgraded_and_keeps_everything(
    store: RunStore, small, cache_home: Path, version: str
) -> None:
    run = store.submit(small("seed=7"))
    store.put(run.id, {"in_degree": np.arange(80)})
    epoch = EpochMetrics(1, 2.0, 0.5, 0.75, 0.625, 0.25, 1.5, 4.0, [[0] * 9], 0.01)
    store.add_epochs(run.id, [epoch])
    file = cache_home / "runs.sqlite"
    _as_schema(version, file)
    with RunStore() as upgraded:
        assert upgraded.get(run.id) == run
        assert upgraded.epochs(run.id) == [epoch]
        assert upgraded.arrays(run.id)["in_degree"].tolist() == list(range(80))
        upgraded.annotations.change(run.id, starred=True)
        saved = upgraded.selections.save(run.id, "hubs", [3, 1])
    with RunStore() as again:
        assert again.annotations.of(run.id).starred
        assert again.selections.of(run.id) == [saved]
    assert _schemas(file) == ([(SCHEMA,)], [(4,)])


@pytest.mark.parametrize("version", UPGRADABLE)
def test_an_older_store_opened_by_many_at_once(store: RunStore, small, cache_home: Path, version: str) -> None:
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


def test_a_failing_upgrade_leaves_the_store_as_it_was(store: RunStore, cache_home: Path) -> None:
    store.close()
    file = cache_home / "runs.sqlite"
    _as_schema("1", file)
    connection = sqlite3.connect(file)
    connection.execute("ALTER TABLE epochs DROP COLUMN test_accuracy")
    before = connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    with pytest.raises(RunError, match=r"older schema and cannot be upgraded \(.*test_accuracy.*\); open it once"):
        RunStore()
    assert connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall() == before
    assert connection.execute("SELECT version FROM store_version").fetchall() == [(1,)]
    connection.close()


def test_a_read_only_server_upgrades_an_older_store_and_changes_no_more(
    store: RunStore, small, cache_home: Path
) -> None:
    run = store.submit(small())
    store.close()
    _as_schema("2", cache_home / "runs.sqlite")
    with RunStore(store.url, read_only=True) as shown:
        assert shown.list() == [run]
        with pytest.raises(ReadOnlyError):
            shown.submit(small())
    assert _schemas(cache_home / "runs.sqlite") == ([(SCHEMA,)], [(4,)])


def test_an_older_store_that_may_not_be_changed(store: RunStore, cache_home: Path) -> None:
    store.close()
    file = cache_home / "runs.sqlite"
    _as_schema("3", file)
    with pytest.raises(RunError, match=r"older schema and cannot be upgraded \(attempt to write a readonly database\)"):
        RunStore(f"sqlite:///file:{file}?mode=ro&uri=true")


def test_a_store_that_may_not_be_changed(store: RunStore, small, cache_home: Path) -> None:
    run = store.submit(small())
    with RunStore(f"sqlite:///file:{cache_home / 'runs.sqlite'}?mode=ro&uri=true") as shown:
        assert shown.list() == [run]


def test_a_store_of_today_is_opened_without_the_tools_of_an_upgrade(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is None there cannot be imported.
    monkeypatch.setitem(sys.modules, "a2q.experiments.store.migrations", None)
    monkeypatch.setitem(sys.modules, "alembic", None)
    with RunStore() as again:
        assert again.list() == []


@pytest.mark.parametrize(
    "newer",
    [
        "UPDATE alembic_version SET version_num = '7'",
        "UPDATE store_version SET version = 7; DROP TABLE alembic_version",
    ],
    ids=["of Alembic's", "of the table before"],
)
def test_another_schema_is_refused(store: RunStore, cache_home: Path, newer: str) -> None:
    connection = sqlite3.connect(cache_home / "runs.sqlite")
    connection.executescript(newer)
    connection.close()
    with pytest.raises(RunError, match=rf"has schema 7; .* writes schema {SCHEMA}\. Use the version that made"):
        RunStore()


def _schemas(file: Path) -> tuple[list, list]:
    """What the store says of its schema, to today's code and to code before Alembic."""
    connection = sqlite3.connect(file)
    tables = "alembic_version", "store_version"
    now, before = (connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables)
    connection.close()
    return now, before


def test_a_new_store_says_its_schema(store: RunStore, cache_home: Path) -> None:
    assert _schemas(cache_home / "runs.sqlite") == ([(SCHEMA,)], [(4,)])


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
    with pytest.raises(
        RunError, match=r"^The folder .*plain for runs cannot be made or read .*; set \$A2Q_HOME to one"
    ):
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


def test_a_full_disk_is_told_where_the_store_is_opened(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OperationalError("PRAGMA journal_mode=WAL", {}, Exception("database or disk is full"))

    monkeypatch.setattr(database, "OPEN_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(database, "_schema", full)
    with pytest.raises(RunError, match=r"cannot be opened\. The disk of \$A2Q_HOME .* is full; free space there"):
        RunStore()
