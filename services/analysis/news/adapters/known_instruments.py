"""Reads from the database which instruments there are, with their names and industries."""

from __future__ import annotations

from typing import Final

import msgspec
import structlog
from sqlalchemy import select

from services.analysis.news.enrichment.known import KnownInstrument
from shared.db import Database
from shared.tables import instrument_industries, instruments

log: Final = structlog.get_logger("analysis.news")

_names: Final = msgspec.json.Decoder(tuple[str, ...]).decode


async def read_instruments(database: Database) -> tuple[KnownInstrument, ...]:
    """The active instruments, by symbol. Raises TransientError."""
    c = instruments.c
    listed = select(c.symbol, c.name_en, c.name_ko, c.kind, c.aliases).where(c.active.is_(True)).order_by(c.symbol)
    pair = instrument_industries.c
    async with database.connect() as connection:
        rows = (await connection.execute(listed)).all()
        pairs = (await connection.execute(select(pair.symbol, pair.industry).order_by(pair.symbol, pair.industry))).all()
    industries: dict[str, list[str]] = {}
    for symbol, industry in pairs:
        industries.setdefault(symbol, []).append(industry)
    return tuple(
        KnownInstrument(
            symbol=row.symbol,
            name_en=row.name_en,
            name_ko=row.name_ko,
            kind=row.kind,
            aliases=_aliases(row.symbol, row.aliases),
            industries=tuple(industries.get(row.symbol, ())),
        )
        for row in rows
    )


def _aliases(symbol: str, text: str) -> tuple[str, ...]:
    try:
        return _names(text)
    except msgspec.DecodeError as error:
        log.warning("the aliases of an instrument cannot be read", symbol=symbol, error=str(error))
        return ()
