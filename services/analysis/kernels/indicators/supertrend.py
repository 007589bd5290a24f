"""SuperTrend (Seban): a stop k average true ranges from the middle of the bar, which only follows the trend; and its direction.

upper, lower = (high + low) / 2 +- k x ATR(N). The upper band in force falls with upper and never rises, except where the close
before was above it; the lower one rises with lower and never falls, except where the close before was below it. The direction
turns to +1 where the close is above the upper band, to -1 where it is below the lower one; it starts with -1. The line is the
lower band while it is +1, the upper one while it is -1; in the price's own currency. Both are NaN where the ATR is at most 1e-9 of
the close: a price that never moved has no trend. Warm-up: both from n = N (ATR is seeded as in the kind ``atr``, like TA-Lib's).
Parameters: N (period), 1 to 500 bars; k (width), above 0, at most 100.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.atr import KIND as ATR
from services.analysis.kernels.indicators.atr import atr
from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, amount, step


@step
def supertrend(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (that of the ATR; upper and lower band, direction). p: (those of the ATR; k)."""
    (wide,), (range_,) = atr((s[0],), (p[0], p[1], p[2]), bars, t, n)
    if n < int(p[0]):
        return (wide, 0.0, 0.0, -1.0), (NAN, NAN)
    middle, half, close = 0.5 * (bars.high[t] + bars.low[t]), p[3] * range_, bars.close[t]
    upper, lower, direction = middle + half, middle - half, s[3]
    if n > int(p[0]):
        before = bars.close[t - 1]
        upper = upper if before > s[1] else min(upper, s[1])
        lower = lower if before < s[2] else max(lower, s[2])
    direction = (-1.0 if close < lower else 1.0) if direction > 0 else (1.0 if close > upper else -1.0)
    known = range_ > SAME * abs(close)
    line = lower if direction > 0 else upper
    return (wide, upper, lower, direction), (line if known else NAN, direction if known else NAN)


KIND: Final = Kind(
    name="supertrend",
    step=supertrend,
    state=4,
    parameters=("period", "width"),
    columns=("supertrend_{period}_{width}", "supertrend_direction_{period}_{width}"),
    short=("supertrend", "supertrend_direction"),
    warm_up=lambda n, _: (n, n),
    lookback=lambda *_: 1,
    examples=((10.0, 3.0), (5.0, 1.0)),
    prepare=lambda n, width: (*ATR.prepare(n), amount(width, "width")),
)
