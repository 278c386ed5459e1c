import os
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from io import StringIO
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url

from a2q.experiments.store import RunStore
from a2q.experiments.store.database import SCHEMA, UNFINISHED, UPGRADABLE
from a2q.experiments.store.migrations import settings, upgrade
from a2q.experiments.store.schema import Base

SERVER = "A2Q_TEST_POSTGRESQL"
"""SQLAlchemy address of a PostgreSQL server on which tests may make and drop databases."""


def tables(engine: Engine) -> dict[str, Any]:
    """Every table as the database describes it."""
    found = inspect(engine)
    return {
        name: (
            [column | {"type": str(column["type"])} for column in found.get_columns(name)],
            found.get_pk_constraint(name),
            found.get_foreign_keys(name),
            sorted(found.get_indexes(name), key=lambda index: index["name"] or ""),
            found.get_unique_constraints(name),
        )
        for name in found.get_table_names()
    }


def made_by_migrations(engine: Engine, first: str = UNFINISHED) -> None:
    with engine.begin() as connection:
        upgrade(connection, first)


@pytest.fixture
def server() -> Iterator[str]:
    """Address of an empty database on a PostgreSQL server."""
    if SERVER not in os.environ:
        pytest.skip(f"needs a PostgreSQL server in ${SERVER}")
    name = f"a2q_test_{uuid.uuid4().hex}"
    admin = create_engine(os.environ[SERVER], isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(os.environ[SERVER]).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def test_the_chain_of_schemas() -> None:
    steps = [script.revision for script in ScriptDirectory.from_config(settings()).walk_revisions()]
    assert [UNFINISHED, *reversed(steps)] == [*UPGRADABLE, SCHEMA]


def test_migrations_make_the_tables_that_new_stores_have(tmp_path: Path) -> None:
    step_by_step, at_once = (create_engine(f"sqlite:///{tmp_path / name}") for name in ("steps.sqlite", "new.sqlite"))
    made_by_migrations(step_by_step)
    Base.metadata.create_all(at_once)
    assert tables(step_by_step) == tables(at_once)
    step_by_step.dispose()
    at_once.dispose()


def test_a_server_renames_its_columns_in_place() -> None:
    sent = StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": sent})
    with Operations.context(context):
        import_module("a2q.experiments.store.migrations.versions.schema_4_scores").upgrade()
    lines = [line for line in sent.getvalue().splitlines() if line]
    assert lines == [
        *(f"ALTER TABLE epochs RENAME {part}_accuracy TO {part}_score;" for part in ("train", "validation", "test")),
        "DELETE FROM store_version;",
        "INSERT INTO store_version (version) VALUES (4);",
    ]


def test_a_server_gets_the_tables_that_new_stores_have(server: str) -> None:
    engine = create_engine(server)
    made_by_migrations(engine)
    step_by_step = tables(engine)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    assert step_by_step == tables(engine)
    engine.dispose()


def test_a_server_is_opened_by_many_at_once(server: str) -> None:
    def opened(gate: Barrier) -> int:
        gate.wait()
        with RunStore(server) as store:
            return len(store.list())

    def at_once() -> None:
        gate = Barrier(6)
        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(opened, [gate] * 6)) == [0] * 6

    at_once()
    engine = create_engine(server)
    new = tables(engine)
    with engine.begin() as connection:
        for table in ("alembic_version", "annotations", "selections"):
            connection.execute(text(f"DROP TABLE {table}"))
        for part in ("train", "validation", "test"):
            connection.execute(text(f"ALTER TABLE epochs RENAME {part}_score TO {part}_accuracy"))
        connection.execute(text("UPDATE store_version SET version = 1"))
    at_once()
    assert tables(engine) == new
    engine.dispose()
