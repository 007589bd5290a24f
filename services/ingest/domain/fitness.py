"""Which ticks and bars are fit to be published. What is not never reaches a topic."""

from __future__ import annotations

import math
from typing import Final, Literal

from shared.events import ProviderBar, Tick

Reason = Literal["price", "size", "time", "order"]

DEAREST: Final = 1e9
"""No instrument costs more than this."""
AHEAD: Final = 60_000
"""Milliseconds by which an event may lie ahead of the moment in which we learned of it."""


def unfit_tick(tick: Tick) -> Reason | None:
    """Why a tick must not be published, or None.

    >>> unfit_tick(Tick(symbol="A", price=float("nan"), ts_event=0, ts_init=0, source="replay"))
    'price'
    """
    if not _is_price(tick.price):
        return "price"
    if not _is_volume(tick.size) or not (tick.day_volume is None or _is_volume(tick.day_volume)):
        return "size"
    if tick.ts_event > tick.ts_init + AHEAD or tick.ts_event <= 0:
        return "time"
    return None


def unfit_bar(bar: ProviderBar) -> Reason | None:
    """Why a closed bar must not be published, or None: ``order`` means that its high or low is not the highest or lowest price."""
    if not all(_is_price(price) for price in (bar.open, bar.high, bar.low, bar.close)):
        return "price"
    if not _is_price(bar.price_factor) or not _is_price(bar.split_factor) or not _is_volume(bar.volume):
        return "size"
    if bar.ts_close <= bar.ts_open or bar.ts_open <= 0:
        return "time"
    if bar.high < max(bar.open, bar.close) or bar.low > min(bar.open, bar.close):
        return "order"
    return None


def _is_price(value: float) -> bool:
    return 0 < value <= DEAREST


def _is_volume(value: float) -> bool:
    return math.isfinite(value) and value >= 0
