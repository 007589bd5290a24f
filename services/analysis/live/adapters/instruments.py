"""Reads the table of instruments."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import select

from services.analysis.live.domain.engine import ListedInstrument
from shared.db import Database
from shared.tables import instruments

READ_AGAIN_SECONDS: Final = 5.0
MOST_UNKNOWN: Final = 10_000


class InstrumentTable:
    """A copy of the table that grows while the process runs. A symbol that was listed once stays known."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._listed: dict[str, ListedInstrument] = {}
        self._unknown: dict[str, float] = {}
        self.listed: Mapping[str, ListedInstrument] = MappingProxyType(self._listed)
        """Symbol -> listing; it changes when the table is read again."""

    async def read(self) -> None:
        """Reads the table. Raises ``TransientError``."""
        columns = (instruments.c.symbol, instruments.c.exchange, instruments.c.kind, instruments.c.negative)
        async with self._database.connect() as connection:
            for symbol, exchange, kind, negative in await connection.execute(select(*columns)):
                self._listed[symbol] = ListedInstrument(exchange, kind, bool(negative))

    async def look_up(self, unknown_symbols: Collection[str]) -> bool:
        """Reads the table again for unknown symbols, each at most every ``READ_AGAIN_SECONDS``; True when one is known now.

        Raises ``TransientError``.
        """
        now = self._clock()
        fresh = [symbol for symbol in unknown_symbols if now - self._unknown.get(symbol, -READ_AGAIN_SECONDS) >= READ_AGAIN_SECONDS]
        if not fresh:
            return False
        await self.read()
        if len(self._unknown) > MOST_UNKNOWN:
            self._unknown.clear()
        self._unknown |= {symbol: now for symbol in fresh if symbol not in self._listed}
        return any(symbol in self._listed for symbol in fresh)
