"""Reads bars, signals and instruments from the tables that ingest and analysis write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
import structlog
from sqlalchemy import Select, Table, and_, func, or_, select

from services.gateway.adapters.read_connections import ReadConnections
from services.gateway.domain import api_models
from services.gateway.domain.bar_windows import BarWindow, StoredRows
from services.gateway.domain.feeds import StoredFeed
from services.gateway.domain.filters import PatternFilter, QualityFilter, SignalFilter, StoredQuality
from services.gateway.domain.industries import Industry
from services.gateway.domain.instrument_directory import InstrumentDirectory
from services.gateway.domain.source_health import StoredSourceHealth
from services.gateway.domain.stored_bars import json_rows
from shared import tables
from shared.db import Database
from shared.events import Pattern, Signal, SignalQuality, Timeframe

T = TypeVar("T")
log: Final = structlog.get_logger("gateway.history")

_signal: Final = msgspec.json.Decoder(Signal).decode
_pattern: Final = msgspec.json.Decoder(Pattern).decode
_quality: Final = msgspec.json.Decoder(SignalQuality).decode
_aliases: Final = msgspec.json.Decoder(list[str]).decode

BARS: Final = (
    "SELECT ts_close, ts_open, session, open, high, low, close, volume, price_factor, split_factor, source, replayed, incomplete "
    "FROM bars WHERE symbol = ? AND timeframe = ? AND ts_close BETWEEN ? AND ? ORDER BY ts_close {order} LIMIT ?"
)
NEWEST_BARS, OLDEST_BARS = BARS.format(order="DESC"), BARS.format(order="ASC")


@dataclass(frozen=True)
class TableHistory:
    """``domain.filters.HistoryStore`` on the tables."""

    database: Database
    connections: ReadConnections

    async def bars(self, symbol: str, timeframe: Timeframe, window: BarWindow, *, adjusted: bool) -> StoredRows:
        """Stored bars of the window, oldest first. Raises TransientError."""
        parameters = (symbol, timeframe.value, window.start, window.end, window.fetch)
        rows = await self.connections.fetch(NEWEST_BARS if window.newest else OLDEST_BARS, parameters)
        if window.newest:
            rows = rows[::-1]
        if not rows:
            return StoredRows()
        return StoredRows(json_rows(rows, adjusted=adjusted), rows[-1][10], any(row[11] for row in rows))

    async def signals(self, filter_: SignalFilter) -> list[Signal]:
        """Stored signals, newest first. Raises TransientError."""
        return await self._bodies(_signals(filter_), _signal)

    async def patterns(self, filter_: PatternFilter) -> list[Pattern]:
        """Stored chart patterns at their newest status, newest first. Raises TransientError."""
        return await self._bodies(_patterns(filter_), _pattern)

    async def quality(self, filter_: QualityFilter) -> list[StoredQuality]:
        """Stored records of past signals, by rule. Raises TransientError."""
        async with self.database.connect() as connection:
            rows = (await connection.execute(_quality_rows(filter_))).all()
        found = []
        for id_, rule, params, direction, timeframe, shown, body in rows:
            try:
                found.append(StoredQuality(id_, rule, params, direction, timeframe, bool(shown), _quality(body)))
            except msgspec.DecodeError as error:
                log.warning("cannot decode a stored record", error=str(error))
        return found

    async def positions(self) -> dict[int, int]:
        """The next offset of the tick topic that analysis will read, by partition. Raises TransientError."""
        columns = (tables.checkpoints.c.partition_no, tables.checkpoints.c.next_offset)
        async with self.database.connect() as connection:
            return {row.partition_no: row.next_offset for row in await connection.execute(select(*columns))}

    async def sources(self) -> tuple[StoredSourceHealth, ...]:
        """The health of each source of prices. Raises TransientError."""
        async with self.database.connect() as connection:
            rows = (await connection.execute(select(tables.sources).order_by(tables.sources.c.source))).mappings().all()
        return tuple(StoredSourceHealth(**row) for row in rows)

    async def feeds(self, since: int) -> tuple[list[StoredFeed], dict[str, int]]:
        """All news feeds by name, and how many articles each had first since then. Raises TransientError."""
        columns = (tables.feeds.c[name] for name in StoredFeed.__struct_fields__)
        articles = tables.feed_articles.c
        counts = select(articles.feed, func.count()).where(articles.first_at > since).group_by(articles.feed)
        async with self.database.connect() as connection:
            rows = (await connection.execute(select(*columns).order_by(tables.feeds.c.feed))).mappings().all()
            counted = {row[0]: row[1] for row in await connection.execute(counts)}
        return [StoredFeed(**row) for row in rows], counted

    async def _bodies(self, statement: Select[Any], decode: Callable[[str], T]) -> list[T]:
        async with self.database.connect() as connection:
            bodies = (await connection.execute(statement)).scalars().all()
        found = []
        for body in bodies:
            try:
                found.append(decode(body))
            except msgspec.DecodeError as error:
                log.warning("cannot decode a stored event", error=str(error))
        return found

    async def directory(self, version: int) -> InstrumentDirectory:
        """All active instruments with their industries, and the markets. Raises TransientError."""
        async with self.database.connect() as connection:
            industries = (await connection.execute(select(tables.industries).order_by(tables.industries.c.industry))).all()
            instruments = (await connection.execute(select(tables.instruments).order_by(tables.instruments.c.symbol))).all()
            markets = (await connection.execute(select(tables.markets).order_by(tables.markets.c.place))).all()
            pairs = (await connection.execute(select(tables.instrument_industries))).all()
        industries_of: dict[str, list[str]] = {}
        for pair in pairs:
            industries_of.setdefault(pair.symbol, []).append(pair.industry)
        shown = {row.symbol: _instrument(row, sorted(industries_of.get(row.symbol, ()))) for row in instruments}
        sizes: dict[str, int] = {}
        for instrument in shown.values():
            for industry in instrument.industries:
                sizes[industry] = sizes.get(industry, 0) + 1
        return InstrumentDirectory(
            instruments=shown,
            industries={r.industry: Industry(r.industry, r.name_en, r.name_ko, sizes.get(r.industry, 0)) for r in industries},
            markets={m.market: Industry(m.market, m.name_en, m.name_ko, 0, "market") for m in markets},
            aliases={row.symbol: _names(row.aliases) for row in instruments},
            version=version,
        )


@asynccontextmanager
async def open_history(database: Database) -> AsyncIterator[TableHistory]:
    """History on the tables, with separate connections for frequent reads."""
    connections = ReadConnections(database.engine)
    try:
        yield TableHistory(database, connections)
    finally:
        await connections.close()


CONDITION: Final = "condition"
"""The rule name of signals that users' conditions fired; they are visible to their owners only."""


