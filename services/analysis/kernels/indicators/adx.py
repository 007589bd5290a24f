"""Average directional index with +DI and -DI (Wilder, New Concepts in Technical Trading Systems, 1978), 0 to 100.

Sums of the directional moves and true ranges over the first N - 1 changes, then Wilder's; the index is seeded with the mean of the
first N dx. A dx whose denominator is 0 adds nothing. Warm-up: DI from n = N, ADX from n = 2 N - 1. Equals TA-Lib's
ADX, PLUS_DI and MINUS_DI.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.atr import true_range
from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def adx(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (sums of +DM, -DM and true range; sum of dx until the seed, then ADX). p: (N, 1 - 1 / N, 1 / N)."""
    if n == 0:
        return (0.0, 0.0, 0.0, 0.0), (NAN, NAN, NAN)
    length = int(p[0])
    up, down = bars.high[t] - bars.high[t - 1], bars.low[t - 1] - bars.low[t]
    plus = up if (up > down) & (up > 0) else 0.0
    minus = down if (down > up) & (down > 0) else 0.0
    wide = true_range(bars, t)
    if n < length:
        return (s[0] + plus, s[1] + minus, s[2] + wide, 0.0), (NAN, NAN, NAN)
    plus, minus, wide = s[0] * p[1] + plus, s[1] * p[1] + minus, s[2] * p[1] + wide
    share = 100.0 / wide if wide > 0 else 0.0
    plus_di, minus_di = plus * share, minus * share
    both = plus_di + minus_di
    index = s[3]
    if n < 2 * length:
        index += 100.0 * abs(plus_di - minus_di) / both if both > 0 else 0.0
        if n < 2 * length - 1:
            return (plus, minus, wide, index), (NAN, plus_di, minus_di)
        index *= p[2]
    elif both > 0:
        index = index * p[1] + 100.0 * abs(plus_di - minus_di) / both * p[2]
    return (plus, minus, wide, index), (index, plus_di, minus_di)


KIND: Final = Kind(
    name="adx",
    step=adx,
    state=4,
    parameters=("period",),
    columns=("adx_{period}", "plus_di_{period}", "minus_di_{period}"),
    warm_up=lambda n: (2 * n - 1, n, n),
    lookback=lambda _: 1,
    examples=((14.0,), (5.0,)),
    prepare=lambda n: (period(n), 1.0 - 1.0 / n, 1.0 / n),
)
