"""Waiting that a stop ends: a pause, a first success, and what is done again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final, TypeVar

import structlog

from shared.backoff import Backoff
from shared.failures import classify

T = TypeVar("T")
MOST_SECONDS: Final = 5.0
"""What is not there is looked for at least this often."""
SPREAD: Final = 0.2
"""Periods vary by up to this share, so that replicas do not work in step."""

log = structlog.get_logger("waiting")


async def pause(seconds: float, until: asyncio.Event) -> None:
    """Wait so long, or until the event is set."""
    try:
        async with asyncio.timeout(seconds):
            await until.wait()
    except TimeoutError:
        return


async def keep_trying(action: Callable[[], Awaitable[T]], what: str, stopping: asyncio.Event) -> T | None:
    """Try until ``action`` succeeds; None when the process stops before. Raises what ``classify`` does not say "retry" to."""
    backoff = Backoff(Random(), most=MOST_SECONDS)  # noqa: S311 - jitter
    while not stopping.is_set():
        try:
            return await action()
        except Exception as error:
            if classify(error) != "retry":
                raise
            log.warning("not there yet", what=what, error=str(error))
            await pause(backoff.next(), stopping)
    return None


class Refresher:
    """Does something at once and then again and again: reads a table, measures, publishes. What is away is tried again sooner."""

    def __init__(
        self, action: Callable[[], Awaitable[None]], what: str, seconds: Callable[[], float] | float, stopping: asyncio.Event
    ) -> None:
        """``seconds``: from the end of one time to the begin of the next, asked anew each time where it is a function."""
        self._action = action
        self._what = what
        self._seconds = seconds if callable(seconds) else lambda: seconds
        self._stopping = stopping
        self._settled = asyncio.Event()
        self._random = Random()  # noqa: S311 - jitter
        self.ever_succeeded = False
        """It has succeeded at least once."""
        self.healthy = False
        """It succeeded the last time."""

    async def first(self) -> bool:
        """Wait until it has succeeded once; False when the process stops before."""
        await self._settled.wait()
        return self.ever_succeeded

    async def run(self) -> None:
        """Until the process stops.

        Raises:
            Exception: what ``classify`` does not say "retry" to.
        """
        backoff = Backoff(self._random, most=MOST_SECONDS)
        try:
            while not self._stopping.is_set():
                try:
                    await self._action()
                except Exception as error:
                    self.healthy = False
                    if classify(error) != "retry":
                        raise
                    log.warning("not possible now", what=self._what, error=str(error))
                    seconds = backoff.next()
                else:
                    self.ever_succeeded = self.healthy = True
                    self._settled.set()
                    backoff.reset()
                    seconds = self._seconds() * self._random.uniform(1 - SPREAD, 1 + SPREAD)
                await pause(seconds, self._stopping)
        finally:
            self._settled.set()
