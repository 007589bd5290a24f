"""Highest high and lowest low of the N bars before this one, and how far the close is below the high.

drawdown = close / max(high of the N bars before, this bar's high) - 1, a fraction. Warm-up: from n = N.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.window import moved_high, moved_low


@step
def extremes(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (high and low of the last N bars), this bar included for the next one."""
    high, low = s
    length = int(p[0])
    top = max(high, bars.high[t])
    drawdown = bars.close[t] / top - 1.0 if top > 0.0 else NAN
    values = (high, low, drawdown) if n >= length else (NAN, NAN, NAN)
    return (moved_high(high, bars.high, t, n, length), moved_low(low, bars.low, t, n, length)), values


KIND: Final = Kind(
    name="extremes",
    step=extremes,
    state=2,
    parameters=("bars",),
    columns=("high_{bars}", "low_{bars}", "drawdown_{bars}"),
    warm_up=lambda n: (n, n, n),
    lookback=lambda n: n,
    examples=((252.0,), (20.0,)),
    prepare=lambda n: (period(n),),
)
