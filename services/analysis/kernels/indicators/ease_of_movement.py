"""Ease of movement (Arms, 1983): how far the middle of the bar moved for the volume that it took.

ease = ((high + low) / 2 - (high' + low') / 2) x (high - low) / volume, the volume in ``millions``; eom = mean of the last N of
them. An ease is NaN where the bar has no volume, and so is each mean that contains it. In the square of the price's own currency.
Warm-up: from n = N. Parameters: N, bars; millions, the shares that the volume is counted in, in millions, above 0, at most 1000
(100 is StockCharts').
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, amount, period, step


@step
def ease_of_movement(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N, 1e6 x millions / (2 N))."""
    length = int(p[0])
    if n < length:
        return s, (NAN,)
    total = 0.0
    for i in range(t - length + 1, t + 1):
        moved = (bars.high[i] + bars.low[i]) - (bars.high[i - 1] + bars.low[i - 1])
        total += moved * (bars.high[i] - bars.low[i]) / bars.volume[i] if bars.volume[i] > 0 else NAN
    return s, (total * p[1],)


KIND: Final = Kind(
    name="ease_of_movement",
    step=ease_of_movement,
    state=0,
    parameters=("period", "millions"),
    columns=("eom_{period}_{millions}",),
    short=("eom_14",),
    warm_up=lambda n, _: (n,),
    lookback=lambda n, _: n,
    examples=((14.0, 100.0), (1.0, 0.01), (50.0, 1.0)),
    prepare=lambda n, millions: (period(n), 5e5 * amount(millions, "millions", 1000.0) / n),
)
