"""Fractals (Williams, Trading Chaos, 1995): the newest high above, and the newest low below, those of N bars on either side.

A bar is an upper fractal when its high is not below the highs of the N bars before it and above those of the N bars after it, a
lower one when its low is not above the lows of the N bars before it and below those of the N bars after it, where prices equal to
1e-9 are equal: the newest of equal ones counts. It is known N bars later, and only then in the columns: fractal_high and
fractal_low are the prices of the newest known ones, in the price's own currency. NaN until there is one. Warm-up: the data
decides, at the earliest n = 2 N. Parameter: N (side), bars, up to half of the longest look-back.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import MAX_LOOKBACK, NAN, SAME, Bars, Kind, Parameters, State, Values, period, step


@step
def fractals(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (price of the newest upper and of the newest lower fractal). p: (N,)."""
    if n == 0:
        return (NAN, NAN), (NAN, NAN)
    side = int(p[0])
    if n < 2 * side:
        return s, (NAN, NAN)
    at = t - side
    top, bottom = bars.high[at], bars.low[at]
    far_top, far_bottom = SAME * abs(top), SAME * abs(bottom)
    upper = lower = True
    for i in range(1, side + 1):
        upper &= (bars.high[at - i] <= top + far_top) & (bars.high[at + i] < top - far_top)
        lower &= (bars.low[at - i] >= bottom - far_bottom) & (bars.low[at + i] > bottom + far_bottom)
    found = (top if upper else s[0], bottom if lower else s[1])
    return found, found


KIND: Final = Kind(
    name="fractals",
    step=fractals,
    state=2,
    parameters=("side",),
    columns=("fractal_high_{side}", "fractal_low_{side}"),
    warm_up=lambda _: (None, None),
    lookback=lambda side: 2 * side,
    examples=((2.0,), (1.0,), (10.0,)),
    prepare=lambda side: (period(side, MAX_LOOKBACK // 2),),
)
