"""Highest high and lowest low of the N bars before this one, and how far the close is below the high.

drawdown = close / max(high of the N bars before, this bar's high) - 1, a fraction. The window is searched again only when the
extreme itself leaves it (O(1) amortised, except on a series that falls or rises for N bars on end), and never on a peek. Warm-up:
from n = N.
"""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators.kind import NAN, Bars, Floats, Kind, Parameters, State, Values, period, step


@step
def newest_high(values: Floats, t: int, n: int, length: int) -> tuple[float, float]:
    """The largest of the last ``length`` values and the number of the newest bar that has it."""
    best, at = values[t], t
    for i in range(t - 1, t - length, -1):
        if values[i] > best:
            best, at = values[i], i
    return best, float(n - (t - at))


@step
def newest_low(values: Floats, t: int, n: int, length: int) -> tuple[float, float]:
    """The smallest of the last ``length`` values and the number of the newest bar that has it."""
    best, at = values[t], t
    for i in range(t - 1, t - length, -1):
        if values[i] < best:
            best, at = values[i], i
    return best, float(n - (t - at))


@step
def extremes(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (high of the last N bars, its n; low, its n), this bar included for the next one."""
    high, high_n, low, low_n = s
    length = int(p[0])
    now_high, now_low = bars.high[t], bars.low[t]
    if n == 0:
        return (now_high, 0.0, now_low, 0.0), (NAN, NAN, NAN)
    full = n >= length
    drawdown = bars.close[t] / max(high, now_high) - 1.0
    values = (high if full else NAN, low if full else NAN, drawdown if full else NAN)
    if now_high >= high:
        high, high_n = now_high, float(n)
    elif n - high_n >= length:
        high, high_n = newest_high(bars.high, t, n, length)
    if now_low <= low:
        low, low_n = now_low, float(n)
    elif n - low_n >= length:
        low, low_n = newest_low(bars.low, t, n, length)
    return (high, high_n, low, low_n), values


KIND: Final = Kind(
    name="extremes",
    step=extremes,
    state=4,
    parameters=("bars",),
    columns=("high_{bars}", "low_{bars}", "drawdown_{bars}"),
    warm_up=lambda n: (n, n, n),
    lookback=lambda n: n - 1,
    examples=((252.0,), (20.0,)),
    prepare=lambda n: (period(n),),
)
