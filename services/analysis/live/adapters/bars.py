"""Reads closed bars from the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select

from services.analysis.kernels.closed_bars import BAR_RECORD, BarRecords, bars_of_rows
from services.analysis.live.domain.checkpoint import NeededWindow
from shared.db import Database
from shared.events import Timeframe
from shared.tables import bars

COLUMNS: Final = tuple(bars.c[name] for name in BAR_RECORD.names or ())
SECONDS: Final = 120.0


class StoredBars:
    """The table of bars, read only. All raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def windows(self, needed: Sequence[NeededWindow]) -> dict[tuple[str, Timeframe], BarRecords]:
        """The newest bars of some series, as many as each needs, or as many as exist."""
        found = {}
        async with self._database.connect(seconds=SECONDS) as connection:
            for series in needed:
                rows = (await connection.execute(_newest(series.symbol, series.timeframe, series.n))).all()
                found[series.symbol, series.timeframe] = bars_of_rows(rows[::-1])
        return found

    async def closed_bars(
        self, symbol: str, limit: int, after: Mapping[Timeframe, int] = MappingProxyType({})
    ) -> dict[Timeframe, BarRecords]:
        """All bars of a symbol, at most the newest ``limit`` of each timeframe; without timeframes that have none.

        ``after``: only bars of a timeframe that closed after this time (milliseconds).
        """
        found = {}
        async with self._database.connect(seconds=SECONDS) as connection:
            for timeframe in Timeframe:
                rows: Sequence[Any] = (await connection.execute(_newest(symbol, timeframe, limit, after.get(timeframe)))).all()
                if rows:
                    found[timeframe] = await asyncio.to_thread(bars_of_rows, rows[::-1])
        return found

    async def symbols(self) -> frozenset[str]:
        """The symbols that have bars."""
        async with self._database.connect(seconds=SECONDS) as connection:
            return frozenset((await connection.execute(select(bars.c.symbol).distinct())).scalars())


def _newest(symbol: str, timeframe: Timeframe, n: int, after: int | None = None) -> Any:
    series = (bars.c.symbol == symbol) & (bars.c.timeframe == str(timeframe))
    if after is not None:
        series &= bars.c.ts_close > after
    return select(*COLUMNS).where(series).order_by(bars.c.ts_close.desc()).limit(n)
