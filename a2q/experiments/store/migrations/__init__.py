"""Alembic migrations that turn an older run store into today's; a new store is made from its schema alone.

To change a table, change it in :mod:`a2q.experiments.store.schema`, add a module to ``versions`` that does the same to
a store of the schema before, and name its revision, the next number, as ``SCHEMA`` in
:mod:`a2q.experiments.store.database`. A migration that was released stays as it is.
"""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

_FOLDER = Path(__file__).parent
# Alembic hands the connection to the migrations in global variables.
_one_at_a_time = threading.Lock()


def settings() -> Config:
    """Where Alembic finds the migrations; it needs no ``alembic.ini``."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def upgrade(connection: Connection, schema: str) -> None:
    """Bring a store to the newest schema, within the connection's transaction.

    Args:
        connection: in a transaction that keeps other processes from upgrading too.
        schema: the revision that the store has, "base" where only some of its first tables were made.
    """
    config = settings()
    config.attributes["connection"] = connection
    with _one_at_a_time:
        # Schemas 1 to 3 are older than Alembic here: their stores do not say so in its own table.
        command.stamp(config, schema)
        command.upgrade(config, "head")
