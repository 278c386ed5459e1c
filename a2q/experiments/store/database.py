"""Opening the run store's database: SQLite under $A2Q_HOME, or the server in $A2Q_DATABASE_URL."""

import json
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool

from a2q.experiments.store.errors import RunError
from a2q.experiments.store.patience import patiently
from a2q.experiments.store.schema import Base, EpochRow, StoreRevision, StoreVersion
from a2q.faults import machine_fault
from a2q.home import home

SCHEMA = "4"
"""What this code reads and writes: the newest revision in :mod:`a2q.experiments.store.migrations`."""
UNFINISHED = "base"
"""What a store has whose making was cut off before schema 4."""
UPGRADABLE = (UNFINISHED, "1", "2", "3")
"""Older schemas that :func:`open_database` turns into today's."""
OLDER_CODE_READS = 4
"""In :class:`StoreVersion`."""
LOCK_SECONDS = 30.0
"""How long a change waits for another process that writes to a SQLite file."""
OPEN_ATTEMPTS = 5
OPEN_AGAIN_SECONDS = 0.1
OPEN_SECONDS = 4.0
# PostgreSQL's own client waits for a server out of reach as long as the system does, minutes.
CONNECT_SECONDS = 5
# Held to the end of the transaction by the one process that makes or upgrades the store; the others wait for it.
_LOCKS = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(2752013)"}


def database_url() -> str:
    """$A2Q_DATABASE_URL, or a SQLite file ``runs.sqlite`` under $A2Q_HOME."""
    # A folder's name may hold what means something in an address: %, ? and #.
    own = URL.create("sqlite", database=str(home() / "runs.sqlite"))
    return os.environ.get("A2Q_DATABASE_URL") or own.render_as_string()


def open_database(url: str, lock_seconds: float = LOCK_SECONDS, patience: float = 0.0) -> Engine:
    """Connect, make the tables of a new store, upgrade an older schema, and check that it is the one this code writes.

    A store is made and upgraded in one transaction, by one process while others wait, on SQLite and PostgreSQL; what
    the store held stays.

    Args:
        url: SQLAlchemy address.
        lock_seconds: how long a change waits while another process writes to a SQLite file.
        patience: for how many seconds a server that does not answer is asked again.

    Raises:
        RunError: the address is malformed, the server cannot be reached, or the schema is another one.
    """
    engine, schema = None, None
    try:
        engine = _engine(url, lock_seconds)
        schema = patiently(lambda: _tried(_schema, engine), patience)
        if schema is None or schema in UPGRADABLE:
            schema = patiently(lambda: _tried(_up_to_date, engine), patience)
    except (ArgumentError, NoSuchModuleError, DBAPIError, ImportError, OSError, ValueError) as error:
        if engine is not None:
            engine.dispose()
        if schema is not None:
            raise RunError(
                f"The run store at {without_password(url)} has an older schema and cannot be upgraded "
                f"({_first_line(error)}); open it once with the right to change its tables, or use the version that "
                "made it."
            ) from error
        told = machine_fault(error) if sqlite_file(url) is not None else None
        if told is not None:
            raise RunError(f"The run store at {without_password(url)} cannot be opened. {told}") from error
        file = sqlite_file(url)
        if isinstance(error, OSError) and file is not None and not os.environ.get("A2Q_DATABASE_URL"):
            raise RunError(
                f"The folder {file.parent} for runs cannot be made or read ({error.strerror}); "
                "set $A2Q_HOME to one that can."
            ) from error
        raise RunError(
            f"The run store at {without_password(url)} cannot be opened ({_first_line(error)}); "
            "check $A2Q_DATABASE_URL, or unset it to use a file under $A2Q_HOME."
        ) from error
    if schema != SCHEMA:
        engine.dispose()
        raise RunError(
            f"The run store at {without_password(url)} has schema {schema}; this version of A²Q Studio "
            f"writes schema {SCHEMA}. Use the version that made it, or point $A2Q_HOME elsewhere."
        )
    return engine


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite store; None of a server, of another address, and where SQLite itself reads an address."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        return None
    own = address.get_backend_name() == "sqlite" and address.database and not address.database.startswith("file:")
    return Path(str(address.database)) if own else None


def file_is_read_only(url: str) -> bool:
    """Whether the store is a SQLite file that cannot be written here: on a read-only file system, or another user's."""
    file = sqlite_file(url)
    return file is not None and file.is_file() and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def without_password(url: str) -> str:
    """The address as it may be shown."""
    try:
        return make_url(url).set(query={}).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "the given address"


