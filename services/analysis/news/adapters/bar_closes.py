"""Closes of stored bars around the time of a story."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func, select

from services.analysis.news.domain.reactions import DAY_MS, HOUR_BARS, PAST_DAYS, Close
from shared.db import Database
from shared.tables import bars, instrument_industries, instruments

DAILY: Final = "1d"
MOST_MEMBERS: Final = 40


class BarCloses:
    """Reads what analysis live stores. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def event_time(self) -> int:
        """Close of the newest stored bar of any instrument; 0: there is none."""
        c = bars.c
        newest = (
            select(func.max(c.ts_close)).where(c.symbol == instruments.c.symbol, c.timeframe == timeframe).scalar_subquery()
            for timeframe in (HOUR_BARS[0][0], DAILY)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(select(*newest).select_from(instruments))).all()
        return max((at for row in rows for at in row if at is not None), default=0)

    async def last(self, symbol: str, at: int, since: int | None = None, daily: bool = False) -> Close | None:
        """The last close at or before ``at`` and after ``since`` (None: ten days earlier)."""
        floor = at - PAST_DAYS * DAY_MS if since is None else since
        timeframes = [DAILY] if daily else [*(name for name, _ in HOUR_BARS), DAILY]
        found = [await self._one(symbol, name, bars.c.ts_close.between(floor + 1, at), newest=True) for name in timeframes]
        return max((each for each in found if each is not None), default=None)

    async def an_hour_after(self, symbol: str, at: int) -> Close | None:
        """The close after an hour of trading."""
        for timeframe, count in HOUR_BARS:
            found = await self._one(symbol, timeframe, bars.c.ts_close > at, skip=count - 1)
            if found is not None:
                return found
        return None

    async def a_day_after(self, symbol: str, at: int) -> Close | None:
        """The close of the first session that ends at least a day after."""
        return await self._one(symbol, DAILY, bars.c.ts_close >= at + DAY_MS)

    async def others(self, symbol: str) -> list[str]:
        """The other active members of the instrument's industry, the first by name if it has several; at most 40."""
        c = instrument_industries.c
        mine = select(func.min(c.industry)).where(c.symbol == symbol).scalar_subquery()
        listed = select(c.symbol).join(instruments, instruments.c.symbol == c.symbol).where(instruments.c.active.is_(True))
        async with self._database.connect() as connection:
            rows = await connection.execute(
                listed.where(c.industry == mine, c.symbol != symbol).order_by(c.symbol).limit(MOST_MEMBERS)
            )
            return list(rows.scalars())

    async def _one(self, symbol: str, timeframe: str, when: Any, *, newest: bool = False, skip: int = 0) -> Close | None:
        c = bars.c
        order = c.ts_close.desc() if newest else c.ts_close.asc()
        wanted = select(c.ts_close, c.close, c.price_factor).where(c.symbol == symbol, c.timeframe == timeframe, when)
        async with self._database.connect() as connection:
            row = (await connection.execute(wanted.order_by(order).offset(skip).limit(1))).first()
        return None if row is None else Close(row[0], row[1] * row[2])
