"""Reads the instruments that stories are linked to."""

from __future__ import annotations

import msgspec
import structlog
from sqlalchemy import select

from services.analysis.news.enrichment.known import KnownInstrument
from shared.db import Database
from shared.tables import instrument_industries, instruments

log = structlog.get_logger("analysis.news")


class KnownInstruments:
    """The active instruments with their names and industries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> tuple[KnownInstrument, ...]:
        """All of them, by symbol. Raises TransientError."""
        async with self._database.connect() as connection:
            pairs = (await connection.execute(select(instrument_industries))).all()
            listed = select(instruments).where(instruments.c.active.is_(True)).order_by(instruments.c.symbol)
            rows = (await connection.execute(listed)).all()
        belongs: dict[str, list[str]] = {}
        for symbol, industry in pairs:
            belongs.setdefault(symbol, []).append(industry)
        return tuple(
            KnownInstrument(
                symbol=row.symbol,
                name_en=row.name_en,
                name_ko=row.name_ko,
                kind=row.kind,
                aliases=_aliases(row.symbol, row.aliases),
                industries=tuple(sorted(belongs.get(row.symbol, ()))),
            )
            for row in rows
        )


def _aliases(symbol: str, text: str) -> tuple[str, ...]:
    try:
        return msgspec.json.decode(text, type=tuple[str, ...])
    except msgspec.DecodeError as error:
        log.warning("aliases of an instrument not decoded", symbol=symbol, error=str(error))
        return ()
