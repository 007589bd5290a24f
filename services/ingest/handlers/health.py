"""Reports the health of the sources outwards: at once when it changes, and now and then so that silence means a dead ingest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from services.ingest.domain.clock import Clock
from services.ingest.domain.health import Health
from shared.failures import TransientError

LOOK_SECONDS: Final = 2.0
"""Changes within this time make one write."""
REPEAT_SECONDS: Final = 10.0

log = structlog.get_logger("ingest")


async def report_health(
    health: Callable[[], Sequence[Health]],
    store: Callable[[Sequence[Health], int], Awaitable[None]],
    clock: Clock,
    stopping: asyncio.Event,
) -> None:
    """Write until the process stops."""
    written: Sequence[Health] | None = None
    due = clock.now()
    while not stopping.is_set():
        found = health()
        if found != written or (found and clock.now() >= due):
            try:
                await store(found, clock.wall())
            except TransientError as error:
                log.warning("the health of the sources cannot be stored now", error=str(error))
            else:
                written, due = found, clock.now() + REPEAT_SECONDS
        await clock.wait(LOOK_SECONDS)
