"""Ulcer index (Martin and McCann, The Investor's Guide to Fidelity Funds, 1989): the root mean square of drawdowns, in percent.

drawdown = 100 x (close / highest close of the last N bars, this one included - 1); ulcer = square root of the mean of the last N
squared drawdowns. NaN where one of the closes is not above 0. Warm-up: from n = 2 N - 2. Parameter: N, bars, up to 256: it looks
back twice as far.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

from services.analysis.kernels.indicators.kind import MAX_LOOKBACK, NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.window import highest, moved_high


@step
def ulcer(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N, 1e4 / N)."""
    length = int(p[0])
    if n < 2 * length - 2:
        return s, (NAN,)
    first = t - length + 1
    top, squares = highest(bars.close, first, length), 0.0
    for i in range(first, t + 1):
        if i > first:
            top = moved_high(top, bars.close, i, n - t + i, length)
        drawdown = bars.close[i] / top - 1.0 if bars.close[i] > 0.0 else NAN
        squares += drawdown * drawdown
    return s, (sqrt(squares * p[1]),)


KIND: Final = Kind(
    name="ulcer",
    step=ulcer,
    state=0,
    parameters=("period",),
    columns=("ulcer_{period}",),
    warm_up=lambda n: (2 * n - 2,),
    lookback=lambda n: 2 * n - 2,
    examples=((14.0,), (1.0,), (60.0,), (256.0,)),
    prepare=lambda n: (period(n, MAX_LOOKBACK // 2), 1e4 / n),
)
