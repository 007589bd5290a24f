"""/v1/stream/test: a stream of made-up data that never stops, for those who write clients. Every message says ``source: test``."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from services.gateway.domain import messages
from services.gateway.domain.hub import Hub
from services.gateway.domain.market import Market
from shared import events

SYMBOLS: Final = ("FAKE", "FAKEPACA")
START: Final = 100.0
EVERY_BAR: Final = 5
EVERY_SIGNAL: Final = 10
SECONDS: Final = 0.5


@dataclass
class Fake:
    """A random walk of ``SYMBOLS``, one step a call."""

    hub: Hub
    random: random.Random
    clock: Callable[[], int]
    market: Market = field(default_factory=lambda: Market(rows_per_series=10))
    prices: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SYMBOLS, START))
    steps: int = 0

    def step(self) -> None:
        """Publish a tick and a quote of each symbol, now and then a bar and a signal."""
        self.steps += 1
        now = self.clock()
        for symbol in SYMBOLS:
            before = self.prices[symbol]
            price = self.prices[symbol] = round(before * math.exp(self.random.gauss(0, 0.001)), 2)
            self.hub.publish(
                "t", symbol, messages.tick(events.Tick(symbol=symbol, price=price, ts_event=now, ts_init=now, source="test"))
            )
            self.market.put_quote(_quote(symbol, price, now))
            self.hub.publish("q", symbol, self.market.quotes[symbol].body)
            if self.steps % EVERY_BAR == 0:
                bar = _bar(symbol, before, price, now)
                self.hub.publish("b", symbol, messages.bar(bar, self.market.put_bar(bar)[0].raw))
            if self.steps % EVERY_SIGNAL == 0:
                self.hub.publish("s", symbol, messages.signal(_signal(symbol, price, now)))


def _quote(symbol: str, price: float, now: int) -> events.Quote:
    return events.Quote(
        symbol=symbol,
        last_price=price,
        ts_event=now,
        ts_init=now,
        source="test",
        prev_close=START,
        change=price - START,
        change_percent=price / START - 1,
    )


def _bar(symbol: str, before: float, price: float, now: int) -> events.Bar:
    return events.Bar(
        symbol=symbol,
        timeframe=events.Timeframe.M1,
        ts_open=now - 60_000,
        ts_event=now,
        ts_init=now,
        session=0,
        open=before,
        high=max(before, price),
        low=min(before, price),
        close=price,
        volume=100.0,
        source="test",
    )


def _signal(symbol: str, price: float, now: int) -> events.Signal:
    return events.Signal(
        id=events.signal_id("test", 1, {}, "up", symbol, "1m", now),
        rule="test",
        rule_version=1,
        params={},
        direction="up",
        symbol=symbol,
        timeframe=events.Timeframe.M1,
        ts_event=now,
        ts_init=now,
        price=price,
        evidence={},
        source="test",
    )
