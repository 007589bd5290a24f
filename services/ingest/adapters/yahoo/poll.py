"""Polls prices that are not streamed."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final

import structlog

from services.ingest.adapters.yahoo.chart_api import AsyncChartApi
from services.ingest.domain.clock import Clock
from services.ingest.domain.health import ProviderHealth
from services.ingest.domain.poll_plan import PollPlan
from services.ingest.domain.universe import Instrument
from services.ingest.domain.yahoo_errors import UnknownSymbolError, YahooError
from services.ingest.domain.yahoo_health import record_failure
from services.ingest.domain.yahoo_ticks import RejectedPrice, polled_tick
from shared.backoff import delay
from shared.events import Tick
from shared.metrics import counter

CHECK_SECONDS: Final = 0.25
SOURCE: Final = "yahoo-poll"
MAX_PAUSE_SECONDS: Final = 900.0
UNKNOWN_SECONDS: Final = 3600.0

log = structlog.get_logger("ingest.yahoo")
polls = counter("ingest_yahoo_polls_total", "Polls by outcome: ok, or the reason for no tick.", ["outcome"])


class YahooPoll:
    """Requests the last price of each symbol that is due and passes the tick to ``put``."""

    def __init__(
        self,
        charts: AsyncChartApi,
        instruments: Mapping[str, Instrument],
        symbols: Callable[[], Collection[str]],
        put: Callable[[Tick], Awaitable[None]],
        plan: PollPlan,
        clock: Clock,
        stopping: asyncio.Event,
        *,
        pause: float,
        rng: random.Random,
        health: ProviderHealth,
    ) -> None:
        """``symbols`` returns the symbols to poll now; ``pause``: seconds until the first retry of a failed symbol."""
        self._health = health
        self._charts = charts
        self._instruments = instruments
        self._symbols = symbols
        self._put = put
        self._plan = plan
        self._clock = clock
        self._stopping = stopping
        self._pause = pause
        self._rng = rng
        self._failures: dict[str, int] = defaultdict(int)

    async def run(self) -> None:
        """Poll until the process stops. Several tasks may run it at once, so that one slow response does not delay the others."""
        while not self._stopping.is_set():
            symbols = self._symbols()
            if not symbols:
                self._health.set_idle(SOURCE)
            symbol = self._plan.next_symbol(symbols, self._clock.now())
            if symbol is None:
                await self._clock.wait(CHECK_SECONDS)
            else:
                await self._request(self._instruments[symbol])

    async def _request(self, instrument: Instrument) -> None:
        try:
            chart = await self._charts.chart(instrument.symbol, "1d", {"range": "1d"})
        except YahooError as error:
            polls.labels(error.reason).inc()
            self._retry_later(instrument.symbol, error)
            return
        self._failures.pop(instrument.symbol, None)
        self._health.succeeded(SOURCE)
        tick = polled_tick(chart, instrument, self._clock.wall())
        if isinstance(tick, RejectedPrice):
            polls.labels(tick.reason).inc()
            log.warning("a polled price was rejected", symbol=instrument.symbol, reason=tick.reason)
            return
        polls.labels("ok").inc()
        await self._put(tick)

    def _retry_later(self, symbol: str, error: YahooError) -> None:
        tries = self._failures[symbol]
        self._failures[symbol] += 1
        jitter = delay(tries, self._pause, MAX_PAUSE_SECONDS, self._rng.random())
        pause = UNKNOWN_SECONDS if isinstance(error, UnknownSymbolError) else jitter
        self._plan.postpone(symbol, self._clock.now() + pause)
        now, due = self._clock.wall(), self._plan.next_due
        record_failure(self._health, SOURCE, error, now, None if due is None else now + int((due - self._clock.now()) * 1000))
        log.warning("no polled price", symbol=symbol, error=str(error), again_in_seconds=round(pause))
