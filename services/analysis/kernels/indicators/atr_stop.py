"""ATR trailing stop (Vervoort, Stocks & Commodities, June 2009): a stop k average true ranges from the close that only follows it.

far = k x ATR(N). While close and close' are above the stop before: stop = max(stop', close - far); while both are below it: stop
= min(stop', close + far). Where the close has crossed it: close - far if it is above the stop before, else close + far. The
direction is 1 where the close is above the stop before, else -1; at n = N stop = close - far and direction 1. In the price's own
currency. Both are NaN where the ATR is at most 1e-9 of the close. Warm-up: both from n = N. Parameters: N (period), bars; k
(width), above 0, at most 100.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.atr import KIND as ATR
from services.analysis.kernels.indicators.atr import atr
from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, amount, step


@step
def atr_stop(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (that of the ATR; the stop). p: (those of the ATR; k)."""
    (wide,), (range_,) = atr((s[0],), (p[0], p[1], p[2]), bars, t, n)
    if n < int(p[0]):
        return (wide, 0.0), (NAN, NAN)
    close, far, stop = bars.close[t], p[3] * range_, s[1]
    up, before = close > stop, bars.close[t - 1]
    if n == int(p[0]):
        up, stop = True, close - far
    elif up:
        stop = max(stop, close - far) if before > stop else close - far
    else:
        stop = min(stop, close + far) if (before < stop) & (close < stop) else close + far
    known = range_ > SAME * abs(close)
    return (wide, stop), (stop if known else NAN, (1.0 if up else -1.0) if known else NAN)


KIND: Final = Kind(
    name="atr_stop",
    step=atr_stop,
    state=2,
    parameters=("period", "width"),
    columns=("atr_stop_{period}_{width}", "atr_stop_direction_{period}_{width}"),
    short=("atr_stop", "atr_stop_direction"),
    warm_up=lambda n, _: (n, n),
    lookback=lambda *_: 1,
    examples=((14.0, 3.0), (5.0, 3.5), (1.0, 0.5)),
    prepare=lambda n, width: (*ATR.prepare(n), amount(width, "width")),
)
