"""The market of /v1/stream/test: random data around the clock for authors of clients. Every message has ``source: test``."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from services.gateway.domain import messages
from services.gateway.domain.hub import Hub
from services.gateway.domain.market_memory import MarketMemory
from shared import events

SYMBOLS: Final = ("FAKE", "FAKEPACA")
INDUSTRY: Final = "fakes"
START: Final = 100.0
STEPS_PER_BAR: Final = 5
STEPS_PER_SIGNAL: Final = 10
STEP_SECONDS: Final = 0.5


@dataclass
class FakeMarket:
    """A random walk of ``SYMBOLS``, one step a call."""

    hub: Hub
    random: random.Random
    clock: Callable[[], int]
    market: MarketMemory = field(default_factory=lambda: MarketMemory(rows_per_series=10))
    prices: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SYMBOLS, START))
    steps: int = 0

    def step(self) -> None:
        """Publish a tick and a quote of each symbol; every few steps also bars, an industry view, signals and patterns."""
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
            if self.steps % STEPS_PER_BAR == 0:
                bar = _bar(symbol, before, price, now)
                self.hub.publish("b", symbol, messages.bar(bar, self.market.put_bar(bar)[0].raw))
            if self.steps % STEPS_PER_SIGNAL == STEPS_PER_BAR:
                self.hub.publish("f", symbol, messages.provisional(_signal(symbol, price, now, provisional=True)))
            if self.steps % STEPS_PER_SIGNAL == 0:
                self.hub.publish("s", symbol, messages.signal(_signal(symbol, price, now)))
                self.hub.publish("p", symbol, messages.pattern(_pattern(symbol, price, now)))
        if self.steps % STEPS_PER_BAR == 0:
            self.hub.publish("v", INDUSTRY, messages.industry(None, _view(self.prices, now)))


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


def _signal(symbol: str, price: float, now: int, *, provisional: bool = False) -> events.Signal:
    return events.Signal(
        id=events.signal_id("test", 1, {}, "up", symbol, "1m", now, provisional=provisional),
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
        provisional=provisional,
        bar_close=now + 30_000 if provisional else None,
        source="test",
    )


def _pattern(symbol: str, price: float, now: int) -> events.Pattern:
    """A double bottom whose breakout is now."""
    corners: tuple[tuple[Literal["high", "low"], int, float], ...] = (("low", 0, 0.98), ("high", 10, 0.999), ("low", 20, 0.98))
    closes = [now - (25 - bars) * 60_000 for _, bars, _ in corners]
    return events.Pattern(
        id=events.pattern_id(symbol, "1m", "double_bottom", closes),
        pattern="double_bottom",
        status="confirmed",
        direction="up",
        symbol=symbol,
        timeframe=events.Timeframe.M1,
        ts_event=now,
        ts_init=now,
        price=price,
        pivots=tuple(
            events.Pivot(kind=kind, ts_close=close, bars=bars, price=round(price * share, 2))
            for (kind, bars, share), close in zip(corners, closes, strict=True)
        ),
        quality=0.5,
        level=round(price * 0.999, 2),
        target=round(price * 1.018, 2),
        invalidation=round(price * 0.98, 2),
        source="test",
    )


def _view(prices: Mapping[str, float], now: int) -> events.IndustryView:
    moves = {symbol: price / START - 1 for symbol, price in prices.items()}
    best = sorted(prices, key=lambda symbol: moves[symbol], reverse=True)
    movers = tuple(events.Mover(symbol=symbol, move=moves[symbol], last_price=prices[symbol]) for symbol in best)
    advances, declines = sum(move > 0 for move in moves.values()), sum(move < 0 for move in moves.values())
    return events.IndustryView(
        industry=INDUSTRY,
        kind="industry",
        name_en="Fakes",
        name_ko="가짜",
        ts_event=now,
        ts_init=now,
        session=0,
        advances=advances,
        declines=declines,
        unchanged=len(moves) - advances - declines,
        missing=0,
        median_move=statistics.median(moves.values()),
        leaders=movers[:1],
        laggards=movers[1:],
        members=tuple(events.IndustryMember(symbol=symbol, last_price=prices[symbol], move=moves[symbol]) for symbol in prices),
        source="test",
    )
