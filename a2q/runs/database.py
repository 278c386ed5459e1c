"""Opening the run store's database: SQLite under $A2Q_HOME, or the server in $A2Q_DATABASE_URL."""

import os
from typing import Any

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from a2q.runs.errors import RunError
from a2q.runs.schema import Base, StoreVersion
from data import home

STORE_VERSION = 1


def database_url() -> str:
    """$A2Q_DATABASE_URL, or a SQLite file ``runs.sqlite`` under $A2Q_HOME."""
    return os.environ.get("A2Q_DATABASE_URL") or f"sqlite:///{home() / 'runs.sqlite'}"


def open_database(url: str) -> Engine:
    """Connect, create missing tables, and check that the schema is the one this code writes.

    Raises:
        RunError: the address is malformed, the server cannot be reached, or the schema is another one.
    """
    try:
        if make_url(url).get_backend_name() == "sqlite":
            home().mkdir(parents=True, exist_ok=True)
            # Workers, pages and the command line write at once: wait for a lock rather than fail.
            engine = create_engine(url, connect_args={"timeout": 30})
            event.listen(engine, "connect", _tune_sqlite)
        else:
            engine = create_engine(url, pool_pre_ping=True)
        Base.metadata.create_all(engine)
    except (ArgumentError, NoSuchModuleError, DBAPIError, OSError) as error:
        raise RunError(
            f"The run store at {_without_password(url)} cannot be opened ({_first_line(error)}); "
            "check $A2Q_DATABASE_URL, or unset it to use a file under $A2Q_HOME."
        ) from error
    _check_version(engine, url)
    return engine


def _check_version(engine: Engine, url: str) -> None:
    with Session(engine) as session, session.begin():
        version = session.scalar(select(StoreVersion.version))
        if version is None:
            session.merge(StoreVersion(version=STORE_VERSION))
        elif version != STORE_VERSION:
            raise RunError(
                f"The run store at {_without_password(url)} has schema {version}; this version of A²Q Studio "
                f"writes schema {STORE_VERSION}. Use the version that made it, or point $A2Q_HOME elsewhere."
            )


def _tune_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # WAL lets pages read while workers write; NORMAL is safe with it and spares a disk flush per epoch batch.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "the given address"


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
