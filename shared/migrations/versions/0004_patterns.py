"""Chart patterns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "patterns",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("timeframe", sa.String(length=4), nullable=False),
        sa.Column("pattern", sa.String(length=48), nullable=False),
        sa.Column("direction", sa.String(length=6), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False, comment="forming, confirmed, failed or target"),
        sa.Column("ts_event", sa.BigInteger(), nullable=False, comment="close of the bar of its newest status"),
        sa.Column("body", LONG, nullable=False, comment="the newest Pattern event as JSON"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patterns")),
        comment="writer: analysis live",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_patterns_ts_event", "patterns", ["ts_event"], unique=False)
    op.create_index("ix_patterns_symbol_ts_event", "patterns", ["symbol", "ts_event"], unique=False)


def downgrade() -> None:
    op.drop_table("patterns")
