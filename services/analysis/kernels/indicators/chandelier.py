"""Chandelier exit (LeBeau, as in Elder, Come into My Trading Room, 2002): k average true ranges from the extreme of N bars.

chandelier_long = highest high of the last N bars - k x ATR(N), for who is long; chandelier_short = lowest low of the last N bars
+ k x ATR(N), for who is short; in the price's own currency. Warm-up: both from n = N. Parameters: N (period), bars; k (width),
above 0, at most 100.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.atr import KIND as ATR
from services.analysis.kernels.indicators.atr import atr
from services.analysis.kernels.indicators.kind import Bars, Kind, Parameters, State, Values, amount, step
from services.analysis.kernels.indicators.window import moved_high, moved_low


@step
def chandelier(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (that of the ATR; highest high, lowest low). p: (those of the ATR; k). NaN passes through the sum."""
    (wide,), (range_,) = atr((s[0],), (p[0], p[1], p[2]), bars, t, n)
    high = moved_high(s[1], bars.high, t, n, int(p[0]))
    low = moved_low(s[2], bars.low, t, n, int(p[0]))
    far = p[3] * range_
    return (wide, high, low), (high - far, low + far)


KIND: Final = Kind(
    name="chandelier",
    step=chandelier,
    state=3,
    parameters=("period", "width"),
    columns=("chandelier_long_{period}_{width}", "chandelier_short_{period}_{width}"),
    short=("chandelier_long", "chandelier_short"),
    warm_up=lambda n, _: (n, n),
    lookback=lambda n, _: n,
    examples=((22.0, 3.0), (1.0, 0.5), (60.0, 2.0)),
    prepare=lambda n, width: (*ATR.prepare(n), amount(width, "width")),
)
