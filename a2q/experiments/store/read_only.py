"""A database that is looked at and never changed."""

from typing import Any

from sqlalchemy import Engine, event

from a2q.experiments.store.errors import RunError


class ReadOnlyError(RunError):
    """Something was to be written to a store that was opened for reading."""


def refuse_changes(engine: Engine) -> None:
    """Let no INSERT, UPDATE or DELETE reach the database of ``engine``, whoever asks.

    Every such statement raises :class:`ReadOnlyError` before it is sent.
    """

    @event.listens_for(engine, "before_execute")
    def refuse(_connection: Any, statement: Any, *_: Any) -> None:
        if getattr(statement, "is_dml", False):
            raise ReadOnlyError("This server is read-only (A2Q_READONLY): nothing can be started, changed or deleted.")
