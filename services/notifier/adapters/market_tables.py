"""Reads the tables of other services: instruments, bars, signals."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import structlog
from sqlalchemy import select

from services.notifier.domain.charts import ChartBar
from services.notifier.domain.conditions import RULE
from services.notifier.domain.instruments import InstrumentIndex, KnownIndustry, KnownInstrument
from services.notifier.domain.quality_replies import RuleRecord
from shared.db import Database
from shared.events import Pattern, Signal, SignalQuality, Timeframe
from shared.tables import bars, industries, instrument_industries, instruments, patterns, signal_quality, signals
from shared.topics import SIGNALS
from shared.wire import WireError, decode

_log = structlog.get_logger(__name__)


class MarketTables:
    """``MarketStore`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def instruments(self) -> InstrumentIndex:
        async with self._database.connect() as connection:
            rows = (await connection.execute(select(instruments).where(instruments.c.active.is_(True)))).all()
        return InstrumentIndex(
            KnownInstrument(row.symbol, row.name_en, row.name_ko, row.currency, row.kind, _aliases(row.symbol, row.aliases))
            for row in rows
        )

    async def bars(self, symbol: str, timeframe: str, until: int, limit: int) -> tuple[ChartBar, ...]:
        newest = (
            select(bars)
            .where(bars.c.symbol == symbol, bars.c.timeframe == timeframe, bars.c.ts_close <= until)
            .order_by(bars.c.ts_close.desc())
            .limit(limit)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(newest)).all()
        return tuple(
            ChartBar(
                row.ts_close,
                row.open * row.price_factor,
                row.high * row.price_factor,
                row.low * row.price_factor,
                row.close * row.price_factor,
                row.volume / row.split_factor,
                bool(row.replayed),
            )
            for row in reversed(rows)
            if row.split_factor
        )

    async def signals(self, symbols: Sequence[str] | None, limit: int) -> list[Signal]:
        newest = select(signals.c.id, signals.c.body).order_by(signals.c.ts_event.desc(), signals.c.id).limit(limit)
        newest = newest.where(signals.c.rule != RULE)
        if symbols is not None:
            newest = newest.where(signals.c.symbol.in_(tuple(symbols)))
        async with self._database.connect() as connection:
            rows = (await connection.execute(newest)).all()
        return [found for signal_id, body in rows if (found := _decoded(signal_id, body)) is not None]

    async def signal(self, signal_id: str) -> Signal | None:
        async with self._database.connect() as connection:
            body = (await connection.execute(select(signals.c.body).where(signals.c.id == signal_id))).scalar()
        return None if body is None else _decoded(signal_id, body)

    async def pattern(self, signal: Signal) -> Pattern | None:
        c = patterns.c
        same = (c.symbol == signal.symbol, c.timeframe == signal.timeframe, c.pattern == signal.rule, c.ts_event >= signal.ts_event)
        async with self._database.connect() as connection:
            body = (await connection.execute(select(c.body).where(*same).order_by(c.ts_event).limit(1))).scalar()
        return None if body is None else _pattern(signal.symbol, body)

    async def patterns(self, symbol: str, limit: int) -> list[Pattern]:
        c = patterns.c
        alive = select(c.body).where(c.symbol == symbol, c.status.in_(("forming", "confirmed")))
        async with self._database.connect() as connection:
            bodies = (await connection.execute(alive.order_by(c.ts_event.desc(), c.id).limit(limit))).scalars().all()
        return [found for body in bodies if (found := _pattern(symbol, body)) is not None]

    async def quality(self, rule: str, groups: Sequence[str]) -> list[RuleRecord]:
        c = signal_quality.c
        wanted = select(c.params, c.direction, c.timeframe, c.shown, c.quality).where(
            c.rule == rule, c.group_name.in_(tuple(groups))
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted.order_by(c.timeframe, c.params, c.direction, c.horizon))).all()
        found = []
        for params, direction, timeframe, shown, body in rows:
            try:
                quality = msgspec.json.decode(body, type=SignalQuality)
                found.append(RuleRecord(params, direction, Timeframe(timeframe), bool(shown), quality))
            except ValueError as error:  # a timeframe of a newer version, or damaged
                _log.warning("a record of quality not decoded", rule=rule, error=str(error))
        return found

    async def industries(self) -> list[KnownIndustry]:
        async with self._database.connect() as connection:
            rows = (await connection.execute(select(industries).order_by(industries.c.industry))).all()
        return [KnownIndustry(row.industry, row.name_en, row.name_ko) for row in rows]

    async def members(self, industries: Sequence[str]) -> list[str]:
        column = instrument_industries.c
        wanted = (
            select(column.symbol)
            .join(instruments, instruments.c.symbol == column.symbol)
            .where(column.industry.in_(tuple(industries)), instruments.c.active.is_(True))
            .distinct()
            .order_by(column.symbol)
        )
        async with self._database.connect() as connection:
            return list((await connection.execute(wanted)).scalars())

    async def industries_of(self, symbols: Sequence[str]) -> dict[str, set[str]]:
        column = instrument_industries.c
        wanted = select(column.symbol, column.industry).where(column.symbol.in_(tuple(symbols)))
        found: dict[str, set[str]] = {}
        async with self._database.connect() as connection:
            for symbol, name in (await connection.execute(wanted)).all():
                found.setdefault(symbol, set()).add(name)
        return found


def _decoded(signal_id: str, body: str) -> Signal | None:
    try:
        return decode(SIGNALS, body.encode())
    except WireError as error:
        _log.warning("stored signal not decoded", signal=signal_id, error=str(error))
        return None


def _pattern(symbol: str, body: str) -> Pattern | None:
    try:
        return msgspec.json.decode(body, type=Pattern)
    except msgspec.MsgspecError as error:
        _log.warning("stored pattern not decoded", symbol=symbol, error=str(error))
        return None


def _aliases(symbol: str, text: str) -> tuple[str, ...]:
    try:
        return tuple(msgspec.json.decode(text, type=list[str]))
    except msgspec.DecodeError as error:
        _log.warning("aliases of an instrument not decoded", symbol=symbol, error=str(error))
        return ()
