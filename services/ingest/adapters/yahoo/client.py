"""Charts for coroutines: bounded threads behind a limiter and a breaker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from random import Random
from typing import Final, Protocol, TypeVar

from aiolimiter import AsyncLimiter
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from services.ingest.domain.yahoo_chart import Chart
from services.ingest.domain.yahoo_errors import PausedError, UnreachableError, YahooError
from shared.backoff import Backoff
from shared.metrics import counter, gauge, histogram

TRIES: Final = 3
MOST_PAUSE_SECONDS: Final = 3.0
SLACK_SECONDS: Final = 2.0
"""The coroutine waits this much longer than the thread may take, so that it is the thread that says what went wrong."""

requests = counter("ingest_yahoo_requests_total", "Questions to Yahoo, by their outcome.", ["outcome"])
seconds = histogram("ingest_yahoo_request_seconds", "Time from a question to Yahoo to its answer or failure.")
busy = gauge("ingest_yahoo_busy_threads", "Threads that wait for Yahoo.")

T = TypeVar("T")


class Door(Protocol):
    """Asks for one chart, blocking; raises ``YahooError`` and nothing else."""

    def chart(self, symbol: str, interval: str, params: Mapping[str, str | int]) -> Chart: ...


class YahooClient:
    """Asks for charts within Yahoo's limits. Made by ``open_client``."""

    def __init__(self, door: Door, pool: ThreadPoolExecutor, threads: int, per_minute: float, wait: float, rest: float) -> None:
        self._door = door
        self._pool = pool
        self._wait = wait
        self._rest = rest
        self._outage: YahooError | None = None
        """The newest failure of Yahoo as a whole."""
        self._free = asyncio.Semaphore(threads)
        self._limiter = AsyncLimiter(1, 60.0 / per_minute)  # one at a time, evenly: a burst is what Yahoo answers with 429
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=5, default_ttl=rest, exclude=[(YahooError, lambda error: not error.outage)]
        )

    async def chart(self, symbol: str, interval: str, params: Mapping[str, str | int]) -> Chart:
        """Ask for one chart; tries again at once, up to three times, only where that can help.

        Raises:
            YahooError: one of its types. ``PausedError`` where Yahoo was not asked at all.
        """
        backoff = Backoff(Random(), most=MOST_PAUSE_SECONDS)  # noqa: S311 - jitter
        for _ in range(TRIES - 1):
            try:
                return await self._asked(symbol, interval, params)
            except YahooError as error:
                if not error.passes:
                    raise
            await asyncio.sleep(backoff.next())
        return await self._asked(symbol, interval, params)

    async def _asked(self, symbol: str, interval: str, params: Mapping[str, str | int]) -> Chart:
        try:
            async with await self._breakers.get_breaker("yahoo"):
                await self._limiter.acquire()
                with seconds.time():
                    chart = await self._in_thread(symbol, lambda: self._door.chart(symbol, interval, params))
        except OpenedState as error:
            requests.labels(PausedError.reason).inc()
            until = int((error.opened_at + self._rest) * 1000)
            what = "Yahoo failed too often in a row and is left alone for a while"
            raise PausedError(symbol, what, cause=self._outage, until=until) from error
        except YahooError as error:
            requests.labels(error.reason).inc()
            if error.outage and not isinstance(error, PausedError):
                self._outage = error
            raise
        requests.labels("ok").inc()
        return chart

    async def _in_thread(self, symbol: str, ask: Callable[[], T]) -> T:
        """Run in a thread of the pool. Its place is given back when the thread ends, not when the caller loses patience."""
        try:
            async with asyncio.timeout(self._wait):
                await self._free.acquire()
        except TimeoutError as error:
            raise PausedError(symbol, "every thread is busy") from error
        loop = asyncio.get_running_loop()
        try:
            future = self._pool.submit(ask)
        except RuntimeError as error:
            self._free.release()
            raise PausedError(symbol, "the process is stopping") from error
        busy.inc()
        future.add_done_callback(lambda _: self._call_back(loop))
        try:
            async with asyncio.timeout(self._wait + SLACK_SECONDS):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise UnreachableError(symbol, f"the thread did not come back within {self._wait + SLACK_SECONDS:g} s") from error

    def _call_back(self, loop: asyncio.AbstractEventLoop) -> None:
        busy.dec()
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._free.release)


@asynccontextmanager
async def open_client(
    door: Door, *, threads: int, per_minute: float, wait: float, rest: float = 60.0
) -> AsyncIterator[YahooClient]:
    """A client with its own threads. ``wait`` bounds a question in seconds, ``rest`` is how long an open breaker stays open."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="yahoo")
    try:
        yield YahooClient(door, pool, threads, per_minute, wait, rest)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
