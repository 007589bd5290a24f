"""Whether members are above their moving averages."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from services.analysis.kernels.groups.aligned import Floats

AVERAGES: Final = (50, 200)
"""Closes of the averages that members are compared with."""
EQUAL: Final = 1e-9
"""A price within this share of the average is not above it (docs/signals.md, "Comparing")."""


def above_average(closes: Floats, n: int, *, newest: bool = False) -> Floats:
    """1 where a close is above the mean of the member's last ``n`` closes, this one included; 0 where not. Shape (T, M).

    NaN where there is no close or fewer than n of them. ``newest``: only at the newest close of each member.
    """
    found = np.full(closes.shape, np.nan)
    for member in range(closes.shape[1]):
        own = np.flatnonzero(np.isfinite(closes[:, member]))
        own = own[-n:] if newest else own
        if len(own) < n:
            continue
        prices = closes[own, member]
        means = np.add.accumulate(sliding_window_view(prices, n), axis=1)[:, -1] / n
        last = prices[n - 1 :]
        found[own[n - 1 :], member] = last - means > EQUAL * np.maximum(np.abs(last), np.abs(means))
    return found
