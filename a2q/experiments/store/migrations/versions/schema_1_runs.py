"""Runs, their epochs and their arrays."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGBLOB

revision = "1"
down_revision = None

_BYTES = sa.LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    """Make the tables; a store whose making was cut off has some of them."""
    op.create_table(
        "runs",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("digest", sa.String(16), nullable=False),
        sa.Column("config", sa.JSON, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("started", sa.Double),
        sa.Column("ended", sa.Double),
        sa.Column("heartbeat", sa.Double),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        sa.Column("launcher", sa.String(200), nullable=False),
        sa.Column("handed_over", sa.Double),
        sa.Column("host", sa.String(255)),
        sa.Column("slot", sa.Integer),
        sa.Column("pid", sa.Integer),
        sa.Column("process_started", sa.Double),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("progress", sa.Double, nullable=False),
        sa.Column("versions", sa.JSON, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("summary", sa.JSON),
        sa.UniqueConstraint("host", "slot"),
        if_not_exists=True,
    )
    for column in ("digest", "state", "created"):
        op.create_index(f"ix_runs_{column}", "runs", [column], if_not_exists=True)
    op.create_table("store_version", sa.Column("version", sa.Integer, primary_key=True), if_not_exists=True)
    op.create_table(
        "epochs",
        sa.Column("run_id", sa.String(12), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True),
        sa.Column("loss", sa.Double, nullable=False),
        sa.Column("penalty", sa.Double, nullable=False),
        sa.Column("train_accuracy", sa.Double, nullable=False),
        sa.Column("validation_accuracy", sa.Double, nullable=False),
        sa.Column("test_accuracy", sa.Double, nullable=False),
        sa.Column("validation_loss", sa.Double, nullable=False),
        sa.Column("average_bits", sa.Double, nullable=False),
        sa.Column("bit_counts", sa.JSON, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "arrays",
        sa.Column("run_id", sa.String(12), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True),
        sa.Column("payload", _BYTES, nullable=False),
        if_not_exists=True,
    )
