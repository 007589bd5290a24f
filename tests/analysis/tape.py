"""A made-up tape: a few weeks of minutes of some symbols, a random walk with bursts, enough for signals to fire."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from services.analysis.kernels.closed_bars import BAR_RECORD, BarRecords
from shared.events import Bar, Heartbeat, Tick, TickLog, Timeframe
from tests.analysis.market import hours


def tape(
    symbols: Sequence[str],
    days: int,
    every: int = 60_000,
    *,
    first: int = 0,
    heartbeat_rounds: int = 1,
    exchange: str = "NYSE",
    seed: int = 1,
) -> list[TickLog]:
    """Ticks of NYSE sessions in order, with a heartbeat every ``heartbeat_rounds`` rounds and at each open and close."""
    rng, log = random.Random(seed), list[TickLog]()
    prices, numbers = dict.fromkeys(symbols, 100.0), dict.fromkeys(symbols, 0)
    times = hours(exchange)
    for day in range(first, first + days):
        opened, closes = int(times.open[day]), int(times.close[day])
        volume = dict.fromkeys(symbols, 0.0)
        log.append(Heartbeat(exchange=exchange, ts_event=opened, ts_init=opened, source="test", mark="session_open"))
        for ts in range(opened, closes + 1, every):
            for symbol in symbols:
                at = min(ts + rng.randrange(every // 2), closes)
                prices[symbol] *= 1 + rng.gauss(0, 0.0015)
                numbers[symbol] += 1
                volume[symbol] += rng.randrange(1, 1000) * (8 if rng.random() < 0.02 else 1)
                log.append(
                    Tick(
                        symbol=symbol, price=round(prices[symbol], 2), ts_event=at, ts_init=at + 20, source="test",
                        seq=numbers[symbol], day_volume=volume[symbol], replayed=True,
                    )
                )  # fmt: skip
            if (ts - opened) // every % heartbeat_rounds == 0:
                log.append(Heartbeat(exchange=exchange, ts_event=ts, ts_init=ts + 5, source="test"))
        log.append(Heartbeat(exchange=exchange, ts_event=closes, ts_init=closes + 5, source="test", mark="session_close"))
    return log


def stored(bars: Sequence[Bar]) -> dict[tuple[str, Timeframe], BarRecords]:
    """The table of bars after these have closed."""
    found: dict[tuple[str, Timeframe], list[tuple[object, ...]]] = {}
    for b in bars:
        prices = (b.open, b.high, b.low, b.close, b.volume, b.price_factor, b.split_factor)
        found.setdefault((b.symbol, b.timeframe), []).append(
            (b.ts_event, b.ts_open, b.session, *prices, b.replayed, b.source, b.incomplete)
        )
    return {key: np.array(rows, BAR_RECORD) for key, rows in found.items()}


def of_symbol(table: dict[tuple[str, Timeframe], BarRecords], symbol: str) -> dict[Timeframe, BarRecords]:
    """One symbol's bars."""
    return {timeframe: bars for (name, timeframe), bars in table.items() if name == symbol}
