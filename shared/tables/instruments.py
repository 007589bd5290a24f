"""The universe: what is followed, where it trades, and the state of its sources."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, false

from shared.tables.columns import Long, metadata, symbol_column

industries: Final = Table(
    "industries",
    metadata,
    Column("industry", String(48), primary_key=True, comment="slug, as in semiconductors"),
    Column("name_en", String(96), nullable=False),
    Column("name_ko", String(96), nullable=False),
    comment="writer: ingest",
)

instruments: Final = Table(
    "instruments",
    metadata,
    symbol_column(primary_key=True),
    Column("name_en", String(160), nullable=False),
    Column("name_ko", String(160), nullable=False),
    Column("exchange", String(16), nullable=False, comment="code in shared.calendars.CALENDARS"),
    Column("currency", String(8), nullable=False),
    Column("kind", String(16), nullable=False, comment="index, future, stock, etf, fx or crypto"),
    Column("sector", String(64), nullable=False, default=""),
    Column("aliases", Long, nullable=False, comment="JSON array of names that news use"),
    Column("active", Boolean, nullable=False, default=True),
    Column("negative", Boolean, nullable=False, default=False, server_default=false(), comment="the price may be 0 or below"),
    comment="writer: ingest",
)

instrument_industries: Final = Table(
    "instrument_industries",
    metadata,
    Column("symbol", String(32), ForeignKey("instruments.symbol"), primary_key=True),
    Column("industry", String(48), ForeignKey("industries.industry"), primary_key=True),
    comment="writer: ingest",
)

markets: Final = Table(
    "markets",
    metadata,
    Column("market", String(48), primary_key=True, comment="slug, as in us; none is an industry too"),
    Column("place", Integer, nullable=False, comment="the first one that holds an instrument says its benchmarks"),
    Column("name_en", String(96), nullable=False),
    Column("name_ko", String(96), nullable=False),
    Column("exchanges", String(255), nullable=False, comment="JSON array of codes in shared.calendars.CALENDARS"),
    Column("suffix", String(16), nullable=False, comment="what the symbols end in; empty: any"),
    Column("benchmarks", String(255), nullable=False, comment="JSON array of symbols, the first choice first"),
    comment="writer: ingest",
)

ingest_cursors: Final = Table(
    "ingest_cursors",
    metadata,
    Column("cursor", String(128), primary_key=True, comment="replay:TAPE or history:SYMBOL:TIMEFRAME"),
    Column("position", Long, nullable=False, comment="JSON; how far this source has been published"),
    Column("updated_at", BigInteger, nullable=False),
    comment="writer: ingest",
)

sources: Final = Table(
    "sources",
    metadata,
    Column("source", String(24), primary_key=True, comment="yahoo-stream, yahoo-poll or yahoo-history"),
    Column("target", String(255), nullable=False, comment="the host that is asked"),
    Column("state", String(8), nullable=False, comment="idle, ok or failing"),
    Column("reason", String(24), nullable=False, comment="why it fails; empty unless it does"),
    Column("detail", String(255), nullable=False, comment="the error in full"),
    Column("since", BigInteger, comment="when it failed first since it last worked"),
    Column("retry_at", BigInteger, comment="when it is tried again"),
    Column("updated_at", BigInteger, nullable=False, comment="when ingest last reported"),
    comment="writer: ingest",
)
