"""The run store's tables, in SQL that every server SQLAlchemy speaks understands."""

from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, Double, ForeignKey, LargeBinary, PrimaryKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.dialects.mysql import LONGBLOB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# MySQL's BLOB ends at 64 KiB.
_BYTES = LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")


class State(StrEnum):
    """Where a run is: queued → running → finished, failed, cancelled or interrupted."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


ACTIVE = (State.QUEUED, State.RUNNING)
RESUMABLE = (State.INTERRUPTED, State.CANCELLED, State.FAILED)


class Base(DeclarativeBase):
    """All tables of the run store."""

    # MySQL's FLOAT has single precision: times since 1970 would be off by minutes.
    type_annotation_map: ClassVar[dict[Any, Any]] = {float: Double}


class RunRow(Base):
    """One run. Times are seconds since 1970; ``slot`` is the place it holds on its host while it runs."""

    __tablename__ = "runs"
    # Two dispatchers may try to fill the same slot at the same moment: the database lets one of them.
    __table_args__ = (UniqueConstraint("host", "slot"),)

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    digest: Mapped[str] = mapped_column(String(16), index=True)
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    log: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[float] = mapped_column(index=True)
    started: Mapped[float | None]
    ended: Mapped[float | None]
    heartbeat: Mapped[float | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    launcher: Mapped[str] = mapped_column(String(200), default="")
    handed_over: Mapped[float | None]
    host: Mapped[str | None] = mapped_column(String(255))
    slot: Mapped[int | None]
    pid: Mapped[int | None]
    process_started: Mapped[float | None]
    stage: Mapped[str] = mapped_column(Text, default="")
    progress: Mapped[float] = mapped_column(default=0.0)
    versions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    source: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class EpochRow(Base):
    """One epoch of one run."""

    __tablename__ = "epochs"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    loss: Mapped[float]
    penalty: Mapped[float]
    train_score: Mapped[float]
    validation_score: Mapped[float]
    test_score: Mapped[float]
    validation_loss: Mapped[float]
    average_bits: Mapped[float]
    bit_counts: Mapped[list[list[int]]] = mapped_column(JSON)
    seconds: Mapped[float]


class ArrayRow(Base):
    """One compressed array of one run; ``epoch`` 0 holds the latest (at the end: the reported) values."""

    __tablename__ = "arrays"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    payload: Mapped[bytes] = mapped_column(_BYTES)


class AnnotationRow(Base):
    """What people noted on one run; runs that nobody noted anything on have none. Since schema 2."""

    __tablename__ = "annotations"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    starred: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(Text, default="")


class SelectionRow(Base):
    """Nodes of one run that somebody saved under a name; links hold the id. Since schema 3."""

    __tablename__ = "selections"
    __table_args__ = (UniqueConstraint("run_id", "name"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    created: Mapped[float]
    num_nodes: Mapped[int]
    payload: Mapped[bytes] = mapped_column(_BYTES)


class StoreRevision(Base):
    """The schema a database has, the newest of its migrations, in the table that Alembic keeps; one row."""

    __tablename__ = "alembic_version"
    __table_args__ = (PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),)

    version_num: Mapped[str] = mapped_column(String(32))


class StoreVersion(Base):
    """The schema as code before Alembic looks it up; one row. Up to schema 3 it says which one it is; later ones all
    say 4, so that such code refuses a store whose columns it does not know."""

    __tablename__ = "store_version"

    version: Mapped[int] = mapped_column(primary_key=True)
