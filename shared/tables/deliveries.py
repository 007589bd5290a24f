"""What is sent to chats."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, true

from shared.tables.columns import Blob, Long, metadata, thread_column

notices: Final = Table(
    "notices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False, comment="broadcast or briefing"),
    Column("audience", String(64), nullable=False, comment="whom it is for, as in daily:ko"),
    Column("body", Long, nullable=False, comment="JSON: text by language"),
    Column("state", String(9), nullable=False, comment="draft, sending, sent or cancelled"),
    Column("position", String(255), nullable=False, default="", server_default="", comment="the last chat that has its delivery"),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_notices_state", "state"),
    comment="writer: notifier",
)

briefings: Final = Table(
    "briefings",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(8), nullable=False, comment="daily or weekly"),
    Column("market", String(48), nullable=False),
    Column("day", Integer, nullable=False, comment="yyyymmdd: the session, or the last one of the week"),
    Column("language", String(2), nullable=False),
    Column("audience", String(32), nullable=False, comment="hash of zone, watchlist and industries; empty: for everyone"),
    Column("body", Long, nullable=False, comment="Briefing as JSON"),
    Column("picture", Blob, nullable=False, comment="PNG; empty where there is none"),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_briefings_audience_day_id", "audience", "day", "id"),
    Index("ix_briefings_created_at", "created_at"),
    comment="writer: notifier",
)

deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("signal_id", String(32), primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("chat_id", String(255), primary_key=True),
    thread_column(primary_key=True, autoincrement=False),
    Column("status", String(8), nullable=False, comment="pending, sending, sent, unknown, failed, expired or muted"),
    Column("tries", Integer, nullable=False, default=0),
    Column("unknowns", Integer, nullable=False, default=0, comment="tries that were written but never answered"),
    Column("next_try_at", BigInteger, nullable=False, default=0),
    Column("message_id", String(64), nullable=False, default=""),
    Column("error", String(255), nullable=False, default=""),
    Column("body", Long, nullable=False, comment="the Signal event as JSON"),
    Column("traceparent", String(64), nullable=False, default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("to_report", Boolean, nullable=False, default=False, comment="its outcome is not yet on notify.deliveries.v1"),
    Column(
        "kind",
        String(8),
        nullable=False,
        default="signal",
        server_default="signal",
        comment="signal, notice, story, briefing, or edit of a story's message",
    ),
    Column("paced", Boolean, nullable=False, default=True, server_default=true(), comment="counts for the pace of its chat"),
    Column(
        "priority",
        Integer,
        nullable=False,
        default=2,
        server_default="2",
        comment="which come first: 0 own conditions, 1 premium chats, 2 others, 3 texts for many",
    ),
    Index("ix_deliveries_channel_chat_id_updated_at", "channel", "chat_id", "updated_at"),
    Index("ix_deliveries_status_next_try_at", "status", "next_try_at"),
    Index("ix_deliveries_to_report", "to_report"),
    comment="writer: notifier",
)
