"""Keeps the instruments at hand."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog

from services.notifier.domain.instruments import Directory
from shared.failures import TransientError

REFRESH_SECONDS = 30.0
STOP_SECONDS = 0.5
"""How long a stop may go unnoticed."""
_log = structlog.get_logger(__name__)


class Listed(Protocol):
    """Where the instruments are kept."""

    async def directory(self) -> Directory:
        """All active instruments. Raises TransientError."""


class InstrumentBook:
    """The newest directory of instruments; reads it again now and then."""

    def __init__(self, listed: Listed) -> None:
        self._listed = listed
        self.current = Directory()
        self._read = asyncio.Event()

    async def refresh(self) -> None:
        """Read the instruments. Raises TransientError."""
        self.current = await self._listed.directory()
        self._read.set()

    async def known(self, stopping: asyncio.Event) -> bool:
        """Wait until the instruments have been read for the first time; False when stopped before."""
        while not self._read.is_set() and not stopping.is_set():
            await until_set(self._read, STOP_SECONDS)
        return self._read.is_set()

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
