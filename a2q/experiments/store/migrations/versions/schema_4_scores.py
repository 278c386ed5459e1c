"""Scores are called scores: of a regression they are no accuracies."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Rename the columns, and have code that knows the old names refuse the store."""
    for part in ("train", "validation", "test"):
        # SQLite renames a column in place since 3.25, so the rows need not be copied as in a batch; MySQL wants the
        # type again.
        op.alter_column(
            "epochs",
            f"{part}_accuracy",
            new_column_name=f"{part}_score",
            existing_type=sa.Double(),
            existing_nullable=False,
        )
    op.execute("DELETE FROM store_version")
    op.execute("INSERT INTO store_version (version) VALUES (4)")
