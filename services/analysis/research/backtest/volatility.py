"""Yearly volatility as known at each close: the standard deviation (n - 1) of the last simple returns x sqrt(bars a year)."""

from __future__ import annotations

import numpy as np

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.backtest.prices import Prices


def volatility(prices: Prices, window: int, periods: float) -> Floats:
    """(bars, instruments); NaN until an instrument has window + 1 bars, and where it has none.

    Returns hold dividends and splits, and span the holes of an instrument.
    """
    found = np.full(prices.close.shape, np.nan)
    split, dividend = np.ones(prices.close.shape), np.zeros(prices.close.shape)
    for bar, instrument, ratio, cash in prices.events.tolist():
        split[bar, instrument] *= ratio
        dividend[bar, instrument] += cash
    for i, close in enumerate(prices.close.T):
        at = np.flatnonzero(~np.isnan(close))
        if len(at) <= window:
            continue
        owned = close[at] * split[at, i] + dividend[at, i] * split[at, i]
        returns = owned[1:] / close[at][:-1] - 1.0
        spread = np.lib.stride_tricks.sliding_window_view(returns, window).std(axis=1, ddof=1)
        found[at[window:], i] = spread * np.sqrt(periods)
    return found
