"""Pasts whose edge is known: none at all, or one that was planted after a sequence."""

from __future__ import annotations

import numpy as np

from services.analysis.research.discovery.past import Past
from services.analysis.research.quality.machine_code import Floats
from services.analysis.research.quality.windows import Prices
from shared.sequences import Step
from tests.research.quality.markets import days

SIGNALS = 10
STEPS = tuple(Step(f"signal_{n}", "up" if n % 2 == 0 else "down") for n in range(SIGNALS))
"""Names of signals that fire at random."""
WITHIN, HORIZON = 5, 5
FIRST, LAST = 2, 4
"""The planted sequence."""


def walk(seed: int, bars: int = 1400, instruments: int = 6, edge: float = 0.0, *, shuffled: bool = False) -> list[Past]:
    """Random walks with volatility in clusters that instruments share, and signals in clusters that depend on nothing to come.

    ``edge``: the bars of the window after LAST that follows FIRST drift up by it in all. ``shuffled``: the returns of all
    instruments in another order, so that no signal is followed by anything.
    """
    rng = np.random.default_rng([seed, 11])
    common = _returns(rng, bars)
    found = []
    order = rng.permutation(bars)
    for n in range(instruments):
        returns = 0.0003 + 0.7 * common + 0.7 * _returns(rng, bars)
        busy = np.abs(returns) > np.quantile(np.abs(returns), 0.6)  # signals follow moves, as real ones do
        fired = rng.random((SIGNALS, bars)) < np.where(busy, 0.10, 0.03)
        past = Past(f"W{n}", _prices(returns, bars), fired, np.zeros((2, bars), np.bool_), WITHIN)
        if edge:
            hit = fired[LAST] & past.before[FIRST]
            after = sum(np.concatenate([np.zeros(k, bool), hit[: bars - k]]).astype(float) for k in range(1, HORIZON + 1))
            returns = returns + np.log1p(edge) / HORIZON * after
        if shuffled:
            returns = returns[order]
        trend = np.cumsum(common) > 0
        found.append(Past(past.symbol, _prices(returns, bars), fired, np.array([trend, ~trend]), WITHIN))
    return found


def _returns(rng: np.random.Generator, bars: int) -> Floats:
    volatility = np.exp(np.convolve(rng.normal(0, 0.25, bars + 29), np.ones(30) / np.sqrt(30), "valid"))
    return 0.01 * volatility * rng.standard_t(5, bars)


def _prices(returns: Floats, bars: int) -> Prices:
    close = 100 * np.exp(np.cumsum(returns))
    opened = np.concatenate([[100.0], close[:-1]])
    return Prices(opened, np.maximum(opened, close) * 1.002, np.minimum(opened, close) * 0.998, close, days(bars))
