"""Forward returns: what a position that is opened at the next bar's open gains within some bars."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

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
    last_day: Int64s
    """Session date of the last bar of the window; the largest integer where it is not closed."""


def windows(prices: Prices, direction: int, horizon: int, cost: float = COST) -> Windows:
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
    last_day = np.full(length, np.iinfo(np.int64).max)
    closed = length - horizon
    if closed <= 0:
        return Windows(gain, adverse, last_day)
    entry, leave = prices.open[1 : closed + 1], prices.close[horizon:]
    high = sliding_window_view(prices.high[1:], horizon).max(axis=1)
    low = sliding_window_view(prices.low[1:], horizon).min(axis=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if direction > 0:
            made, against = leave * (1 - cost) / (entry * (1 + cost)) - 1, low / entry - 1
        else:
            made, against = 1 - leave * (1 + cost) / (entry * (1 - cost)), 1 - high / entry
    usable = np.isfinite(made) & np.isfinite(against) & (entry > 0) & (leave > 0) & (low > 0)
    usable &= sliding_window_view(np.diff(prices.day), horizon).max(axis=1) <= LONGEST_GAP
    gain[:closed], adverse[:closed] = np.where(usable, made, np.nan), np.where(usable, np.minimum(against, 0), np.nan)
    last_day[:closed] = prices.day[horizon:]
    return Windows(gain, adverse, last_day)
