"""Closed bars as a provider published them, checked before they are used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from services.analysis.kernels.closed_bars import PAST, Bars
from services.analysis.live.domain.ticks import FUTURE_MS, MAX_PRICE
from shared.events import History


def of_history(messages: Iterable[History], ts_init: int) -> Bars:
    """The bars of some messages as PAST, session not yet filled; of two with the same close time the later message's counts.

    Left out: prices that are not numbers, not above 0 or above 1e9, volumes that are no number of shares, bars that end before they
    begin, and bars that had not ended by ``ts_init``. A high below the body or a low above it is moved to the body.
    """
    rows: dict[int, tuple[Any, ...]] = {}
    for message in messages:
        for b in message.bars:
            if _honest(b.open, b.high, b.low, b.close, b.volume) and 0 < b.ts_open < b.ts_close <= ts_init + FUTURE_MS:
                price, split = (f if 0.0 < f < np.inf else 1.0 for f in (b.price_factor, b.split_factor))
                high, low = max(b.open, b.high, b.close), min(b.open, b.low, b.close)
                values = (b.open, high, low, b.close, b.volume, price, split, message.replayed, message.source)
                rows[b.ts_close] = (b.ts_close, b.ts_open, 0, *values)
    return np.array([rows[close] for close in sorted(rows)], PAST)


def _honest(*values: float) -> bool:
    *prices, volume = values
    return all(0.0 < price <= MAX_PRICE for price in prices) and 0.0 <= volume < np.inf
