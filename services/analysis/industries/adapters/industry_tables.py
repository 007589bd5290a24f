"""Reads industries, markets and daily closes from the database."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from services.analysis.adapters.market_lists import read_market_lists
from services.analysis.industries.domain.closes import KEPT, Close
from services.analysis.kernels.groups.roster import Roster, roster
from shared.db import Database
from shared.events import Timeframe
from shared.tables import bars

SECONDS: Final = 120.0


class IndustryTables:
    """Reads what ingest and analysis live write. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def roster(self) -> Roster:
        """The active instruments in their industries and markets."""
        lists = await read_market_lists(self._database)
        return roster(lists.instruments, lists.industries, lists.markets)

    async def closes(self, symbol: str) -> list[Close]:
        """The newest daily closes of a symbol, adjusted, oldest first."""
        columns = (bars.c.session, bars.c.ts_close, bars.c.close, bars.c.price_factor)
        series = (bars.c.symbol == symbol) & (bars.c.timeframe == str(Timeframe.D1))
        newest = select(*columns).where(series).order_by(bars.c.ts_close.desc()).limit(KEPT)
        async with self._database.connect(seconds=SECONDS) as connection:
            rows = (await connection.execute(newest)).all()
        return [Close(session, ts_close, close * factor) for session, ts_close, close, factor in reversed(rows)]
