"""Requested indicators that are not warmed up yet for every instrument; the bot shows it beside a condition."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "warm_ups",
        sa.Column("partition_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("indicators", LONG, nullable=False, comment="JSON array of their columns"),
        sa.Column("symbols_left", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partition_no", name=op.f("pk_warm_ups")),
        comment="writer: analysis live. A row a partition in which requested indicators are being warmed up",
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table("warm_ups")
