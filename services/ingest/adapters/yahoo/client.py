"""The asynchronous client for charts: a bounded thread pool behind a rate limiter and a circuit breaker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from random import Random
from typing import Final, TypeVar

from aiolimiter import AsyncLimiter
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from services.ingest.adapters.yahoo.chart_api import ChartApi
from services.ingest.domain.yahoo_chart import Chart
from services.ingest.domain.yahoo_errors import PausedError, UnreachableError, YahooError
from shared.backoff import Backoff
from shared.metrics import counter, gauge, histogram

TRIES: Final = 3
MAX_PAUSE_SECONDS: Final = 3.0
SLACK_SECONDS: Final = 2.0
"""The coroutine waits this much longer than the thread's time limit, so that the thread's own error is raised."""

requests = counter("ingest_yahoo_requests_total", "Requests to Yahoo, by outcome.", ["outcome"])
seconds = histogram("ingest_yahoo_request_seconds", "Time from a request to Yahoo to its response or failure.")
busy = gauge("ingest_yahoo_busy_threads", "Threads that are waiting for Yahoo.")

T = TypeVar("T")


class YahooClient:
    """Requests charts within Yahoo's limits. Created by ``open_client``."""

    def __init__(
        self, api: ChartApi, pool: ThreadPoolExecutor, threads: int, per_minute: float, request_seconds: float, open_seconds: float
    ) -> None:
        self._api = api
        self._pool = pool
        self._request_seconds = request_seconds
        self._open_seconds = open_seconds
        self._outage: YahooError | None = None
        """The newest error of Yahoo as a whole."""
        self._free = asyncio.Semaphore(threads)
        self._limiter = AsyncLimiter(1, 60.0 / per_minute)  # evenly spread: Yahoo refuses bursts with 429
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=5, default_ttl=open_seconds, exclude=[(YahooError, lambda error: not error.outage)]
        )

    async def chart(self, symbol: str, interval: str, params: Mapping[str, str | int]) -> Chart:
        """Request one chart. An error with ``retry_at_once`` is retried up to two times.

        Raises:
            YahooError: a subclass. ``PausedError`` if no request was sent.
        """
        backoff = Backoff(Random(), maximum=MAX_PAUSE_SECONDS)  # noqa: S311 - jitter
        for _ in range(TRIES - 1):
            try:
                return await self._request_once(symbol, interval, params)
            except YahooError as error:
                if not error.retry_at_once:
                    raise
            await asyncio.sleep(backoff.next())
        return await self._request_once(symbol, interval, params)

    async def _request_once(self, symbol: str, interval: str, params: Mapping[str, str | int]) -> Chart:
        try:
            async with await self._breakers.get_breaker("yahoo"):
                await self._limiter.acquire()
                with seconds.time():
                    chart = await self._in_thread(symbol, lambda: self._api.chart(symbol, interval, params))
        except OpenedState as error:
            requests.labels(PausedError.reason).inc()
            until = int((error.opened_at + self._open_seconds) * 1000)
            detail = "Yahoo failed too often in a row; requests are paused"
            raise PausedError(symbol, detail, cause=self._outage, until=until) from error
        except YahooError as error:
            requests.labels(error.reason).inc()
            if error.outage and not isinstance(error, PausedError):
                self._outage = error
            raise
        requests.labels("ok").inc()
        return chart

    async def _in_thread(self, symbol: str, request: Callable[[], T]) -> T:
        """Run in a thread of the pool. The semaphore is released when the thread ends, not when the caller's timeout expires."""
        try:
            async with asyncio.timeout(self._request_seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise PausedError(symbol, "every thread is busy") from error
        loop = asyncio.get_running_loop()
        try:
            future = self._pool.submit(request)
        except RuntimeError as error:
            self._free.release()
            raise PausedError(symbol, "the process is stopping") from error
        busy.inc()
        future.add_done_callback(lambda _: self._thread_finished(loop))
        try:
            async with asyncio.timeout(self._request_seconds + SLACK_SECONDS):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise UnreachableError(
                symbol, f"the thread did not return within {self._request_seconds + SLACK_SECONDS:g} s"
            ) from error

    def _thread_finished(self, loop: asyncio.AbstractEventLoop) -> None:
        busy.dec()
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._free.release)


@asynccontextmanager
async def open_client(
    api: ChartApi, *, threads: int, per_minute: float, request_seconds: float, open_seconds: float = 60.0
) -> AsyncIterator[YahooClient]:
    """A client with its own threads. ``request_seconds``: time limit of a request; ``open_seconds``: how long the circuit
    breaker stays open.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="yahoo")
    try:
        yield YahooClient(api, pool, threads, per_minute, request_seconds, open_seconds)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
