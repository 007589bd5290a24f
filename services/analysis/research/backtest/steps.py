"""The steps of a simulation: a fill, a size, an exit inside a bar. Scalars in, scalars out, inlined into the loops."""

# numba infers the types.
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from functools import partial
from typing import Any, Final

from numba import njit

from services.analysis.kernels.indicators.kind import INTERNAL
from services.analysis.research.backtest.layout import AMOUNT, FRACTION, NONE, RISK, STOP, TARGET, TRAILING

inline: Final[Any] = partial(njit, error_model="numpy", forceinline=True, _nrt=False, **INTERNAL)
plain: Final[Any] = partial(njit, error_model="numpy", _nrt=False, **INTERNAL)

SMALLEST: Final = 0.01
"""An entry for which less than this share of its budget is left in the account is not taken."""


@inline
def fill(price, direction, slippage):
    """The price at which an order is filled: direction +1 buys higher, -1 sells lower. Right for negative prices too."""
    return price + direction * abs(price) * slippage


@inline
def stop_level(side, price, extreme, terms):
    """The nearer one of stop loss and trailing stop, and the reason that it gives; NaN without a stop."""
    level, reason = math.nan, STOP
    if terms.stop_loss > 0.0:
        level = price * (1.0 - side * terms.stop_loss)
    if terms.trailing > 0.0:
        trail = extreme * (1.0 - side * terms.trailing)
        if not side * trail <= side * level:
            level, reason = trail, TRAILING
    return level, reason


@inline
def bar_exit(side, open_, high, low, price, extreme, terms):
    """The price and reason of an exit inside a bar; reason ``NONE`` for none.

    What the bar opens beyond is filled at the open. When the bar holds both levels, the setting decides which came first.
    """
    stop, reason = stop_level(side, price, extreme, terms)
    target = price * (1.0 + side * terms.take_profit) if terms.take_profit > 0.0 else math.nan
    adverse, favourable = (low, high) if side > 0 else (high, low)
    if side * open_ <= side * stop:
        return open_, reason
    if side * open_ >= side * target:
        return open_, TARGET
    stopped, reached = side * adverse <= side * stop, side * favourable >= side * target
    if stopped and not (reached and terms.target_first):
        return stop, reason
    if reached:
        return target, TARGET
    return 0.0, NONE


@inline
def budget(equity, weight, terms):
    """Money for a new position, commission included, before the limit of leverage."""
    if terms.method == FRACTION:
        return equity * terms.value
    if terms.method == AMOUNT:
        return terms.value
    if terms.method == RISK:
        nearest = terms.stop_loss
        if nearest == 0.0 or 0.0 < terms.trailing < nearest:
            nearest = terms.trailing
        return equity * terms.value / nearest
    return equity * weight


@inline
def size(money, room, price, terms):
    """Shares for an entry at a fill price; 0 when too little of the budget is left."""
    spent = min(money, room)
    if not spent > 0.0 or spent < SMALLEST * money:
        return 0.0
    shares = spent / (price * (1.0 + terms.commission))
    return math.floor(shares) if terms.whole else shares
