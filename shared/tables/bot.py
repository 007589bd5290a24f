"""What the bot remembers between updates."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table

from shared.tables.columns import Long, metadata, thread_column

feature_flags: Final = Table(
    "feature_flags",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    comment="writer: notifier. Features of the bot that an operator switched; the others are on",
)

bot_updates: Final = Table(
    "bot_updates",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Long, nullable=False, comment="the update as JSON; empty once it is handled"),
    Column("received_at", BigInteger, nullable=False),
    Column("handled_at", BigInteger, nullable=False, default=0, server_default="0", comment="0: not yet"),
    Index("ix_bot_updates_handled_at", "handled_at", "received_at"),
    comment="writer: notifier. Updates of the webhook, each handled once",
)

bot_positions: Final = Table(
    "bot_positions",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("position", BigInteger, nullable=False),
    comment="writer: notifier. How far lists of Telegram are read",
)

dialogs: Final = Table(
    "dialogs",
    metadata,
    Column("chat_id", String(64), primary_key=True, comment="Telegram chat id"),
    Column("user_id", String(64), primary_key=True),
    thread_column(primary_key=True, autoincrement=False),
    Column("state", String(64), nullable=False, comment="what the bot expects; empty: nothing"),
    Column("data", Long, nullable=False, comment="JSON object; empty: none"),
    Column("updated_at", BigInteger, nullable=False),
    comment="writer: notifier",
)
