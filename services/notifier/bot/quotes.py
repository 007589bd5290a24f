"""Keeps the latest quotes from Kafka in memory."""

from __future__ import annotations

from collections.abc import Sequence

from shared.events import Quote
from shared.kafka import Record

MAX_SYMBOLS = 50_000


class LatestQuotes:
    """The newest quote of each symbol; at most ``MAX_SYMBOLS`` symbols."""

    def __init__(self) -> None:
        self._quotes: dict[str, Quote] = {}

    async def handle(self, records: Sequence[Record[Quote]]) -> None:
        """Keep the quotes that are newer than the stored ones."""
        for record in records:
            quote = record.event
            known = self._quotes.get(quote.symbol)
            if known is None and len(self._quotes) >= MAX_SYMBOLS:
                continue
            if known is None or quote.ts_event >= known.ts_event:
                self._quotes[quote.symbol] = quote

    def get(self, symbol: str) -> Quote | None:
        """The latest quote of a symbol, or None."""
        return self._quotes.get(symbol)
