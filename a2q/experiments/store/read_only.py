"""A database that is looked at and never changed."""

from typing import Any

from sqlalchemy import Engine, event

from a2q.experiments.store.errors import RunError


class ReadOnlyError(RunError):
    """Something was to be written to a store that was opened for reading."""


READ_ONLY_SERVER = "This server is read-only (A2Q_READONLY): nothing can be started, changed or deleted."
READ_ONLY_FILE = "The run store at {url} cannot be written here: nothing can be started, changed or deleted."


def refuse_changes(engine: Engine, reason: str) -> None:
    """Let no INSERT, UPDATE or DELETE reach the database of ``engine``, whoever asks.

    Every such statement raises :class:`ReadOnlyError` with this reason before it is sent.
    """

    @event.listens_for(engine, "before_execute")
    def refuse(_connection: Any, statement: Any, *_: Any) -> None:
        if getattr(statement, "is_dml", False):
            raise ReadOnlyError(reason)
