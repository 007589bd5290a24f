"""Reads industries, markets and daily closes from the database."""

from __future__ import annotations

from typing import Final

import msgspec
import structlog
from sqlalchemy import select

from services.analysis.industries.domain.closes import KEPT, Close
from services.analysis.industries.domain.roster import ClassifiedInstrument, MarketDefinition, Roster, roster
from shared.db import Database
from shared.events import Timeframe
from shared.tables import bars, industries, instrument_industries, instruments, markets

log: Final = structlog.get_logger("analysis.industries")
SECONDS: Final = 120.0

_names: Final = msgspec.json.Decoder(tuple[str, ...]).decode


class IndustryTables:
    """Reads what ingest and analysis live write. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def roster(self) -> Roster:
        """The active instruments in their industries and markets."""
        async with self._database.connect() as connection:
            named = (await connection.execute(select(industries))).all()
            pairs = (await connection.execute(select(instrument_industries))).all()
            held = (await connection.execute(select(markets).order_by(markets.c.place))).all()
            columns = (instruments.c.symbol, instruments.c.exchange, instruments.c.kind)
            listed = (await connection.execute(select(*columns).where(instruments.c.active.is_(True)))).all()
        belongs: dict[str, list[str]] = {}
        for symbol, industry in pairs:
            belongs.setdefault(symbol, []).append(industry)
        return roster(
            [ClassifiedInstrument(symbol, exchange, kind, tuple(belongs.get(symbol, ()))) for symbol, exchange, kind in listed],
            {row.industry: (row.name_en, row.name_ko) for row in named},
            [
                MarketDefinition(
                    m.market, m.name_en, m.name_ko, _list(m.market, m.exchanges), m.suffix, _list(m.market, m.benchmarks)
                )
                for m in held
            ],
        )

    async def closes(self, symbol: str) -> list[Close]:
        """The newest daily closes of a symbol, adjusted, oldest first."""
        columns = (bars.c.session, bars.c.ts_close, bars.c.close, bars.c.price_factor)
        series = (bars.c.symbol == symbol) & (bars.c.timeframe == str(Timeframe.D1))
        newest = select(*columns).where(series).order_by(bars.c.ts_close.desc()).limit(KEPT)
        async with self._database.connect(seconds=SECONDS) as connection:
            rows = (await connection.execute(newest)).all()
        return [Close(session, ts_close, close * factor) for session, ts_close, close, factor in reversed(rows)]


def _list(market: str, text: str) -> tuple[str, ...]:
    try:
        return _names(text)
    except msgspec.DecodeError as error:
        log.warning("a list of a market cannot be read", market=market, error=str(error))
        return ()
