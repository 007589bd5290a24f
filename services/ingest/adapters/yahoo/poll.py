"""Polled prices: the fallback for what the stream does not bring."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final, Protocol

import structlog

from services.ingest.domain.clock import Clock
from services.ingest.domain.health import HealthRecord
from services.ingest.domain.poll_plan import PollPlan
from services.ingest.domain.universe import Instrument
from services.ingest.domain.yahoo_chart import Chart
from services.ingest.domain.yahoo_errors import UnknownSymbolError, YahooError
from services.ingest.domain.yahoo_health import record_failure
from services.ingest.domain.yahoo_ticks import NoTick, polled_tick
from shared.backoff import delay
from shared.events import Tick
from shared.metrics import counter

LOOK_SECONDS: Final = 0.25
SOURCE: Final = "yahoo-poll"
MOST_PAUSE_SECONDS: Final = 900.0
UNKNOWN_SECONDS: Final = 3600.0

log = structlog.get_logger("ingest.yahoo")
polls = counter("ingest_yahoo_polls_total", "Polled prices: ok, or why there was none.", ["outcome"])


class Charts(Protocol):
    """Asks for a chart; raises ``YahooError``."""

    async def chart(self, symbol: str, interval: str, params: Mapping[str, str | int]) -> Chart: ...


class YahooPoll:
    """Asks for the last price of each wanted symbol in its turn and hands the tick to ``put``."""

    def __init__(
        self,
        charts: Charts,
        instruments: Mapping[str, Instrument],
        wanted: Callable[[], Collection[str]],
        put: Callable[[Tick], Awaitable[None]],
        plan: PollPlan,
        clock: Clock,
        stopping: asyncio.Event,
        *,
        pause: float,
        chance: random.Random,
        health: HealthRecord,
    ) -> None:
        """``wanted`` names the symbols to poll now; ``pause`` in seconds is how long one that failed is left alone at first."""
        self._health = health
        self._charts = charts
        self._instruments = instruments
        self._wanted = wanted
        self._put = put
        self._plan = plan
        self._clock = clock
        self._stopping = stopping
        self._pause = pause
        self._chance = chance
        self._failures: dict[str, int] = defaultdict(int)

    async def run(self) -> None:
        """Poll until the process stops. Several tasks may run it together, so that one slow answer does not hold up the others."""
        while not self._stopping.is_set():
            wanted = self._wanted()
            if not wanted:
                self._health.rests(SOURCE)
            symbol = self._plan.take(wanted, self._clock.now())
            if symbol is None:
                await self._clock.wait(LOOK_SECONDS)
            else:
                await self._ask(self._instruments[symbol])

    async def _ask(self, instrument: Instrument) -> None:
        try:
            chart = await self._charts.chart(instrument.symbol, "1d", {"range": "1d"})
        except YahooError as error:
            polls.labels(error.reason).inc()
            self._later(instrument.symbol, error)
            return
        self._failures.pop(instrument.symbol, None)
        self._health.succeeded(SOURCE)
        tick = polled_tick(chart, instrument, self._clock.wall())
        if isinstance(tick, NoTick):
            polls.labels(tick.reason).inc()
            log.warning("a polled price is none", symbol=instrument.symbol, reason=tick.reason)
            return
        polls.labels("ok").inc()
        await self._put(tick)

    def _later(self, symbol: str, error: YahooError) -> None:
        tries = self._failures[symbol]
        self._failures[symbol] += 1
        jitter = delay(tries, self._pause, MOST_PAUSE_SECONDS, self._chance.random())
        pause = UNKNOWN_SECONDS if isinstance(error, UnknownSymbolError) else jitter
        self._plan.put_off(symbol, self._clock.now() + pause)
        now, due = self._clock.wall(), self._plan.next_due
        record_failure(self._health, SOURCE, error, now, None if due is None else now + int((due - self._clock.now()) * 1000))
        log.warning("no polled price", symbol=symbol, error=str(error), again_in_seconds=round(pause))
