"""Detrended price oscillator: an earlier close less the mean around it, to show cycles shorter than N.

dpo = close of N / 2 + 1 bars before (N / 2 rounded down) - mean of the last N closes, in the price's own currency. Charts often
draw it that many bars further left; the column stays at the bar that it is known at. Warm-up: from n = N - 1, N of 1 and 2 from n
= 1 and 2. Parameter: N, bars. Source: Murphy, Technical Analysis of the Financial Markets, 1999; the shift is StockCharts'.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.sma import sma


@step
def dpo(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: that of the mean. p: (N, 1 / N, N / 2 + 1)."""
    state, (mean,) = sma(s, (p[0], p[1]), bars, t, n)
    back = int(p[2])
    return state, (bars.close[t - back] - mean if n >= back else NAN,)


KIND: Final = Kind(
    name="dpo",
    step=dpo,
    state=2,
    parameters=("period",),
    columns=("dpo_{period}",),
    warm_up=lambda n: (max(n - 1, n // 2 + 1),),
    lookback=lambda n: max(n, n // 2 + 1),
    examples=((20.0,), (1.0,), (2.0,), (3.0,), (55.0,)),
    prepare=lambda n: (period(n), 1.0 / n, n // 2 + 1),
)
