"""Forward returns: what a position that is opened at the next bar's open gains within some bars."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from services.analysis.research.quality.machine_code import Floats, Int64s, QualityKernels

HORIZONS: Final = (1, 5, 20)
"""Bars that a position is held."""
COST: Final = 0.001
"""Cost of a side as a share of its price: 5 basis points of fees and 5 of slippage."""
LONGEST_GAP: Final = 12
"""Calendar days between neighbouring bars from which on bars are missing; exchanges close for up to eleven days."""


class Prices(NamedTuple):
    """Adjusted daily or intraday bars of one instrument, oldest first; each of shape (bars,)."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    day: Int64s
    """Session date in days since 1970."""


class Windows(NamedTuple):
    """The windows of one direction and horizon; each of shape (bars,), the signal's bar first."""

    gain: Floats
    """Return after costs as a share of the entry price; NaN where the window is not closed or its bars have holes."""
    adverse: Floats
    """The furthest that the price went against the position, as a share of the entry price, never above 0; NaN likewise."""


def windows(kernels: QualityKernels, prices: Prices, direction: int, horizon: int, cost: float = COST) -> Windows:
    """The windows that follow each bar t: entry at the open of t + 1, exit at the close of t + ``horizon``.

    A long position (``direction`` +1) gains exit x (1 - cost) / (entry x (1 + cost)) - 1, a short one (-1)
    1 - exit x (1 + cost) / (entry x (1 - cost)).

    Raises:
        ValueError: the horizon or the cost is out of range.
    """
    if horizon < 1:
        raise ValueError(f"horizon: {horizon} must be at least 1")
    if not 0 <= cost < 1:
        raise ValueError(f"cost: {cost} must be from 0 to below 1")
    length = len(prices.close)
    gain, adverse = np.full(length, np.nan), np.full(length, np.nan)
    closed = length - horizon
    if closed <= 0:
        return Windows(gain, adverse)
    kernels.measure_windows(
        _row(prices.open), _row(prices.high), _row(prices.low), _row(prices.close), np.ascontiguousarray(prices.day, np.int64),
        1 if direction > 0 else -1, horizon, float(cost), LONGEST_GAP, gain[:closed], adverse[:closed],
    )  # fmt: skip
    return Windows(gain, adverse)


def _row(values: Floats) -> Floats:
    return np.ascontiguousarray(values, np.float64)
