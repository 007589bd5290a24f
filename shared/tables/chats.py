"""Chats with their settings, watchlists and alerts."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, String, Table, false

from shared.tables.columns import Cased, Long, metadata, symbol_column, thread_column

chats: Final = Table(
    "chats",
    metadata,
    Column("channel", String(16), primary_key=True, comment="telegram, webhook or console"),
    Column("chat_id", String(255), primary_key=True, comment="Telegram chat id, webhook name, or console"),
    Column("user_id", String(64), nullable=False, default="", comment="who may change its settings"),
    Column("kind", String(16), nullable=False, comment="private, group, webhook or console"),
    Column("language", String(2), nullable=False, default="ko"),
    Column("active", Boolean, nullable=False, default=True),
    Column("watch_all", Boolean, nullable=False, default=False),
    Column("watch_all_thread_id", BigInteger, nullable=False, default=0, comment="topic that gets the signals of all instruments"),
    Column("unvalidated", Boolean, nullable=False, default=False, comment="wants predictions without a validated record too"),
    Column("muted_until", BigInteger, nullable=False, default=0),
    Column("created_at", BigInteger, nullable=False),
    Column("zone", String(64), nullable=False, default="", server_default="", comment="IANA time zone; empty: not chosen"),
    Column("quiet_from", Integer, nullable=False, default=-1, server_default="-1", comment="minute of the day; -1: none"),
    Column("quiet_until", Integer, nullable=False, default=-1, server_default="-1", comment="minute of the day"),
    Column("silent", Boolean, nullable=False, default=False, server_default=false(), comment="alerts make no sound"),
    Column("pace", String(8), nullable=False, default="auto", server_default="auto", comment="each, auto or digest"),
    Column("briefings", String(8), nullable=False, default="off", server_default="off", comment="off, daily, weekly or both"),
    Column(
        "briefing_markets",
        String(255),
        nullable=False,
        default="",
        server_default="",
        comment="slugs, separated by commas; empty: those of what it watches",
    ),
    Column("briefing_thread_id", BigInteger, nullable=False, default=0, server_default="0", comment="topic that gets briefings"),
    Column("premium_until", BigInteger, nullable=False, default=0, server_default="0"),
    Column("dark", Boolean, nullable=False, default=False, server_default=false(), comment="wants dark pictures"),
    Column("news_from", Double, nullable=False, default=0.0, server_default="0", comment="importance of news alerts; 0: none"),
    Column(
        "blocked_at",
        BigInteger,
        nullable=False,
        default=0,
        server_default="0",
        comment="since when it cannot be reached; 0: it can",
    ),
    Column(
        "timeframes",
        String(64),
        nullable=False,
        default="",
        server_default="",
        comment="of its signals, separated by commas; empty: all",
    ),
    Index("ix_chats_watch_all", "watch_all"),
    Index("ix_chats_premium_until", "premium_until"),
    Index("ix_chats_blocked_at", "blocked_at"),
    comment="writer: notifier",
)

watchlists: Final = Table(
    "watchlists",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("chat_id", String(255), primary_key=True),
    thread_column(primary_key=True, autoincrement=False),
    symbol_column(primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_watchlists_symbol", "symbol"),
    comment="writers: notifier, gateway",
)

watched_industries: Final = Table(
    "watched_industries",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("chat_id", String(255), primary_key=True),
    thread_column(primary_key=True, autoincrement=False),
    Column("industry", String(48), primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_watched_industries_industry", "industry"),
    comment="writer: notifier",
)

alert_rules: Final = Table(
    "alert_rules",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("chat_id", String(255), primary_key=True),
    Column("rule", String(48), primary_key=True, comment="a rule type; no rows for a chat means all types"),
    Column("wanted", Boolean, nullable=False),
    comment="writers: notifier, gateway",
)

conditions: Final = Table(
    "conditions",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("chat_id", String(255), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="what the chat calls it"),
    thread_column(),
    Column("condition_id", String(32), nullable=False, comment="Condition.id: the same for all who ask the same"),
    Column("condition_text", Long, nullable=False, comment="Condition.text: the normal form"),
    Column("timeframe", Cased, nullable=False),
    Column("frequency", String(24), nullable=False, comment="once_per_bar_close, once_per_bar (forming bars too), or once"),
    Column("scope", String(8), nullable=False, comment="symbols, industry or watched"),
    Column("targets", Long, nullable=False, comment="JSON array of symbols or industries; empty for watched"),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("extra", Long, nullable=False, comment="JSON array of a column of each indicator that runs for it alone"),
    Column("created_at", BigInteger, nullable=False),
    Column("cooldown", BigInteger, nullable=False, default=0, server_default="0", comment="milliseconds between two alerts"),
    Column("expires_at", BigInteger, nullable=False, default=0, server_default="0", comment="0: never"),
    Column("last_fired_at", BigInteger, nullable=False, default=0, server_default="0", comment="0: never"),
    Column(
        "stopped",
        String(16),
        nullable=False,
        default="",
        server_default="",
        comment="why not enabled: paused, fired or flood",
    ),
    Column(
        "recent",
        String(255),
        nullable=False,
        default="",
        server_default="",
        comment="JSON array: times of its last alerts, for the stop of a flood",
    ),
    Index("ix_conditions_condition_id", "condition_id"),
    comment="writers: notifier, gateway",
)
