"""Lowest Bollinger bandwidth of the bars before this one: what a squeeze (Bollinger, 1992) is measured against.

The smallest ``bb_width`` of N closes and k deviations over the B bars before this one that had one, a fraction; NaN where none
had. The past is searched again only when the lowest value itself leaves it, and never on a peek. Warm-up: from n = N + B - 1.
Parameters: N (period), B (bars), bars, together up to 512; k (width).
"""

from __future__ import annotations

from math import inf, sqrt
from typing import Final

from services.analysis.kernels.indicators import bollinger
from services.analysis.kernels.indicators.kind import (
    NAN,
    SAME,
    Bars,
    Floats,
    Kind,
    Parameters,
    State,
    Values,
    period,
    step,
    together,
)
from services.analysis.kernels.indicators.window import spread


@step
def narrowest(close: Floats, t: int, length: int, share: float, bars: int) -> tuple[float, int]:
    """Of the last ``bars`` bars: the smallest variance by the square of the mean, and how many bars ago that was (the newest).

    Variances that are none do not count; infinity and 0 where all are.
    """
    around, distances, squares = spread(close, t, length)
    largest, best, ago = squares, inf, 0
    for k in range(bars):
        if k > 0:
            come, gone = close[t - k + 1 - length] - around, close[t - k + 1] - around
            distances, squares = distances + (come - gone), squares + (come - gone) * (come + gone)
            largest = max(largest, squares)
        variance = (squares - distances * distances * share) * share
        if variance * length < bollinger.WORN * largest:
            around, distances, squares = spread(close, t - k, length)
            largest = squares
            variance = (squares - distances * distances * share) * share
        mean = around + distances * share
        relative = max(variance, 0.0) / (mean * mean) if mean > 0.0 else inf
        if (relative < best) & (relative > SAME * SAME):
            best, ago = relative, k
    return best, ago


@step
def bandwidth_low(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: Bollinger's; (lowest width of the last B bars, its n), this bar included for the next one. p: Bollinger's; B."""
    length, wanted = int(p[0]), int(p[3])
    bands, values = bollinger.bollinger(s[:5], p[:3], bars, t, n)
    low, low_n = s[5], s[6]
    shown = low if (n >= length - 1 + wanted) & (low < inf) else NAN
    width = values[3]
    if n == length - 1:
        low, low_n = width if width > 0 else inf, float(n)
    elif width <= low:
        low, low_n = width, float(n)
    elif (n >= length) & (n - low_n >= wanted):
        relative, ago = narrowest(bars.close, t, length, p[2], wanted)
        low, low_n = 2.0 * p[1] * sqrt(relative), float(n - ago)
    return (*bands, low, low_n), (shown,)


def prepare(length: float, width: float, bars: float) -> Parameters:
    """Bollinger's constants and B. A window before each of B bars is searched: both share the lookback."""
    together(period(length), period(bars, name="bars"), "period and bars")
    return *bollinger.KIND.prepare(length, width), bars


KIND: Final = Kind(
    name="bandwidth_low",
    step=bandwidth_low,
    state=7,
    parameters=("period", "width", "bars"),
    columns=("bb_width_low_{period}_{width}_{bars}",),
    short=("bb_width_low_120",),
    warm_up=lambda n, _, bars: (n + bars - 1,),
    lookback=lambda n, _, bars: n + bars - 1,
    examples=((20.0, 2.0, 120.0), (5.0, 1.5, 10.0), (12.0, 2.0, 500.0)),
    prepare=prepare,
)
