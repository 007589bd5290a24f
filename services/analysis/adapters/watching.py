"""Waiting, and asking now and then whether the database is there."""

from __future__ import annotations

import asyncio
from typing import Final

from shared.db import Database

SECONDS: Final = 5.0


async def pause(seconds: float, stopping: asyncio.Event) -> None:
    """Sleeps, but not beyond the stop."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return


class Watch:
    """Asks the database now and then whether it is there, for the readiness probe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.answers = False

    async def run(self, stopping: asyncio.Event) -> None:
        """Until the stop."""
        while not stopping.is_set():
            self.answers = await self._database.ping()
            await pause(SECONDS if self.answers else 1.0, stopping)