def _signals(filter_: SignalFilter) -> Select[Any]:
    equal = {"rule": filter_.rule, "direction": filter_.direction}
    return _newest(tables.signals, filter_, equal).where(tables.signals.c.rule != CONDITION)


def _patterns(filter_: PatternFilter) -> Select[Any]:
    equal = {"pattern": filter_.pattern, "status": filter_.status, "direction": filter_.direction}
    return _newest(tables.patterns, filter_, equal)


def _quality_rows(filter_: QualityFilter) -> Select[Any]:
    c = tables.signal_quality.c
    statement = select(c.id, c.rule, c.params, c.direction, c.timeframe, c.shown, c.quality)
    equal = {
        "rule": filter_.rule,
        "direction": filter_.direction,
        "timeframe": filter_.timeframe.value if filter_.timeframe is not None else None,
        "level": filter_.level,
        "group_name": filter_.group,
        "horizon": filter_.horizon,
        "validated": filter_.validated,
    }
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(c[name] == value)
    if filter_.after is not None:
        rule, last = filter_.after
        statement = statement.where(or_(c.rule > rule, and_(c.rule == rule, c.id > last)))
    return statement.order_by(c.rule, c.id).limit(filter_.limit)


def _newest(table: Table, filter_: SignalFilter | PatternFilter, equal: Mapping[str, str | None]) -> Select[Any]:
    """Select the bodies of the newest rows that match. ``equal`` maps columns to the value they must have; None means any."""
    c = table.c
    statement = select(c.body).where(c.ts_event >= filter_.start, c.ts_event <= filter_.end)
    if filter_.industry is not None:
        pairs = tables.instrument_industries.c
        statement = statement.where(c.symbol.in_(select(pairs.symbol).where(pairs.industry == filter_.industry)))
    timeframe = filter_.timeframe.value if filter_.timeframe is not None else None
    for name, value in {"symbol": filter_.symbol, "timeframe": timeframe, **equal}.items():
        if value is not None:
            statement = statement.where(c[name] == value)
    if filter_.before is not None:
        ts, last = filter_.before
        statement = statement.where(or_(c.ts_event < ts, and_(c.ts_event == ts, c.id < last)))
    return statement.order_by(c.ts_event.desc(), c.id.desc()).limit(filter_.limit)


def _instrument(row: Any, industries: list[str]) -> api_models.Instrument:
    return api_models.Instrument(
        row.symbol, row.name_en, row.name_ko, row.exchange, row.currency, row.kind, row.sector, industries, bool(row.active)
    )


def _names(aliases: str) -> str:
    try:
        return "\n".join(_aliases(aliases))
    except msgspec.DecodeError:
        return ""
