"""Opening the run store's database: SQLite under $A2Q_HOME, or the server in $A2Q_DATABASE_URL."""

import os
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, delete, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from a2q.datasets import home
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.schema import Base, StoreVersion

STORE_VERSION = 3
UPGRADABLE = (1, 2)
"""Older schemas that :func:`open_database` turns into today's; 2 has a table more than 1, of annotations, and 3 one
more, of selections."""
CREATE_ATTEMPTS = 5
CREATE_AGAIN_SECONDS = 0.1


def database_url() -> str:
    """$A2Q_DATABASE_URL, or a SQLite file ``runs.sqlite`` under $A2Q_HOME."""
    return os.environ.get("A2Q_DATABASE_URL") or f"sqlite:///{home() / 'runs.sqlite'}"


def open_database(url: str) -> Engine:
    """Connect, create missing tables, upgrade an older schema, and check that it is the one this code writes.

    An upgrade only adds: whatever the store held stays as it is.

    Raises:
        RunError: the address is malformed, the server cannot be reached, or the schema is another one.
    """
    engine = None
    try:
        engine = _engine(url)
        version = _version(engine)
        if version is None or version in UPGRADABLE:
            version = _create(engine)
    except (ArgumentError, NoSuchModuleError, DBAPIError, ImportError, OSError, ValueError) as error:
        if engine is not None:
            engine.dispose()
        raise RunError(
            f"The run store at {without_password(url)} cannot be opened ({_first_line(error)}); "
            "check $A2Q_DATABASE_URL, or unset it to use a file under $A2Q_HOME."
        ) from error
    if version != STORE_VERSION:
        engine.dispose()
        raise RunError(
            f"The run store at {without_password(url)} has schema {version}; this version of A²Q Studio "
            f"writes schema {STORE_VERSION}. Use the version that made it, or point $A2Q_HOME elsewhere."
        )
    return engine


def without_password(url: str) -> str:
    """The address as it may be shown."""
    try:
        return make_url(url).set(query={}).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "the given address"


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if address.database and not address.database.startswith("file:"):
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    # Workers, pages and the command line write at once: wait for a lock rather than fail.
    engine = create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _tune_sqlite)
    return engine


def _version(engine: Engine) -> int | None:
    """The schema of the store, None where there is none yet."""
    with Session(engine) as session:
        try:
            return session.scalar(select(StoreVersion.version))
        except (OperationalError, ProgrammingError):
            return None


def _create(engine: Engine) -> int | None:
    """Make the tables that are missing, and tell which schema the store has then: another process may make them
    just now."""
    for attempt in range(CREATE_ATTEMPTS):
        try:
            Base.metadata.create_all(engine)
            with Session(engine) as session, session.begin():
                session.execute(delete(StoreVersion).where(StoreVersion.version.in_(UPGRADABLE)))
                session.merge(StoreVersion(version=STORE_VERSION))
        except DBAPIError:
            if attempt + 1 == CREATE_ATTEMPTS and _version(engine) != STORE_VERSION:
                raise
            time.sleep(CREATE_AGAIN_SECONDS)
        else:
            break
    return _version(engine)


def _tune_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # WAL lets pages read while workers write; NORMAL is safe with it and spares a disk flush per epoch batch.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
