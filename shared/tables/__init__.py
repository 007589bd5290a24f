"""The tables. Each has one writing service, named in its comment; others read. Times are milliseconds since the epoch, UTC."""

from __future__ import annotations

from shared.tables.bot import bot_positions, bot_updates, dialogs, feature_flags
from shared.tables.chats import alert_rules, chats, conditions, watched_industries, watchlists
from shared.tables.columns import metadata
from shared.tables.deliveries import briefings, deliveries, notices
from shared.tables.instruments import industries, ingest_cursors, instrument_industries, instruments, markets, sources
from shared.tables.keys import api_keys, audit_log, idempotency_keys, key_chats, link_codes
from shared.tables.news import (
    articles,
    feed_articles,
    feeds,
    news_owner,
    stories,
    story_history,
    story_labels,
    story_splits,
    story_vectors,
    translation_usage,
    translations,
)
from shared.tables.premium import payments, premium_members
from shared.tables.prices import bar_revisions, bars, kept_since
from shared.tables.research import research_runs
from shared.tables.signals import checkpoints, patterns, sequences, signal_quality, signals, warm_ups

__all__ = [
    "alert_rules",
    "api_keys",
    "articles",
    "audit_log",
    "bar_revisions",
    "bars",
    "bot_positions",
    "bot_updates",
    "briefings",
    "chats",
    "checkpoints",
    "conditions",
    "deliveries",
    "dialogs",
    "feature_flags",
    "feed_articles",
    "feeds",
    "idempotency_keys",
    "industries",
    "ingest_cursors",
    "instrument_industries",
    "instruments",
    "kept_since",
    "key_chats",
    "link_codes",
    "markets",
    "metadata",
    "news_owner",
    "notices",
    "patterns",
    "payments",
    "premium_members",
    "research_runs",
    "sequences",
    "signal_quality",
    "signals",
    "sources",
    "stories",
    "story_history",
    "story_labels",
    "story_splits",
    "story_vectors",
    "translation_usage",
    "translations",
    "warm_ups",
    "watched_industries",
    "watchlists",
]
