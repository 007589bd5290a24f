"""What a chat chose: zone, quiet hours, pace, industries; limits of conditions; notices, payments and flags of the bot."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
THREAD = "topic of a Telegram forum; 0: the chat itself"


def _columns() -> dict[str, list[sa.Column[Any]]]:
    return {
        "chats": [
            sa.Column("zone", sa.String(64), nullable=False, server_default="", comment="IANA time zone; empty: not chosen"),
            sa.Column("quiet_from", sa.Integer(), nullable=False, server_default="-1", comment="minute of the day; -1: none"),
            sa.Column("quiet_until", sa.Integer(), nullable=False, server_default="-1", comment="minute of the day"),
            sa.Column("silent", sa.Boolean(), nullable=False, server_default=sa.false(), comment="alerts make no sound"),
            sa.Column("pace", sa.String(8), nullable=False, server_default="auto", comment="each, auto or digest"),
            sa.Column("briefing", sa.Boolean(), nullable=False, server_default=sa.false(), comment="wants briefings"),
            sa.Column("premium_until", sa.BigInteger(), nullable=False, server_default="0"),
            sa.Column("dark", sa.Boolean(), nullable=False, server_default=sa.false(), comment="wants dark pictures"),
        ],
        "conditions": [
            sa.Column("cooldown", sa.BigInteger(), nullable=False, server_default="0", comment="milliseconds between two alerts"),
            sa.Column("expires_at", sa.BigInteger(), nullable=False, server_default="0", comment="0: never"),
            sa.Column("last_fired_at", sa.BigInteger(), nullable=False, server_default="0", comment="0: never"),
            sa.Column(
                "stopped", sa.String(16), nullable=False, server_default="", comment="why not enabled: paused, fired or flood"
            ),
        ],
        "deliveries": [
            sa.Column("kind", sa.String(8), nullable=False, server_default="signal", comment="signal or notice"),
            sa.Column("paced", sa.Boolean(), nullable=False, server_default=sa.true(), comment="counts for the pace of its chat"),
        ],
    }


def upgrade() -> None:
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
    op.create_index("ix_deliveries_channel_chat_id_updated_at", "deliveries", ["channel", "chat_id", "updated_at"])
    op.create_table(
        "watched_industries",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("chat_id", sa.String(255), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False, autoincrement=False, comment=THREAD),
        sa.Column("industry", sa.String(48), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat_id", "thread_id", "industry", name=op.f("pk_watched_industries")),
        comment="writer: notifier",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_watched_industries_industry", "watched_industries", ["industry"])
    op.create_table(
        "payments",
        sa.Column("charge_id", sa.String(128), nullable=False, comment="Telegram's telegram_payment_charge_id"),
        sa.Column("chat_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("payload", sa.String(128), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("paid_until", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=False),
        sa.Column("refunded_at", sa.BigInteger(), nullable=False, server_default="0", comment="0: not refunded"),
        sa.PrimaryKeyConstraint("charge_id", name=op.f("pk_payments")),
        comment="writer: notifier",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_payments_chat_id", "payments", ["chat_id"])
    op.create_table(
        "notices",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False, comment="broadcast or briefing"),
        sa.Column("audience", sa.String(64), nullable=False, comment="whom it is for, as in daily:ko"),
        sa.Column("body", LONG, nullable=False, comment="JSON: text by language"),
        sa.Column("state", sa.String(9), nullable=False, comment="draft, sending, sent or cancelled"),
        sa.Column("position", sa.String(255), nullable=False, server_default="", comment="the last chat that has its delivery"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        comment="writer: notifier",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_notices_state", "notices", ["state"])


def downgrade() -> None:
    for table in ("notices", "payments", "watched_industries"):
        op.drop_table(table)
    op.drop_index("ix_deliveries_channel_chat_id_updated_at", "deliveries")
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column.name)
