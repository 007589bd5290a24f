"""Removes runs that ended long ago, with their files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from services.analysis.research.domain.run_rows import RunRow
from shared.failures import TransientError

log = structlog.get_logger("analysis.research.runs")
DAY_MS: Final = 86_400_000
AT_A_TIME: Final = 50
MOST_STEPS: Final = 20
"""Of one look."""


class Removal(Protocol):
    """Forgets a run that has an outcome. Raises TransientError."""

    async def remove(self, run_id: str) -> None: ...


class EndedRuns(Removal, Protocol):
    """The methods of the table of runs that are used; all raise TransientError."""

    async def ended_before(self, moment: int, limit: int) -> list[RunRow]: ...


class RunFolders(Protocol):
    """Where the files of runs are. Blocks."""

    def remove(self, folder: str) -> None: ...


class OldRuns:
    """Keeps runs for some days. Those that wait, run, or are not yet reported stay."""

    def __init__(self, store: EndedRuns, folders: RunFolders, days: int, clock: Callable[[], int]) -> None:
        """``clock``: milliseconds since the epoch."""
        self._store = store
        self._folders = folders
        self._days = days
        self._clock = clock

    async def look(self) -> None:
        """Remove what is too old. Raises TransientError."""
        for _ in range(MOST_STEPS):
            rows = await self._store.ended_before(self._clock() - self._days * DAY_MS, AT_A_TIME)
            for row in rows:
                await remove_run(self._store, self._folders, row)
            if rows:
                log.info("old runs removed", runs=len(rows))
            if len(rows) < AT_A_TIME:
                break


async def remove_run(store: Removal, folders: RunFolders, row: RunRow) -> None:
    """Remove the files of a run, then its row: a crash in between leaves the row, and it is done again. Raises TransientError."""
    if folder := row.location.rstrip("/").rpartition("/")[2]:
        try:
            await asyncio.to_thread(folders.remove, folder)
        except OSError as error:
            raise TransientError(f"the files of {row.id} cannot be removed: {error}") from error
    await store.remove(row.id)
