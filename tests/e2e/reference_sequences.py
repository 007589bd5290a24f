"""Sequences over the reference's signals, written from docs/sequences.md alone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from tests.e2e.reference_bars import Reference
from tests.e2e.reference_signals import Expected, fired

Step = tuple[str, str]
"""Rule and direction."""


class Chain(NamedTuple):
    """Two steps, or three."""

    text: str
    """The normal form."""
    steps: tuple[Step, ...]
    within: tuple[int, ...]
    timeframe: str


FOLLOWED = (
    Chain("rsi_mid up then macd_cross up within 6 bars on 15m", (("rsi_mid", "up"), ("macd_cross", "up")), (6,), "15m"),
    Chain(
        "sma_breakout_up up then bollinger_touch up within 12 bars then macd_cross down within 20 bars on 15m",
        (("sma_breakout_up", "up"), ("bollinger_touch", "up"), ("macd_cross", "down")),
        (12, 20),
        "15m",
    ),
    Chain("macd_cross down then macd_cross down within 40 bars on 1d", (("macd_cross", "down"),) * 2, (40,), "1d"),
    Chain(
        "prev_high_break up then rsi_mid down within 30 bars on 1h", (("prev_high_break", "up"), ("rsi_mid", "down")), (30,), "1h"
    ),
)


def sequences(reference: Reference, kinds: Mapping[str, str]) -> dict[str, Expected]:
    """Every signal of a sequence that is due on the live bars, by id."""
    numbers = {
        (symbol, timeframe): {bar.ts_close: t for t, bar in enumerate(bars)}
        for symbol, series in reference.closed.items()
        for timeframe, bars in series.items()
    }
    steps: dict[tuple[str, str, Step], set[int]] = defaultdict(set)
    ends: dict[tuple[str, str, Step, int], Expected] = {}
    for live, one in fired(reference, kinds):
        step, t = (one.rule, one.direction), numbers[one.symbol, one.timeframe][one.ts_event]
        steps[one.symbol, one.timeframe, step].add(t)
        if live:
            ends[one.symbol, one.timeframe, step, t] = one
    due = {}
    for (symbol, timeframe, step, t), one in ends.items():
        for chain in FOLLOWED:
            if (timeframe, step) == (chain.timeframe, chain.steps[-1]):
                reached = {t}
                for before, within in zip(reversed(chain.steps[:-1]), reversed(chain.within), strict=True):
                    reached = {u for u in steps[symbol, timeframe, before] if any(1 <= v - u <= within for v in reached)}
                if reached:
                    found = _expected(chain, one)
                    due[found.id] = found
    return due


def _expected(chain: Chain, last: Expected) -> Expected:
    name = hashlib.sha256(chain.text.encode()).hexdigest()[:32]
    text = "|".join((f"sequence:{name}", "1", "", last.direction, last.symbol, last.timeframe, str(last.ts_event)))
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    return Expected(key, "sequence", last.direction, last.symbol, last.timeframe, last.ts_event, last.price, None, ())
