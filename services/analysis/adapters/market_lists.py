"""Reads which instruments, industries and markets there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
import structlog
from sqlalchemy import select

from services.analysis.kernels.groups.roster import ClassifiedInstrument, MarketDefinition
from shared.db import Database
from shared.tables import industries, instrument_industries, instruments, markets

log: Final = structlog.get_logger("analysis.markets")
_decoded: Final = msgspec.json.Decoder(tuple[str, ...]).decode


@dataclass(frozen=True)
class MarketLists:
    """The active instruments with their industries, the names of the industries, and the markets in their order."""

    instruments: list[ClassifiedInstrument]
    industries: dict[str, tuple[str, str]]
    """Industry -> its English and Korean name."""
    markets: list[MarketDefinition]


async def read_market_lists(database: Database) -> MarketLists:
    """Read them in one connection. Raises TransientError."""
    async with database.connect() as connection:
        named = (await connection.execute(select(industries))).all()
        pairs = (await connection.execute(select(instrument_industries))).all()
        held = (await connection.execute(select(markets).order_by(markets.c.place))).all()
        columns = (instruments.c.symbol, instruments.c.exchange, instruments.c.kind)
        listed = (await connection.execute(select(*columns).where(instruments.c.active.is_(True)))).all()
    belongs: dict[str, list[str]] = {}
    for symbol, industry in pairs:
        belongs.setdefault(symbol, []).append(industry)
    return MarketLists(
        [ClassifiedInstrument(symbol, exchange, kind, tuple(belongs.get(symbol, ()))) for symbol, exchange, kind in listed],
        {row.industry: (row.name_en, row.name_ko) for row in named},
        [
            MarketDefinition(
                m.market, m.name_en, m.name_ko, names_of(m.market, m.exchanges), m.suffix, names_of(m.market, m.benchmarks)
            )
            for m in held
        ],
    )


def names_of(market: str, text: str) -> tuple[str, ...]:
    """A list of a row of the table of markets; empty, with a warning, if it cannot be read."""
    try:
        return _decoded(text)
    except msgspec.DecodeError as error:
        log.warning("a list of a market cannot be read", market=market, error=str(error))
        return ()
