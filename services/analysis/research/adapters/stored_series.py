"""Reads series from the table of bars."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import select

from services.analysis.research.domain.research_series import HASHED, SERIES_RECORD, ResearchSeries
from shared.db import Database
from shared.events import Timeframe
from shared.tables import bars, instrument_industries, instruments

COLUMNS: Final = tuple(bars.c[name] for name in HASHED)
SECONDS: Final = 30.0


class StoredSeries:
    """The tables, read only. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database, most: int) -> None:
        """``most``: newest bars of a timeframe that are read."""
        self._database = database
        self._most = most

    async def symbols(self, timeframe: Timeframe) -> list[str]:
        """The instruments with bars of a timeframe, sorted."""
        has = select(bars.c.symbol).where(bars.c.symbol == instruments.c.symbol, bars.c.timeframe == str(timeframe)).exists()
        async with self._database.connect(seconds=SECONDS) as connection:
            return sorted((await connection.execute(select(instruments.c.symbol).where(has))).scalars())

    async def is_listed(self, symbol: str) -> bool:
        """Whether there is such an instrument, with bars or without."""
        async with self._database.connect(seconds=SECONDS) as connection:
            return (
                await connection.execute(select(instruments.c.symbol).where(instruments.c.symbol == symbol))
            ).first() is not None

    async def series(self, symbol: str, timeframe: Timeframe, also: Collection[Timeframe]) -> ResearchSeries | None:
        """One instrument; None if it is not listed or has no bars of ``timeframe``."""
        found = {}
        async with self._database.connect(seconds=SECONDS) as connection:
            listed = (await connection.execute(select(instruments).where(instruments.c.symbol == symbol))).first()
            if listed is None:
                return None
            of = select(instrument_industries.c.industry).where(instrument_industries.c.symbol == symbol)
            industries = tuple(sorted((await connection.execute(of)).scalars()))
            for each in dict.fromkeys((timeframe, *also)):
                rows = (await connection.execute(self._newest(symbol, each))).all()
                if rows:
                    found[each] = _records(rows[::-1])
        if timeframe not in found:
            return None
        return ResearchSeries(
            symbol,
            listed.kind,
            listed.exchange,
            timeframe,
            found,
            industries,
            listed.currency,
            bool(listed.negative),
            "stored bars",
        )

    def _newest(self, symbol: str, timeframe: Timeframe) -> Any:
        wanted = (bars.c.symbol == symbol) & (bars.c.timeframe == str(timeframe)) & ~bars.c.incomplete
        return select(*COLUMNS).where(wanted).order_by(bars.c.ts_close.desc()).limit(self._most)


def _records(rows: Sequence[Sequence[Any]]) -> Any:
    return np.array([tuple(row) for row in rows], SERIES_RECORD)
