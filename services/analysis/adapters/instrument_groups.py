"""Reads the industries, the markets, and the daily closes of their members."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import and_, func, select

from services.analysis.adapters.market_lists import read_market_lists
from services.analysis.kernels.groups.daily_closes import LAST, DailyCloses, daily_closes
from services.analysis.kernels.groups.instrument_groups import InstrumentGroups, instrument_groups
from shared.db import Database
from shared.events import Timeframe
from shared.tables import bars

CHUNK: Final = 200
"""Symbols that one statement names."""
DAILY: Final = bars.c.timeframe == str(Timeframe.D1)


class GroupTable:
    """The tables of instruments, industries, markets and bars, read only. All methods raise ``TransientError``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def groups(self) -> InstrumentGroups:
        """The groups of the active instruments."""
        lists = await read_market_lists(self._database)
        return instrument_groups(lists.instruments, lists.industries, lists.markets)

    async def newest(self, symbols: Collection[str]) -> dict[str, tuple[int, float, float]]:
        """The close time, close and price factor of the newest daily bar of each symbol that has one."""
        found = {}
        async with self._database.connect() as connection:
            for some in _chunks(sorted(symbols)):
                last = (
                    select(bars.c.symbol, func.max(bars.c.ts_close).label("ts_close"))
                    .where(DAILY & bars.c.symbol.in_(some))
                    .group_by(bars.c.symbol)
                    .subquery()
                )
                same = and_(bars.c.symbol == last.c.symbol, DAILY, bars.c.ts_close == last.c.ts_close)
                columns = (bars.c.symbol, bars.c.ts_close, bars.c.close, bars.c.price_factor)
                for symbol, *state in (await connection.execute(select(*columns).join(last, same))).all():
                    found[symbol] = (int(state[0]), float(state[1]), float(state[2]))
        return found

    async def closes(self, symbol: str, exchange: str, most: int, last: int = LAST) -> DailyCloses:
        """The newest ``most`` daily closes of a symbol, adjusted; none of a session after ``last`` (yyyymmdd)."""
        columns = (bars.c.session, bars.c.ts_close, bars.c.close, bars.c.price_factor)
        own = DAILY & (bars.c.symbol == symbol) & (bars.c.session <= last)
        newest = select(*columns).where(own).order_by(bars.c.ts_close.desc()).limit(most)
        async with self._database.connect() as connection:
            rows: Sequence[Any] = (await connection.execute(newest)).all()[::-1]
        sessions, ts_close = (np.array([row[n] for row in rows], np.int64) for n in (0, 1))
        return daily_closes(exchange, sessions, ts_close, np.array([row[2] * row[3] for row in rows], np.float64))


def _chunks(symbols: Sequence[str]) -> Iterator[Sequence[str]]:
    return (symbols[first : first + CHUNK] for first in range(0, len(symbols), CHUNK))
