"""Checks of a single tick or bar. A rejected one is never published as a price."""

from __future__ import annotations

import math
from typing import Final, Literal

from shared.events import ProviderBar, Tick, Timeframe

RejectionReason = Literal["price", "size", "time", "order", "grid"]

MAX_PRICE: Final = 1e9
"""Largest possible price."""
MAX_AHEAD_MS: Final = 60_000
"""Milliseconds by which ``ts_event`` may exceed ``ts_init``."""
MAX_OUTSIDE: Final = 0.01
"""An open or close outside high and low by at most this share is due to rounding or an auction price: the bar is widened."""


def tick_rejection(tick: Tick, *, negative: bool = False) -> RejectionReason | None:
    """Why a tick must not be published, or None. ``negative``: a price of 0 or below is possible.

    >>> tick_rejection(Tick(symbol="A", price=float("nan"), ts_event=0, ts_init=0, source="replay"))
    'price'
    """
    if not _is_price(tick.price, negative=negative):
        return "price"
    if not _is_volume(tick.size) or not (tick.day_volume is None or _is_volume(tick.day_volume)):
        return "size"
    if tick.ts_event > tick.ts_init + MAX_AHEAD_MS or tick.ts_event <= 0:
        return "time"
    return None


def bar_rejection(bar: ProviderBar, timeframe: Timeframe, *, negative: bool = False) -> RejectionReason | None:
    """Why a closed bar must not be published, or None: ``order``: open or close lies too far outside low and high to be repaired;
    ``grid``: the bar is longer than its timeframe. ``negative``: prices of 0 and below are possible.
    """
    if not all(_is_price(price, negative=negative) for price in (bar.open, bar.high, bar.low, bar.close)):
        return "price"
    if not _is_price(bar.price_factor) or not _is_price(bar.split_factor) or not _is_volume(bar.volume):
        return "size"
    if bar.ts_close <= bar.ts_open or bar.ts_open <= 0:
        return "time"
    if bar.ts_close - bar.ts_open > timeframe.row.longest_ms:
        return "grid"
    top, bottom = max(bar.open, bar.close), min(bar.open, bar.close)
    return "order" if bar.high < top - MAX_OUTSIDE * abs(top) or bar.low > bottom + MAX_OUTSIDE * abs(bottom) else None


def _is_price(value: float, *, negative: bool = False) -> bool:
    return 0 < value <= MAX_PRICE or (negative and -MAX_PRICE <= value <= 0)


def _is_volume(value: float) -> bool:
    return math.isfinite(value) and value >= 0
