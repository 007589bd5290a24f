"""Which ticks and bars are fit to be published, each looked at alone. What is not never reaches a topic of prices."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Final, Literal

from shared.events import ProviderBar, Tick, Timeframe

Reason = Literal["price", "size", "time", "order", "grid"]

DEAREST: Final = 1e9
"""No instrument costs more than this."""
AHEAD: Final = 60_000
"""Milliseconds by which an event may lie ahead of the moment in which we learned of it."""
MOST_OUTSIDE: Final = 0.01
"""An open or close beyond high or low by at most this share is a rounding or an official print: the bar is widened."""
LONGEST: Final = MappingProxyType(
    {
        Timeframe.M1: 60_000,
        Timeframe.M5: 300_000,
        Timeframe.M15: 900_000,
        Timeframe.H1: 3_600_000,
        Timeframe.D1: 27 * 3_600_000,  # see shared.corrections.LONGEST
        Timeframe.W1: 7 * 86_400_000,
    }
)
"""No bar of a timeframe is longer, in milliseconds."""


def unfit_tick(tick: Tick, *, negative: bool = False) -> Reason | None:
    """Why a tick must not be published, or None. ``negative``: a price of 0 or below is possible.

    >>> unfit_tick(Tick(symbol="A", price=float("nan"), ts_event=0, ts_init=0, source="replay"))
    'price'
    """
    if not _is_price(tick.price, negative=negative):
        return "price"
    if not _is_volume(tick.size) or not (tick.day_volume is None or _is_volume(tick.day_volume)):
        return "size"
    if tick.ts_event > tick.ts_init + AHEAD or tick.ts_event <= 0:
        return "time"
    return None


def unfit_bar(bar: ProviderBar, timeframe: Timeframe, *, negative: bool = False) -> Reason | None:
    """Why a closed bar must not be published, or None: ``order``: a price lies further outside low and high than can be repaired;
    ``grid``: the bar is longer than its timeframe. ``negative``: prices of 0 and below are possible.
    """
    if not all(_is_price(price, negative=negative) for price in (bar.open, bar.high, bar.low, bar.close)):
        return "price"
    if not _is_price(bar.price_factor) or not _is_price(bar.split_factor) or not _is_volume(bar.volume):
        return "size"
    if bar.ts_close <= bar.ts_open or bar.ts_open <= 0:
        return "time"
    if bar.ts_close - bar.ts_open > LONGEST[timeframe]:
        return "grid"
    top, bottom = max(bar.open, bar.close), min(bar.open, bar.close)
    return "order" if bar.high < top - MOST_OUTSIDE * abs(top) or bar.low > bottom + MOST_OUTSIDE * abs(bottom) else None


def _is_price(value: float, *, negative: bool = False) -> bool:
    return 0 < value <= DEAREST or (negative and -DEAREST <= value <= 0)


def _is_volume(value: float) -> bool:
    return math.isfinite(value) and value >= 0
