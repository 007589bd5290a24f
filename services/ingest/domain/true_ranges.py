"""True ranges of bars and their usual size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from shared.events import ProviderBar

AROUND: Final = 20
"""Bars whose median range is the usual one: those before, or those after if there are fewer than ``FEWEST`` before."""
FEWEST: Final = 5

Floats = npt.NDArray[np.float64]


def usual_range(ranges: Floats, at: int) -> float:
    """Median of the ranges before index ``at``, or after it if there are too few; NaN if both are too few. ``ranges``: shape
    (bars,), in logarithms.
    """
    before = ranges[max(1, at - AROUND) : at]
    near = before if len(before) >= FEWEST else ranges[at + 2 : at + 2 + AROUND]
    return float(np.median(near)) if len(near) >= FEWEST else math.nan


def true_ranges(bars: Sequence[ProviderBar]) -> tuple[Floats, Floats]:
    """Logarithms of the adjusted closes, and true ranges in logarithms (the first is the bar's own); both of shape (bars,)."""
    by = np.array([bar.price_factor for bar in bars])
    closes = np.log(np.array([bar.close for bar in bars]) * by)
    highs = np.log(np.array([bar.high for bar in bars]) * by)
    lows = np.log(np.array([bar.low for bar in bars]) * by)
    before = np.concatenate([closes[:1], closes[:-1]])
    return closes, np.maximum(highs, before) - np.minimum(lows, before)
