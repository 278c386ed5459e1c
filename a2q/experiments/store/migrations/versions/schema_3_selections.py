"""Nodes that people save under a name."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGBLOB

revision = "3"
down_revision = "2"

_BYTES = sa.LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    """Make the table, where a store whose making was cut off has none."""
    op.create_table(
        "selections",
        sa.Column("run_id", sa.String(12), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("num_nodes", sa.Integer, nullable=False),
        sa.Column("payload", _BYTES, nullable=False),
        sa.UniqueConstraint("run_id", "name"),
        if_not_exists=True,
    )
