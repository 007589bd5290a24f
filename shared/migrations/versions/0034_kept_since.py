"""Since when the rows of a table are all kept, and an index for the deletion of old revisions of bars."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_since",
        sa.Column("name", sa.String(32), nullable=False, comment="a table"),
        sa.Column("since", sa.BigInteger(), nullable=False, comment="all rows of this time and later are kept; 0: all"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_kept_since")),
        comment="writer: that of the table",
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_bar_revisions_replaced_at"), "bar_revisions", ["replaced_at"])
    connection = op.get_bind()
    first = connection.execute(sa.text("SELECT min(replaced_at) FROM bar_revisions")).scalar()
    stored = connection.execute(sa.text("SELECT 1 FROM bars LIMIT 1")).first() is not None
    since = 0 if not stored else int(first) if first is not None else time.time_ns() // 1_000_000
    connection.execute(sa.text("INSERT INTO kept_since (name, since) VALUES ('bar_revisions', :since)"), {"since": since})


def downgrade() -> None:
    op.drop_index(op.f("ix_bar_revisions_replaced_at"), "bar_revisions")
    op.drop_table("kept_since")
