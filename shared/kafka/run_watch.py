"""What is published about one run, for whoever asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from shared.events import RunFinished, RunProgress

RunReport = RunProgress | RunFinished
R = TypeVar("R", RunReport, RunFinished)


class NoResultError(Exception):
    """There is no result in time, or too many jobs wait already. Asking again later may help."""


class RunWatch:
    """The newest report of a run. An outcome is never replaced by progress."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._newest: RunReport | None = None
        self._changed = asyncio.Condition()

    async def put(self, report: RunReport) -> None:
        """Take a report."""
        async with self._changed:
            if not isinstance(self._newest, RunFinished):
                self._newest = report
            self._changed.notify_all()

    async def taken(self, seconds: float) -> RunReport:
        """The first report: the run waits, or it is refused. Raises NoResultError."""
        return await self._wait(lambda: self._newest, seconds)

    async def finished(self, seconds: float) -> RunFinished:
        """The outcome. Raises NoResultError."""
        return await self._wait(lambda: self._newest if isinstance(self._newest, RunFinished) else None, seconds)

    async def _wait(self, known: Callable[[], R | None], seconds: float) -> R:
        limit = asyncio.timeout(seconds)
        try:
            async with limit, self._changed:
                while (found := known()) is None:
                    await self._changed.wait()
                return found
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise NoResultError(f"no report of run {self._run_id} within {seconds:g} s") from error
