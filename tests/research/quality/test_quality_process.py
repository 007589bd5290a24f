"""The process that computes the stored records ends when the service stops, however far it is."""

from __future__ import annotations

import asyncio

import psutil

from services.analysis.research.adapters.quality_process import QualityProcess
from shared.events import Timeframe
from tests.until import until


def computing() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "--store" in each.cmdline()]


async def test_a_computation_that_does_not_end_is_left_when_the_service_stops() -> None:
    stopping = asyncio.Event()
    quality = QualityProcess(600, stopping)
    task = asyncio.create_task(quality.compute(Timeframe.D1))
    await until(lambda: len(computing()) == 1, 30, "the process")
    (process,) = computing()
    process.suspend()
    stopping.set()
    async with asyncio.timeout(30):
        assert await task is None
    assert not process.is_running()
    assert await quality.compute(Timeframe.D1) is None
    assert computing() == []
