"""Conditions that users write."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "conditions",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("chat_id", sa.String(length=255), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="what the chat calls it"),
        sa.Column("condition_id", sa.String(length=32), nullable=False, comment="Condition.id: the same for all who ask the same"),
        sa.Column("condition_text", LONG, nullable=False, comment="Condition.text: the normal form"),
        sa.Column("timeframe", sa.String(length=4), nullable=False),
        sa.Column(
            "frequency", sa.String(length=24), nullable=False, comment="once_per_bar_close, or once_per_bar: forming bars too"
        ),
        sa.Column("scope", sa.String(length=8), nullable=False, comment="symbols, industry or watched"),
        sa.Column("targets", LONG, nullable=False, comment="JSON array of symbols or industries; empty for watched"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("extra", LONG, nullable=False, comment="JSON array of a column of each indicator that runs for it alone"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat_id", "number", name=op.f("pk_conditions")),
        comment="writer: notifier",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_conditions_condition_id", "conditions", ["condition_id"], unique=False)


def downgrade() -> None:
    op.drop_table("conditions")
