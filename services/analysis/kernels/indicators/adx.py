"""Average directional index with +DI and -DI (Wilder, New Concepts in Technical Trading Systems, 1978), 0 to 100.

Sums of the directional moves and true ranges over the first N - 1 changes, then Wilder's; the index is seeded with the mean of the
first N dx. The DI are NaN where the sum of true ranges is at most 1e-9 of the close; a dx is NaN there, and where the sums of both
moves together are: the ADX is NaN too, and continues from its last value with the next dx (TA-Lib: DI of 0, a dx of 0 in the seed,
later the ADX of the bar before). Warm-up: DI from n = N, ADX from n = 2 N - 1 or the N-th dx. Else equals TA-Lib's ADX, PLUS_DI
and MINUS_DI.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.atr import true_range
from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step


@step
def adx(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (sums of +DM, -DM and true range; sum of dx until the seed, then ADX; how many dx there were, at most N).

    p: (N, 1 - 1 / N, 1 / N).
    """
    if n == 0:
        return (0.0, 0.0, 0.0, 0.0, 0.0), (NAN, NAN, NAN)
    up, down = bars.high[t] - bars.high[t - 1], bars.low[t - 1] - bars.low[t]
    plus = up if (up > down) & (up > 0) else 0.0
    minus = down if (down > up) & (down > 0) else 0.0
    wide = true_range(bars, t)
    if n < int(p[0]):
        return (s[0] + plus, s[1] + minus, s[2] + wide, 0.0, 0.0), (NAN, NAN, NAN)
    plus, minus, wide = s[0] * p[1] + plus, s[1] * p[1] + minus, s[2] * p[1] + wide
    rounding = SAME * abs(bars.close[t])
    if not wide > rounding:
        return (plus, minus, wide, s[3], s[4]), (NAN, NAN, NAN)
    share = 100.0 / wide
    plus_di, minus_di = plus * share, minus * share
    if not plus + minus > rounding:
        return (plus, minus, wide, s[3], s[4]), (NAN, plus_di, minus_di)
    dx = 100.0 * abs(plus_di - minus_di) / (plus_di + minus_di)
    if s[4] >= p[0]:
        index = s[3] * p[1] + dx * p[2]
        return (plus, minus, wide, index, s[4]), (index, plus_di, minus_di)
    index, count = s[3] + dx, s[4] + 1.0
    if count < p[0]:
        return (plus, minus, wide, index, count), (NAN, plus_di, minus_di)
    index *= p[2]
    return (plus, minus, wide, index, count), (index, plus_di, minus_di)


KIND: Final = Kind(
    name="adx",
    step=adx,
    state=5,
    parameters=("period",),
    columns=("adx_{period}", "plus_di_{period}", "minus_di_{period}"),
    warm_up=lambda n: (2 * n - 1, n, n),
    lookback=lambda _: 1,
    examples=((14.0,), (5.0,)),
    prepare=lambda n: (period(n), 1.0 - 1.0 / n, 1.0 / n),
)
