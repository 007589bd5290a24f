"""Reads instruments, their stored bars, benchmarks and sequences from the database."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import select

from services.analysis.kernels.closed_bars import BAR_RECORD, bars_of_rows
from services.analysis.kernels.conditions.other_instruments import Market, benchmark_of
from services.analysis.research.domain.evaluation import InstrumentPast
from shared.db import Database
from shared.events import Timeframe
from shared.sequences import SignalSequence, parse
from shared.tables import bars, instrument_industries, instruments, markets, sequences

log: Final = structlog.get_logger("analysis.research.history")
COLUMNS: Final = tuple(bars.c[name] for name in BAR_RECORD.names or ())
SECONDS: Final = 30.0


class StoredHistory:
    """The tables, read only. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database, most: int) -> None:
        """``most``: newest bars of a timeframe that are read."""
        self._database = database
        self._most = most

    async def past(self, symbol: str, timeframes: Collection[Timeframe]) -> InstrumentPast:
        """The stored past of an instrument; empty if it is not listed."""
        found = {}
        async with self._database.connect(seconds=SECONDS) as connection:
            wanted = select(instruments.c.exchange, instruments.c.kind).where(instruments.c.symbol == symbol)
            listed = (await connection.execute(wanted)).first()
            if listed is None:
                return InstrumentPast(symbol)
            for timeframe in timeframes:
                rows = (await connection.execute(self._newest(symbol, timeframe))).all()
                if rows:
                    found[timeframe] = await asyncio.to_thread(bars_of_rows, rows[::-1])
        return InstrumentPast(symbol, listed.exchange, listed.kind, found)

    async def benchmark(self, symbol: str, exchange: str) -> str:
        """The benchmark of an instrument; empty if it has none."""
        async with self._database.connect() as connection:
            held = (await connection.execute(select(markets).order_by(markets.c.place))).all()
        known = [Market(_names(row.exchanges), row.suffix, _names(row.benchmarks)) for row in held]
        return benchmark_of(symbol, exchange, known) or ""

    async def sequences(self, ids: Collection[str], symbol: str) -> tuple[SignalSequence, ...]:
        """Those of some sequences that are followed for an instrument."""
        if not ids:
            return ()
        async with self._database.connect() as connection:
            rows = (await connection.execute(select(sequences).where(sequences.c.sequence_id.in_(tuple(ids))))).all()
            of = select(instrument_industries.c.industry).where(instrument_industries.c.symbol == symbol)
            own = {"all": frozenset[str](), "symbols": {symbol}, "industry": set((await connection.execute(of)).scalars())}
        followed = [row for row in rows if row.scope == "all" or not own[row.scope].isdisjoint(_names(row.targets))]
        return tuple(each for row in followed if (each := _sequence(row.sequence_text)) is not None)

    def _newest(self, symbol: str, timeframe: Timeframe) -> Any:
        series = (bars.c.symbol == symbol) & (bars.c.timeframe == str(timeframe))
        return select(*COLUMNS).where(series).order_by(bars.c.ts_close.desc()).limit(self._most)


def _sequence(text: str) -> SignalSequence | None:
    try:
        return parse(text)
    except ValueError as error:
        log.warning("a sequence cannot be read", sequence=text, reason=str(error))
        return None


def _names(text: str) -> tuple[str, ...]:
    """The names in a row's JSON; none if it is damaged: one row must not stop the others."""
    try:
        return msgspec.json.decode(text, type=tuple[str, ...])
    except msgspec.DecodeError:
        return ()
