"""ZigZag of the closes (Merrill, Filtered Waves, 1977): the newest turns by at least a percentage, known only once it has turned.

While a leg rises its highest close is a candidate; the first close at least ``percent`` below it confirms it: it becomes
zigzag_high, and a falling leg begins. Falling legs are the mirror image. The first leg begins with the first close that far from
the lowest or the highest close so far. zigzag_direction is 1 in a rising leg, -1 in a falling one. Closes alone are used, since
nobody knows which of a bar's high and low came first; in the price's own currency. A drawn zigzag moves its last point with each
new extreme, and so looks ahead: these columns never do. NaN until there is one, and where the close is not above 0. Warm-up: the
data decides. Parameter: percent, above 0, at most 50.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, amount, step


@step
def zigzag(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (direction, 0 before the first leg; highest and lowest close since the turn; zigzag_high, zigzag_low). p: (share,)."""
    way, top, bottom, high, low = s
    close = bars.close[t]
    if n == 0:
        top, bottom, high, low = 0.0, 0.0, NAN, NAN
    if not close > 0.0:
        return (way, top, bottom, high, low), (NAN, NAN, NAN)
    top, bottom = max(top, close), min(bottom, close) if bottom > 0.0 else close
    rounding = SAME * close
    if (way <= 0) & (close - bottom >= p[0] * bottom - rounding):
        way, low, top, bottom = 1.0, bottom, close, close
    elif (way >= 0) & (top - close >= p[0] * top - rounding):
        way, high, top, bottom = -1.0, top, close, close
    return (way, top, bottom, high, low), (high, low, way if way != 0 else NAN)


KIND: Final = Kind(
    name="zigzag",
    step=zigzag,
    state=5,
    parameters=("percent",),
    columns=("zigzag_high_{percent}", "zigzag_low_{percent}", "zigzag_direction_{percent}"),
    warm_up=lambda _: (None, None, None),
    lookback=lambda _: 0,
    examples=((5.0,), (0.5,), (20.0,)),
    prepare=lambda percent: (amount(percent, "percent", 50.0) / 100.0,),
)
