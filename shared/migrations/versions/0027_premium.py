"""Subscriptions, members of the premium channel, flags, updates by webhook, unreachable chats, timeframes of channels."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
CASED = mysql.VARCHAR(128, charset="utf8mb4", collation="utf8mb4_bin")
FOLDED = mysql.VARCHAR(128, charset="utf8mb4")


def _columns() -> dict[str, list[sa.Column[Any]]]:
    number: dict[str, Any] = {"nullable": False, "server_default": "0"}
    text: dict[str, Any] = {"nullable": False, "server_default": ""}
    return {
        "payments": [
            sa.Column("subscription_id", sa.String(128), comment="charge_id of its first payment; empty: not renewed", **text),
            sa.Column("cancelled_at", sa.BigInteger(), comment="when its renewal was cancelled; 0: it is renewed", **number),
        ],
        "chats": [
            sa.Column("blocked_at", sa.BigInteger(), comment="since when it cannot be reached; 0: it can", **number),
            sa.Column("timeframes", sa.String(64), comment="of its signals, separated by commas; empty: all", **text),
        ],
        "conditions": [
            sa.Column("recent", sa.String(255), comment="JSON array: times of its last alerts, for the stop of a flood", **text),
        ],
    }


def upgrade() -> None:
    _charge_id(CASED, FOLDED)
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
    op.create_index("ix_chats_premium_until", "chats", ["premium_until"])
    op.create_index("ix_chats_blocked_at", "chats", ["blocked_at"])
    op.create_table(
        "premium_members",
        sa.Column("chat_id", sa.String(64), nullable=False, comment="the person's private chat"),
        sa.Column("place", sa.String(64), nullable=False, comment="the premium channel"),
        sa.Column("invite_link", sa.String(255), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False, server_default="0", comment="when admitted; 0: not yet"),
        sa.Column("next_try_at", sa.BigInteger(), nullable=False, server_default="0", comment="of removing the person"),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_premium_members")),
        comment="writer: notifier",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "feature_flags",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feature_flags")),
        comment="writer: notifier. Features of the bot that an operator switched; the others are on",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "bot_updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", LONG, nullable=False, comment="the update as JSON; empty once it is handled"),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("handled_at", sa.BigInteger(), nullable=False, server_default="0", comment="0: not yet"),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_bot_updates")),
        comment="writer: notifier. Updates of the webhook, each handled once",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_bot_updates_handled_at", "bot_updates", ["handled_at", "received_at"])
    op.create_table(
        "bot_positions",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bot_positions")),
        comment="writer: notifier. How far lists of Telegram are read",
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    for table in ("bot_positions", "bot_updates", "feature_flags", "premium_members"):
        op.drop_table(table)
    op.drop_index("ix_chats_blocked_at", "chats")
    op.drop_index("ix_chats_premium_until", "chats")
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column.name)
    _charge_id(FOLDED, CASED)


def _charge_id(kind: Any, before: Any) -> None:
    """Two charges may differ in the case of a letter alone. SQLite compares by case anyway."""
    if op.get_bind().dialect.name in {"mysql", "mariadb"}:
        comment = "Telegram's telegram_payment_charge_id"
        op.alter_column(
            "payments", "charge_id", type_=kind, existing_type=before, existing_nullable=False, existing_comment=comment
        )
