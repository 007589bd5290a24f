"""A process for runs: low priority, one run at a time, replaced after some runs, killed when a run must end."""

from __future__ import annotations

import asyncio
import multiprocessing
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Final

from services.analysis.research.adapters.run_child import serve
from services.analysis.research.domain.run_messages import Message, ProcessEndedError, RunTask
from services.analysis.research.runs.table import KindTable
from services.analysis.research.settings import ResearchSettings

JOIN_SECONDS: Final = 5.0
SPAWN: Final = multiprocessing.get_context("spawn")


class RunProcess:
    """Runs tasks in a child that is started for the first one."""

    def __init__(self, settings: ResearchSettings, kinds: KindTable) -> None:
        self._settings = settings
        self._kinds = kinds
        self._child: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None
        self._left = 0

    async def begin(self, task: RunTask) -> None:
        """Give a task to the child. Raises ProcessEndedError."""
        if self._child is None or not self._child.is_alive() or not self._left:
            await self.close()
            await asyncio.to_thread(self._start)
        self._left -= 1
        try:
            await asyncio.to_thread(self._opened().send, task)  # a child that still starts reads nothing yet
        except OSError as error:
            await self.close()
            raise ProcessEndedError(f"the process does not take a run: {error}") from error

    async def next(self, seconds: float) -> Message | None:
        """The next message of the child; None if there is none in time. Raises ProcessEndedError: the next run has a new child."""
        try:
            return await asyncio.to_thread(self._receive, seconds)
        except (EOFError, OSError) as error:
            child, code = self._child, None
            if child is not None:  # its pipe may end before it: until then it looks as if it took another run
                await asyncio.to_thread(child.join, JOIN_SECONDS)
                code = child.exitcode
            await self.close()
            raise ProcessEndedError(f"its process ended (exit code {code})") from error

    async def close(self) -> None:
        """End the child at once, whatever it does."""
        child, connection, self._child, self._connection = self._child, self._connection, None, None
        if child is not None:
            child.kill()
            await asyncio.to_thread(child.join, JOIN_SECONDS)
            with suppress(ValueError):  # it has not ended yet
                child.close()
        if connection is not None:
            connection.close()

    def _start(self) -> None:
        mine, theirs = SPAWN.Pipe()
        child = SPAWN.Process(target=serve, args=(theirs, self._settings, dict(self._kinds)), name="research run", daemon=True)
        child.start()
        theirs.close()
        self._child, self._connection, self._left = child, mine, self._settings.research_process_runs

    def _opened(self) -> Connection:
        if self._connection is None:
            raise ProcessEndedError("there is no process")
        return self._connection

    def _receive(self, seconds: float) -> Message | None:
        connection = self._opened()
        if not connection.poll(seconds):
            return None
        message: Message = connection.recv()
        return message
