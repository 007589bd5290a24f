"""Reading bars, signals and instruments from the tables that ingest and analysis write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
import structlog
from sqlalchemy import Select, Table, and_, or_, select

from services.gateway.adapters.rows import Readers
from services.gateway.domain import views
from services.gateway.domain.directory import Directory
from services.gateway.domain.industries import Industry
from services.gateway.domain.reads import PatternFilter, SignalFilter
from services.gateway.domain.sources import StoredHealth
from services.gateway.domain.times import rfc3339, session_date
from services.gateway.domain.windows import Stretch, Window
from shared import tables
from shared.db import Database
from shared.events import Pattern, Signal, Timeframe

T = TypeVar("T")
log: Final = structlog.get_logger("gateway.history")

_encode: Final = msgspec.json.Encoder().encode
_signal: Final = msgspec.json.Decoder(Signal).decode
_pattern: Final = msgspec.json.Decoder(Pattern).decode
_aliases: Final = msgspec.json.Decoder(list[str]).decode

_BARS: Final = (
    "SELECT ts_close, ts_open, session, open, high, low, close, volume, price_factor, split_factor, source, replayed, incomplete "
    "FROM bars WHERE symbol = ? AND timeframe = ? AND ts_close BETWEEN ? AND ? ORDER BY ts_close {order} LIMIT ?"
)
_NEWEST, _OLDEST = _BARS.format(order="DESC"), _BARS.format(order="ASC")


@dataclass(frozen=True)
class TableHistory:
    """``domain.reads.History`` on the tables."""

    database: Database
    readers: Readers

    async def bars(self, symbol: str, timeframe: Timeframe, wanted: Window, *, adjusted: bool) -> Stretch:
        """Stored bars of the window, oldest first. Raises TransientError."""
        parameters = (symbol, timeframe.value, wanted.start, wanted.end, wanted.fetch)
        rows = await self.readers.fetch(_NEWEST if wanted.newest else _OLDEST, parameters)
        if wanted.newest:
            rows = rows[::-1]
        lines = [(row[0], _encode(_bar(row, adjusted=adjusted))) for row in rows]
        return Stretch(lines, rows[-1][10], any(row[11] for row in rows)) if rows else Stretch()

    async def signals(self, wanted: SignalFilter) -> list[Signal]:
        """Stored signals, newest first. Raises TransientError."""
        return await self._bodies(_signals(wanted), _signal)

    async def patterns(self, wanted: PatternFilter) -> list[Pattern]:
        """Stored chart patterns at their newest status, newest first. Raises TransientError."""
        return await self._bodies(_patterns(wanted), _pattern)

    async def positions(self) -> dict[int, int]:
        """How far analysis is with the log of ticks: its next offset by partition. Raises TransientError."""
        columns = (tables.checkpoints.c.partition_no, tables.checkpoints.c.next_offset)
        async with self.database.connect() as connection:
            return {row.partition_no: row.next_offset for row in await connection.execute(select(*columns))}

    async def sources(self) -> tuple[StoredHealth, ...]:
        """How the sources of prices stand. Raises TransientError."""
        async with self.database.connect() as connection:
            rows = (await connection.execute(select(tables.sources).order_by(tables.sources.c.source))).mappings().all()
        return tuple(StoredHealth(**row) for row in rows)

    async def _bodies(self, statement: Select[Any], decode: Callable[[str], T]) -> list[T]:
        async with self.database.connect() as connection:
            bodies = (await connection.execute(statement)).scalars().all()
        found = []
        for body in bodies:
            try:
                found.append(decode(body))
            except msgspec.DecodeError as error:
                log.warning("a stored event cannot be read", error=str(error))
        return found

    async def directory(self, version: int) -> Directory:
        """All active instruments with their industries, and the markets. Raises TransientError."""
        async with self.database.connect() as connection:
            industries = (await connection.execute(select(tables.industries).order_by(tables.industries.c.industry))).all()
            instruments = (await connection.execute(select(tables.instruments).order_by(tables.instruments.c.symbol))).all()
            markets = (await connection.execute(select(tables.markets).order_by(tables.markets.c.place))).all()
            pairs = (await connection.execute(select(tables.instrument_industries))).all()
        belongs: dict[str, list[str]] = {}
        for pair in pairs:
            belongs.setdefault(pair.symbol, []).append(pair.industry)
        shown = {row.symbol: _instrument(row, sorted(belongs.get(row.symbol, ()))) for row in instruments}
        sizes: dict[str, int] = {}
        for instrument in shown.values():
            for industry in instrument.industries:
                sizes[industry] = sizes.get(industry, 0) + 1
        return Directory(
            instruments=shown,
            industries={r.industry: Industry(r.industry, r.name_en, r.name_ko, sizes.get(r.industry, 0)) for r in industries},
            markets={m.market: Industry(m.market, m.name_en, m.name_ko, 0, "market") for m in markets},
            aliases={row.symbol: _names(row.aliases) for row in instruments},
            version=version,
        )


@asynccontextmanager
async def open_history(database: Database) -> AsyncIterator[TableHistory]:
    """The tables, with connections of their own for the reads that come often."""
    readers = Readers(database.engine)
    try:
        yield TableHistory(database, readers)
    finally:
        await readers.close()


def _bar(row: tuple[Any, ...], *, adjusted: bool) -> views.Bar:
    close_time, open_time, session, opened, high, low, close, volume, price, shares, _, replayed, incomplete = row
    if adjusted:
        opened, high, low, close, volume = opened * price, high * price, low * price, close * price, volume / (shares or 1.0)
    return views.Bar(
        date=rfc3339(close_time),
        open_date=rfc3339(open_time),
        session=session_date(session),
        open=opened,
        high=high,
        low=low,
        close=close,
        volume=volume,
        replayed=bool(replayed),
        incomplete=bool(incomplete),
    )


CONDITION: Final = "condition"
"""The rule of signals that users' own conditions fired: they are their owners' alone."""


def _signals(wanted: SignalFilter) -> Select[Any]:
    told = {"rule": wanted.rule, "direction": wanted.direction}
    return _newest(tables.signals, wanted, told).where(tables.signals.c.rule != CONDITION)


def _patterns(wanted: PatternFilter) -> Select[Any]:
    told = {"pattern": wanted.pattern, "status": wanted.status, "direction": wanted.direction}
    return _newest(tables.patterns, wanted, told)


def _newest(table: Table, wanted: SignalFilter | PatternFilter, equal: Mapping[str, str | None]) -> Select[Any]:
    """The bodies of the newest rows that match; ``equal`` are the columns that must have a value, where it is not None."""
    c = table.c
    statement = select(c.body).where(c.ts_event >= wanted.start, c.ts_event <= wanted.end)
    if wanted.industry is not None:
        pairs = tables.instrument_industries.c
        statement = statement.where(c.symbol.in_(select(pairs.symbol).where(pairs.industry == wanted.industry)))
    timeframe = wanted.timeframe.value if wanted.timeframe is not None else None
    for name, value in {"symbol": wanted.symbol, "timeframe": timeframe, **equal}.items():
        if value is not None:
            statement = statement.where(c[name] == value)
    if wanted.before is not None:
        ts, last = wanted.before
        statement = statement.where(or_(c.ts_event < ts, and_(c.ts_event == ts, c.id < last)))
    return statement.order_by(c.ts_event.desc(), c.id.desc()).limit(wanted.limit)


def _instrument(row: Any, industries: list[str]) -> views.Instrument:
    return views.Instrument(
        row.symbol, row.name_en, row.name_ko, row.exchange, row.currency, row.kind, row.sector, industries, bool(row.active)
    )


def _names(aliases: str) -> str:
    try:
        return "\n".join(_aliases(aliases))
    except msgspec.DecodeError:
        return ""