def without_secrets(url: str) -> str:
    """The address without its password: whoever opens it needs one of the surroundings, as PGPASSWORD."""
    address = make_url(url)
    query = {name: value for name, value in address.query.items() if "pass" not in name.lower()}
    # set() takes None for "as it is".
    public = URL.create(
        address.drivername,
        username=address.username,
        host=address.host,
        port=address.port,
        database=address.database,
        query=query,
    )
    return public.render_as_string()


def _engine(url: str, lock_seconds: float) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        bounded = address.get_driver_name() in ("psycopg", "psycopg2") and "connect_timeout" not in address.query
        return create_engine(
            url,
            pool_pre_ping=True,
            json_deserializer=_json_or_text,
            connect_args={"connect_timeout": CONNECT_SECONDS} if bounded else {},
        )
    file = sqlite_file(url)
    if file is not None and file_is_read_only(url):
        return create_engine(
            "sqlite://", creator=lambda: read_only_connection(file), poolclass=NullPool, json_deserializer=_json_or_text
        )
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    # Workers, pages and the command line write at once: wait for a lock rather than fail.
    engine = create_engine(url, connect_args={"timeout": lock_seconds}, json_deserializer=_json_or_text)
    event.listen(engine, "connect", _tune_sqlite)
    return engine


def read_only_connection(file: Path) -> sqlite3.Connection:
    """A connection to a file that cannot be written.

    SQLite opens such a file with a log (-wal) only where it finds the log's index (-shm), which it cannot make. Without
    a log all is in the file itself, and no index is looked for where the file is said not to change.
    """
    log = file.with_name(f"{file.name}-wal")
    how = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    return sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, check_same_thread=False)


def _json_or_text(stored: str) -> Any:
    """What JSON says; text that is none stays text, so that one damaged row is no fault of all that are read with it:
    whoever reads the row checks what it holds."""
    try:
        return json.loads(stored)
    except (ValueError, RecursionError):
        return stored


def _tried(step: Callable[[Engine], str | None], engine: Engine) -> str | None:
    """What a step returns that another process may disturb: SQLite does not wait for a lock to set WAL, and servers
    without one of ``_LOCKS`` refuse to make a table twice."""
    end = time.monotonic() + OPEN_SECONDS
    attempt = 1
    while True:
        try:
            return step(engine)
        except (OperationalError, IntegrityError):
            # A lock that lasts, or a server out of reach, has taken its time already.
            if attempt == OPEN_ATTEMPTS or time.monotonic() > end:
                raise
        attempt += 1
        time.sleep(OPEN_AGAIN_SECONDS)


def _schema(engine: Engine) -> str | None:
    """The schema of the store, None where there is none yet."""
    with engine.connect() as connection:
        return _schema_on(connection)


def _schema_on(connection: Connection) -> str | None:
    tables = inspect(connection)
    for table, version in (
        (StoreRevision.__tablename__, StoreRevision.version_num),
        (StoreVersion.__tablename__, StoreVersion.version),
    ):
        if tables.has_table(table) and (found := connection.scalar(select(version))) is not None:
            return str(found)
    epochs = EpochRow.__tablename__
    if tables.has_table(epochs) and "train_accuracy" in {column["name"] for column in tables.get_columns(epochs)}:
        return UNFINISHED
    return None


def _up_to_date(engine: Engine) -> str | None:
    """Make or upgrade the store, and return the schema that it has then: another process may have done so already."""
    with engine.begin() as connection:
        if lock := _LOCKS.get(engine.dialect.name):
            connection.exec_driver_sql(lock)
        schema = _schema_on(connection)
        if schema is None:
            Base.metadata.create_all(connection)
            connection.execute(insert(StoreRevision).values(version_num=SCHEMA))
            connection.execute(insert(StoreVersion).values(version=OLDER_CODE_READS))
        elif schema in UPGRADABLE:
            # Importing Alembic takes half a second, which a store of today's schema need not pay.
            from a2q.experiments.store.migrations import upgrade

            upgrade(connection, schema)
        return _schema_on(connection)


def _tune_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # WAL lets pages read while workers write; NORMAL is safe with it and spares a disk flush per epoch batch.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _first_line(error: Exception) -> str:
    if isinstance(error, ImportError) and error.name:
        return f"its driver, the package {error.name}, is not installed"
    return str(getattr(error, "orig", None) or error).splitlines()[0]
