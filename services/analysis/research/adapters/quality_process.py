"""Computes the stored records in a process of its own at low priority: their arrays take memory only while they are needed."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from services.analysis.research.domain.quality_changes import QualityChange, QualityProcessError
from shared.events import Timeframe

NICE: Final = 10
MOST_ERROR: Final = 2000


class QualityProcess:
    """Runs ``research quality --store``."""

    def __init__(self, limit_seconds: float, stopping: asyncio.Event) -> None:
        self._limit_seconds = limit_seconds
        self._stopping = stopping

    async def compute(self, timeframe: Timeframe) -> list[QualityChange] | None:
        """Computes and saves the records of a timeframe; returns what became validated or lost it.

        None: the service stops, and what was begun is left. Raises QualityProcessError.
        """
        if self._stopping.is_set():
            return None
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.analysis", "research", "quality", "--store", "--timeframe", timeframe.word),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[4],
        )
        stop = asyncio.create_task(self._kill_at_stop(process), name="stop of signal quality")
        try:
            with suppress(ProcessLookupError, AttributeError):  # only Unix has priorities of processes
                os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
            async with asyncio.timeout(self._limit_seconds):
                found, errors = await process.communicate()
        except TimeoutError as error:
            raise QualityProcessError(f"not done after {self._limit_seconds:g} s") from error
        finally:
            stop.cancel()
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process.returncode and self._stopping.is_set():
            return None
        if process.returncode:
            raise QualityProcessError(errors.decode("utf-8", "replace")[-MOST_ERROR:] or f"exit code {process.returncode}")
        return msgspec.json.decode(found, type=list[QualityChange])

    async def _kill_at_stop(self, process: asyncio.subprocess.Process) -> None:
        await self._stopping.wait()
        with suppress(ProcessLookupError):
            process.kill()
