"""Waiting that ends when the process stops: a pause, retries until a success, and a periodic action."""

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
"""The longest wait between two retries."""
SPREAD: Final = 0.2
"""Periods vary by up to this fraction, so that replicas do not act at the same moment."""

log = structlog.get_logger("waiting")


async def pause(seconds: float, until: asyncio.Event) -> None:
    """Wait for ``seconds``, or until the event is set."""
    try:
        async with asyncio.timeout(seconds):
            await until.wait()
    except TimeoutError:
        return


async def keep_trying(action: Callable[[], Awaitable[T]], what: str, stopping: asyncio.Event) -> T | None:
    """Retry ``action`` until it succeeds; None when the process stops first. Raises errors not classified as "retry"."""
    backoff = Backoff(Random(), maximum=MOST_SECONDS)  # noqa: S311 - jitter
    while not stopping.is_set():
        try:
            return await action()
        except Exception as error:
            if classify(error) != "retry":
                raise
            log.warning("not available yet", what=what, error=str(error))
            await pause(backoff.next(), stopping)
    return None


class Refresher:
    """Runs an action at once and then periodically. After a transient failure it retries sooner, with backoff."""

    def __init__(
        self, action: Callable[[], Awaitable[None]], what: str, seconds: Callable[[], float] | float, stopping: asyncio.Event
    ) -> None:
        """``seconds``: from the end of one run to the start of the next; a function is called after each run."""
        self._action = action
        self._what = what
        self._seconds = seconds if callable(seconds) else lambda: seconds
        self._stopping = stopping
        self._first_done = asyncio.Event()
        self._random = Random()  # noqa: S311 - jitter
        self.ever_succeeded = False
        """The action has succeeded at least once."""
        self.healthy = False
        """The last run of the action succeeded."""

    async def wait_first_success(self) -> bool:
        """Wait until the action has succeeded once; False when the process stops first."""
        await self._first_done.wait()
        return self.ever_succeeded

    async def run(self) -> None:
        """Run the action periodically until the process stops.

        Raises:
            Exception: an error that ``classify`` does not map to "retry".
        """
        backoff = Backoff(self._random, maximum=MOST_SECONDS)
        try:
            while not self._stopping.is_set():
                try:
                    await self._action()
                except Exception as error:
                    self.healthy = False
                    if classify(error) != "retry":
                        raise
                    log.warning("failed, will retry", what=self._what, error=str(error))
                    seconds = backoff.next()
                else:
                    self.ever_succeeded = self.healthy = True
                    self._first_done.set()
                    backoff.reset()
                    seconds = self._seconds() * self._random.uniform(1 - SPREAD, 1 + SPREAD)
                await pause(seconds, self._stopping)
        finally:
            self._first_done.set()
