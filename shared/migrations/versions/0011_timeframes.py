"""Timeframes are compared with case: 1m is a minute and 1M a month. MySQL and MariaDB compare text without case by default."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("bars", "signals", "patterns", "conditions")
NEW = ("30m", "4h", "1M")


def upgrade() -> None:
    _alter("utf8mb4_bin", "a bar that lacks a finer one, such as a week of which a session has no bar")


def downgrade() -> None:
    for name in TABLES:
        table = sa.table(name, sa.column("timeframe"))
        op.execute(sa.delete(table).where(table.c.timeframe.in_(NEW)))
    _alter(None, "a week of which a session has no bar")


def _alter(collation: str | None, comment: str) -> None:
    if op.get_bind().dialect.name not in {"mysql", "mariadb"}:
        return
    for name in TABLES:
        compared = mysql.VARCHAR(4, charset="utf8mb4", collation=collation)
        op.alter_column(name, "timeframe", type_=compared, existing_type=sa.String(4), existing_nullable=False)
    op.alter_column(
        "bars",
        "incomplete",
        comment=comment,
        existing_type=sa.Boolean(),
        existing_nullable=False,
        existing_server_default=sa.false(),
    )
