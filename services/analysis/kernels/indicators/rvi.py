"""Relative vigor index (Ehlers, Stocks & Commodities, January 2002): how far bars close from their opens, by their ranges.

swum(x) = (x + 2 x' + 2 x'' + x''') / 6; rvi = sum of the last N swum(close - open) / sum of the last N swum(high - low), -1 to 1;
rvi_signal = swum(rvi). (Not Dorsey's relative volatility index of the same initials.) NaN where the ranges sum to at most 1e-9 of
the close, and the signal where one of its rvi is. Warm-up: rvi from n = N + 2, rvi_signal from n = N + 5. Parameter: N, bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import MAX_LOOKBACK, NAN, SAME, Bars, Kind, Parameters, State, Values, period, step


@step
def vigor(bars: Bars, t: int, n: int) -> tuple[float, float]:
    """The sums of the last n swum(close - open) and swum(high - low) at bar t."""
    moved = wide = 0.0
    for i in range(t - n + 1, t + 1):
        body = (bars.close[i] - bars.open[i]) + (bars.close[i - 3] - bars.open[i - 3])
        body += 2.0 * ((bars.close[i - 1] - bars.open[i - 1]) + (bars.close[i - 2] - bars.open[i - 2]))
        span = (bars.high[i] - bars.low[i]) + (bars.high[i - 3] - bars.low[i - 3])
        span += 2.0 * ((bars.high[i - 1] - bars.low[i - 1]) + (bars.high[i - 2] - bars.low[i - 2]))
        moved, wide = moved + body, wide + span
    return moved / 6.0, wide / 6.0


@step
def rvi(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (rvi of the last three bars, the newest first). p: (N,)."""
    if n < int(p[0]) + 2:
        return s, (NAN, NAN)
    moved, wide = vigor(bars, t, int(p[0]))
    value = moved / wide if wide > SAME * abs(bars.close[t]) else NAN
    signal = (value + 2.0 * s[0] + 2.0 * s[1] + s[2]) / 6.0
    return (value, s[0], s[1]), (value, signal if n >= int(p[0]) + 5 else NAN)


KIND: Final = Kind(
    name="rvi",
    step=rvi,
    state=3,
    parameters=("period",),
    columns=("rvi_{period}", "rvi_signal_{period}"),
    warm_up=lambda n: (n + 2, n + 5),
    lookback=lambda n: n + 2,
    examples=((10.0,), (1.0,), (2.0,), (30.0,)),
    prepare=lambda n: (period(n, MAX_LOOKBACK - 2),),
)
