"""Checks the closed bars of a provider."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from services.analysis.kernels.closed_bars import BAR_RECORD, BarRecords
from services.analysis.live.domain.ticks import FUTURE_MS, MAX_PRICE
from shared.events import History, ProviderBar

LEAST: Final = 1e-100
MOST: Final = 1e100
"""Bounds of adjusted prices and volumes: their squares and ratios are finite numbers too."""


def bars_of_history(messages: Iterable[History], ts_init: int, *, negative: bool = False) -> BarRecords:
    """The bars of some messages (dtype BAR_RECORD), session not set; of two with one close time the later message's counts.

    Left out: prices that are not numbers, not above 0 (unless ``negative``) or beyond 1e9, volumes that are negative or no numbers,
    factors that are not above 0 or make no such prices or volumes, bars that end before they start, and bars that had not
    ended by ``ts_init``. A high below the body or a low above it is moved to the body.
    """
    rows: dict[int, tuple[Any, ...]] = {}
    for message in messages:
        for b in message.bars:
            if _is_valid(b, negative=negative) and 0 < b.ts_open < b.ts_close <= ts_init + FUTURE_MS:
                high, low = max(b.open, b.high, b.close), min(b.open, b.low, b.close)
                factors = (b.price_factor, b.split_factor)
                values = (b.open, high, low, b.close, b.volume, *factors, message.replayed, message.source, b.incomplete)
                rows[b.ts_close] = (b.ts_close, b.ts_open, 0, *values)
    return np.array([rows[close] for close in sorted(rows)], BAR_RECORD)


def _is_valid(b: ProviderBar, *, negative: bool) -> bool:
    prices = (b.open, b.high, b.low, b.close)
    return (
        all(_is_price(abs(price) if negative else price, b.price_factor) or (negative and price == 0.0) for price in prices)
        and 0.0 < b.price_factor < math.inf
        and 0.0 < b.split_factor < math.inf
        and 0.0 <= b.volume < math.inf
        and b.volume / b.split_factor <= MOST
    )


def _is_price(price: float, factor: float) -> bool:
    return 0.0 < price <= MAX_PRICE and LEAST <= price * factor <= MOST
