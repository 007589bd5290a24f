"""Bars, and what they were before they were replaced."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, String, Table, false

from shared.tables.columns import Cased, metadata, symbol_column

bars: Final = Table(
    "bars",
    metadata,
    symbol_column(primary_key=True),
    Column("timeframe", Cased, primary_key=True),
    Column("ts_close", BigInteger, primary_key=True, autoincrement=False),
    Column("ts_open", BigInteger, nullable=False),
    Column("session", Integer, nullable=False, comment="yyyymmdd"),
    Column("open", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("close", Double, nullable=False),
    Column("volume", Double, nullable=False),
    Column("price_factor", Double, nullable=False, comment="adjusted price = raw x price_factor"),
    Column("split_factor", Double, nullable=False, comment="adjusted volume = raw / split_factor"),
    Column("source", String(24), nullable=False),
    Column("replayed", Boolean, nullable=False),
    Column(
        "incomplete",
        Boolean,
        nullable=False,
        default=False,
        server_default=false(),
        comment="a bar that lacks a finer one, such as a week of which a session has no bar",
    ),
    comment="writer: analysis live. Raw prices.",
)

bar_revisions: Final = Table(
    "bar_revisions",
    metadata,
    symbol_column(primary_key=True),
    Column("timeframe", Cased, primary_key=True),
    Column("ts_close", BigInteger, primary_key=True, autoincrement=False),
    Column("replaced_at", BigInteger, primary_key=True, autoincrement=False, comment="until then it was the known one"),
    Column("ts_open", BigInteger, nullable=False),
    Column("session", Integer, nullable=False, comment="yyyymmdd"),
    Column("open", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("close", Double, nullable=False),
    Column("volume", Double, nullable=False),
    Column("source", String(24), nullable=False),
    Column("replayed", Boolean, nullable=False),
    Column("incomplete", Boolean, nullable=False),
    Index("ix_bar_revisions_replaced_at", "replaced_at"),
    comment="writer: analysis live. Raw bars that others have replaced",
)

kept_since: Final = Table(
    "kept_since",
    metadata,
    Column("name", String(32), primary_key=True, comment="a table"),
    Column("since", BigInteger, nullable=False, comment="all rows of this time and later are kept; 0: all"),
    comment="writer: that of the table",
)
