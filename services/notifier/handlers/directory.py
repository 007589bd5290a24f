"""Keeps the instruments at hand."""

from __future__ import annotations

import asyncio

import structlog

from services.notifier.domain.instruments import Directory
from services.notifier.domain.ports import Market
from shared.failures import TransientError

REFRESH_SECONDS = 30.0
_log = structlog.get_logger(__name__)


class InstrumentBook:
    """The newest directory of instruments; reads it again now and then."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self.current = Directory()

    async def refresh(self) -> None:
        """Read the instruments. Raises TransientError."""
        self.current = await self._market.directory()

    async def run(self, stopping: asyncio.Event) -> None:
        """Refresh until stopped; a database that is away leaves the last directory in place."""
        while not stopping.is_set():
            try:
                await self.refresh()
            except TransientError as error:
                _log.warning("instruments not refreshed", error=str(error))
            wait = REFRESH_SECONDS if len(self.current) else 1.0
            await until_set(stopping, wait)


async def until_set(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
