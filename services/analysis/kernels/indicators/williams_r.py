"""Williams %R (Williams, 1973): how far the close is below the highest high of the last N bars, -100 to 0.

-100 x (HH - close) / (HH - LL), this bar included; NaN where HH - LL is at most 1e-9 of HH (TA-Lib: 0). Warm-up: from n = N - 1.
Else equals TA-Lib's WILLR.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.window import moved_high, moved_low


@step
def williams_r(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (highest high and lowest low of the last N bars). p: (N,)."""
    length = int(p[0])
    high, low = moved_high(s[0], bars.high, t, n, length), moved_low(s[1], bars.low, t, n, length)
    span = high - low
    known = (n >= length - 1) & (span > SAME * abs(high))
    return (high, low), (-100.0 * (high - bars.close[t]) / span if known else NAN,)


KIND: Final = Kind(
    name="williams_r",
    step=williams_r,
    state=2,
    parameters=("period",),
    columns=("williams_r_{period}",),
    warm_up=lambda n: (n - 1,),
    lookback=lambda n: n,
    examples=((14.0,), (5.0,)),
    prepare=lambda n: (period(n),),
)
