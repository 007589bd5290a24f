"""The instruments that the engine may know, as the table of instruments lists them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import select

from services.analysis.live.domain.engine import Listing
from shared.db import Database
from shared.tables import instruments

ASK_AGAIN_SECONDS: Final = 5.0
MOST_STRANGERS: Final = 10_000


class Catalogue:
    """A view of the table that grows while the process runs. A symbol that was listed once stays known."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._listings: dict[str, Listing] = {}
        self._strangers: dict[str, float] = {}
        self.listings: Mapping[str, Listing] = MappingProxyType(self._listings)
        """Symbol -> listing; changes under your hands when the table is read again."""

    async def read(self) -> None:
        """Reads the table. Raises ``TransientError``."""
        columns = (instruments.c.symbol, instruments.c.exchange, instruments.c.kind, instruments.c.negative)
        async with self._database.connect() as connection:
            for symbol, exchange, kind, negative in await connection.execute(select(*columns)):
                self._listings[symbol] = Listing(exchange, kind, bool(negative))

    async def look_up(self, strangers: Collection[str]) -> bool:
        """Reads the table again for symbols that nobody knows yet, each at most every few seconds; True when one is known now.

        Raises ``TransientError``.
        """
        now = self._clock()
        fresh = [symbol for symbol in strangers if now - self._strangers.get(symbol, -ASK_AGAIN_SECONDS) >= ASK_AGAIN_SECONDS]
        if not fresh:
            return False
        await self.read()
        if len(self._strangers) > MOST_STRANGERS:
            self._strangers.clear()
        self._strangers |= {symbol: now for symbol in fresh if symbol not in self._listings}
        return any(symbol in self._listings for symbol in fresh)
