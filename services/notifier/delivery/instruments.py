"""Keeps the instruments in memory."""

from __future__ import annotations

from typing import Protocol

from services.notifier.domain.instruments import InstrumentIndex

REFRESH_SECONDS = 30.0
EMPTY_SECONDS = 1.0


class InstrumentSource(Protocol):
    """The store of instruments."""

    async def instruments(self) -> InstrumentIndex:
        """All active instruments. Raises TransientError."""


class LatestInstruments:
    """The index of instruments as last read."""

    def __init__(self, source: InstrumentSource) -> None:
        self._source = source
        self.current = InstrumentIndex()

    @property
    def seconds(self) -> float:
        """Seconds until the next read; short while there are none, since ingest may still be filling the table."""
        return REFRESH_SECONDS if len(self.current) else EMPTY_SECONDS

    async def refresh(self) -> None:
        """Read the instruments. Raises TransientError."""
        self.current = await self._source.instruments()
