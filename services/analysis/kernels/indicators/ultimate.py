"""Ultimate oscillator (Williams, Stocks & Commodities, 1985): buying pressure over three periods, 0 to 100.

Pressure = close - min(low, close'), range = max(high, close') - min(low, close'). For each period the sum of the pressures of its
last bars over the sum of their ranges; 100 x (4 x short + 2 x medium + long) / 7. NaN where the ranges of the short period, of
which the others consist too, sum to at most 1e-9 of the close (TA-Lib: a share of 0). Warm-up: from n = long. Else equals TA-Lib's
ULTOSC.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.summing import RENEWED, WORN


@step
def ultimate(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (pressures and ranges of the three periods; the largest range of the longest since they were recomputed).

    p: (short, medium, long).
    """
    short, medium, long = int(p[0]), int(p[1]), int(p[2])
    if n == 0:
        return (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), (NAN,)
    bought1, moved1 = moved_on(s[0], s[1], bars, t, n, short)
    bought2, moved2 = moved_on(s[2], s[3], bars, t, n, medium)
    bought3, moved3 = moved_on(s[4], s[5], bars, t, n, long)
    largest = max(moved3, s[6])
    if (n >= long) & ((n % RENEWED == 0) | (moved1 < WORN * largest)):
        bought1, moved1 = sums(bars, t, 0, short)
        bought2, moved2 = sums(bars, t, short, medium)
        bought3, moved3 = sums(bars, t, medium, long)
        bought2, moved2 = bought2 + bought1, moved2 + moved1
        bought3, moved3 = bought3 + bought2, moved3 + moved2
        largest = moved3
    known = (n >= long) & (moved1 > SAME * abs(bars.close[t]))
    total = 4.0 * bought1 / moved1 + 2.0 * bought2 / moved2 + bought3 / moved3
    return (bought1, moved1, bought2, moved2, bought3, moved3, largest), (total * (100.0 / 7.0) if known else NAN,)


@step
def pressure(bars: Bars, t: int) -> tuple[float, float]:
    """Pressure and range of bar t."""
    before, low, high = bars.close[t - 1], bars.low[t], bars.high[t]
    low = min(before, low)
    return bars.close[t] - low, (max(before, high)) - low


@step
def moved_on(bought: float, moved: float, bars: Bars, t: int, n: int, length: int) -> tuple[float, float]:
    """Both sums with bar t and without the one that leaves the period."""
    new, wide = pressure(bars, t)
    bought, moved = bought + new, moved + wide
    if n > length:
        new, wide = pressure(bars, t - length)
        bought, moved = bought - new, moved - wide
    return bought, moved


@step
def sums(bars: Bars, t: int, first: int, last: int) -> tuple[float, float]:
    """Pressures and ranges of the bars from ``first`` to ``last - 1`` bars before t."""
    bought = moved = 0.0
    for i in range(t - last + 1, t - first + 1):
        new, wide = pressure(bars, i)
        bought, moved = bought + new, moved + wide
    return bought, moved


def prepare(short: float, medium: float, long: float) -> Parameters:
    """(short, medium, long), rising."""
    if not short <= medium <= long:
        raise ValueError(f"the periods must not fall, not {short:g}, {medium:g}, {long:g}")
    return period(short), period(medium), period(long)


KIND: Final = Kind(
    name="ultimate",
    step=ultimate,
    state=7,
    parameters=("short", "medium", "long"),
    columns=("ultimate_{short}_{medium}_{long}",),
    short=("ultimate",),
    warm_up=lambda _s, _m, long: (long,),
    lookback=lambda _s, _m, long: long + 1,
    examples=((7.0, 14.0, 28.0), (2.0, 2.0, 5.0)),
    prepare=prepare,
)
