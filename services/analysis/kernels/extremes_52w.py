"""The 52-week context of a series, from the daily bars before each session."""

from __future__ import annotations

from typing import Final

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s

YEAR: Final = 252


def before(high: Floats, low: Floats) -> tuple[Floats, Floats]:
    """Extremes of the ``YEAR`` daily bars before each of ``n`` bars, and of the last ones: both of shape (n + 1,), NaN where fewer.

    >>> [float(values[-1]) for values in before(np.arange(252.0), np.arange(252.0))]
    [251.0, 0.0]
    """
    top, bottom = np.full(len(high) + 1, np.nan), np.full(len(low) + 1, np.nan)
    if len(high) >= YEAR:
        top[YEAR:] = np.lib.stride_tricks.sliding_window_view(high, YEAR).max(axis=1)
        bottom[YEAR:] = np.lib.stride_tricks.sliding_window_view(low, YEAR).min(axis=1)
    return top, bottom


def context(session: Int64s, daily: Int64s, high: Floats, low: Floats) -> tuple[Floats, Floats]:
    """``before`` for bars of the dates ``session`` (bars,), from daily bars of the dates ``daily`` (days,); two of (bars,)."""
    top, bottom = before(high, low)
    at = np.searchsorted(daily, session)
    return top[at], bottom[at]
