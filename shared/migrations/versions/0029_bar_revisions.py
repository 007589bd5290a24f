"""Stored bars as they were before they were restated."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    cased = sa.String(4).with_variant(mysql.VARCHAR(4, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb")
    op.create_table(
        "bar_revisions",
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("timeframe", cased, nullable=False),
        sa.Column("ts_close", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), autoincrement=False, nullable=False, comment="until then it was the known one"),
        sa.Column("ts_open", sa.BigInteger(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False, comment="yyyymmdd"),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("open", "high", "low", "close", "volume")),
        sa.Column("source", sa.String(24), nullable=False),
        sa.Column("replayed", sa.Boolean(), nullable=False),
        sa.Column("incomplete", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("symbol", "timeframe", "ts_close", "replaced_at", name=op.f("pk_bar_revisions")),
        comment="writer: analysis live. Raw bars that others have replaced",
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table("bar_revisions")
