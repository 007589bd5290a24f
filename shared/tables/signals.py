"""What live analysis detects, its checkpoints, and the records of signals."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from shared.tables.columns import Blob, Cased, Long, metadata, symbol_column

signals: Final = Table(
    "signals",
    metadata,
    Column("id", String(32), primary_key=True),
    symbol_column(),
    Column("timeframe", Cased, nullable=False),
    Column("rule", String(48), nullable=False),
    Column("direction", String(4), nullable=False),
    Column("ts_event", BigInteger, nullable=False),
    Column("body", Long, nullable=False, comment="the Signal event as JSON"),
    Index("ix_signals_ts_event", "ts_event"),
    Index("ix_signals_symbol_ts_event", "symbol", "ts_event"),
    comment="writer: analysis live",
)

patterns: Final = Table(
    "patterns",
    metadata,
    Column("id", String(32), primary_key=True),
    symbol_column(),
    Column("timeframe", Cased, nullable=False),
    Column("pattern", String(48), nullable=False),
    Column("direction", String(6), nullable=False),
    Column("status", String(9), nullable=False, comment="forming, confirmed, failed or target"),
    Column("ts_event", BigInteger, nullable=False, comment="close of the bar of its newest status"),
    Column("body", Long, nullable=False, comment="the newest Pattern event as JSON"),
    Index("ix_patterns_ts_event", "ts_event"),
    Index("ix_patterns_symbol_ts_event", "symbol", "ts_event"),
    comment="writer: analysis live",
)

sequences: Final = Table(
    "sequences",
    metadata,
    Column("sequence_id", String(32), primary_key=True, comment="SignalSequence.id"),
    Column("sequence_text", Long, nullable=False, comment="SignalSequence.text: the normal form"),
    Column("scope", String(8), nullable=False, comment="all, symbols or industry"),
    Column("targets", Long, nullable=False, comment="JSON array of symbols or industries; empty for all"),
    Column("created_at", BigInteger, nullable=False),
    comment="writer: python -m services.analysis.sequences",
)

checkpoints: Final = Table(
    "checkpoints",
    metadata,
    Column("partition_no", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False, comment="in market.ticks.v1; compare-and-set on this"),
    Column("state_version", String(64), nullable=False, comment="hash of what shapes the state"),
    Column("state", Blob, nullable=False),
    Column("owner", String(96), nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    comment="writer: analysis live",
)

warm_ups: Final = Table(
    "warm_ups",
    metadata,
    Column("partition_no", Integer, primary_key=True, autoincrement=False),
    Column("indicators", Long, nullable=False, comment="JSON array of their columns"),
    Column("symbols_left", Integer, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    comment="writer: analysis live. A row a partition in which requested indicators are being warmed up",
)

signal_quality: Final = Table(
    "signal_quality",
    metadata,
    Column("id", String(32), primary_key=True, comment="hash of the columns up to horizon"),
    Column("rule", String(48), nullable=False),
    Column("params", String(255), nullable=False, comment="parameters_text of them"),
    Column("direction", String(4), nullable=False),
    Column("timeframe", Cased, nullable=False),
    Column("level", String(10), nullable=False, comment="instrument, industry or all"),
    Column("group_name", String(64), nullable=False, comment="symbol or industry; * for all"),
    Column("horizon", Integer, nullable=False, comment="bars"),
    Column("shown", Boolean, nullable=False, comment="of the horizons of one key and group the one that alerts show"),
    Column("validated", Boolean, nullable=False),
    Column("as_of", BigInteger, nullable=False, comment="close of the newest bar that was read"),
    Column("quality", Long, nullable=False, comment="SignalQuality as JSON"),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_signal_quality_rule_id", "rule", "id"),
    Index("ix_signal_quality_shown", "shown"),
    Index("ix_signal_quality_updated_at", "updated_at"),
    comment="writer: analysis research",
)
