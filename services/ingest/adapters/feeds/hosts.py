"""Politeness: one request at a time to a host, with a gap between two, and none while a host is paused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from yarl import URL

from services.ingest.adapters.feeds.fetcher import FEED_TYPES, Fetcher
from services.ingest.domain.clock import Clock
from services.ingest.domain.feeds.outcomes import OUTAGES, Failure, FetchOutcome

THRESHOLD: Final = 5
"""Failures in a row after which a host is paused."""
PAUSE_SECONDS: Final = 300.0
MOST_REQUESTS: Final = 32
"""Requests to all hosts at the same time."""


class _HostFailedError(Exception):
    """A failure of the host as a whole, for its circuit breaker."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class _Host:
    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.free_at = 0.0
        self.paused_until = 0.0


class Hosts:
    """The turns of all hosts."""

    def __init__(self, gap_seconds: float, clock: Clock, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._gap = gap_seconds
        self._clock = clock
        self._pause = pause_seconds
        self._hosts: dict[str, _Host] = {}
        self._breakers = AsyncCircuitBreakerFactory(default_threshold=THRESHOLD, default_ttl=pause_seconds)
        self._free = asyncio.Semaphore(MOST_REQUESTS)

    async def request(self, host: str, send: Callable[[], Awaitable[FetchOutcome]]) -> FetchOutcome:
        """Send a request when it is the host's turn; ``paused`` without a request while the host is paused."""
        known = self._hosts.setdefault(host, _Host())
        async with known.turn:
            if (left := known.paused_until - self._clock.now()) > 0:
                return Failure("paused", f"{host} asked to wait", left)
            await self._clock.wait(max(0.0, known.free_at - self._clock.now()))
            try:
                return await self._through_breaker(host, known, send)
            finally:
                known.free_at = self._clock.now() + self._gap

    async def _through_breaker(self, host: str, known: _Host, send: Callable[[], Awaitable[FetchOutcome]]) -> FetchOutcome:
        try:
            async with await self._breakers.get_breaker(host):
                return await self._send(known, send)
        except _HostFailedError as error:
            return error.failure
        except OpenedState:
            return Failure("paused", f"{host} failed {THRESHOLD} times in a row", self._pause)

    async def _send(self, known: _Host, send: Callable[[], Awaitable[FetchOutcome]]) -> FetchOutcome:
        async with self._free:
            outcome = await send()
        if isinstance(outcome, Failure) and outcome.reason in OUTAGES:
            if outcome.retry_after:
                known.paused_until = self._clock.now() + outcome.retry_after
            raise _HostFailedError(outcome)
        return outcome


class PoliteFetcher:
    """Requests documents when it is the turn of their host."""

    def __init__(self, fetcher: Fetcher, hosts: Hosts) -> None:
        self._fetcher = fetcher
        self._hosts = hosts

    async def fetch(self, url: str, etag: str = "", modified: str = "", accept: str = FEED_TYPES) -> FetchOutcome:
        """The document, or why there is none."""
        host = URL(url).host or ""
        return await self._hosts.request(host, lambda: self._fetcher.fetch(url, etag, modified, accept))
