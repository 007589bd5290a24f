"""Keeps the instruments at hand."""

from __future__ import annotations

from typing import Protocol

from services.notifier.domain.instruments import InstrumentIndex

REFRESH_SECONDS = 30.0
EMPTY_SECONDS = 1.0


class InstrumentSource(Protocol):
    """Where the instruments are kept."""

    async def instruments(self) -> InstrumentIndex:
        """All active instruments. Raises TransientError."""


class LatestInstruments:
    """The newest directory of instruments."""

    def __init__(self, source: InstrumentSource) -> None:
        self._source = source
        self.current = InstrumentIndex()

    @property
    def seconds(self) -> float:
        """When to read them again: soon while there are none, for ingest has yet to fill the table."""
        return REFRESH_SECONDS if len(self.current) else EMPTY_SECONDS

    async def refresh(self) -> None:
        """Read the instruments. Raises TransientError."""
        self.current = await self._source.instruments()
