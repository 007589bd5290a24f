"""Fisher transform (Ehlers, Stocks & Commodities, November 2002): the place of the middle in its range, made nearly normal.

middle = (high + low) / 2; place = (middle - lowest) / (highest - lowest) of the last N middles, this one included; x = 0.66 x
(place - 0.5) + 0.67 x x', held within -0.999 and 0.999 where it is beyond 0.99 in size; fisher = 0.5 x ln((1 + x) / (1 - x)) +
0.5 x fisher'; both begin with 0. signal = fisher of the bar before. NaN where the middles differ by at most 1e-9 of the price;
both go on from their last values. Warm-up: fisher from n = N - 1, signal from n = N. Parameter: N, at least 2 bars.
"""

from __future__ import annotations

from math import log
from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step

NEAR: Final = 0.99
HELD: Final = 0.999


@step
def fisher(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (x, fisher as it goes on, fisher of the bar before as shown). p: (N,)."""
    x, value, before = s
    if n < int(p[0]) - 1:
        return (0.0, 0.0, NAN), (NAN, NAN)
    now = low = high = bars.high[t] + bars.low[t]
    for i in range(t - int(p[0]) + 1, t):
        middle = bars.high[i] + bars.low[i]
        low, high = min(low, middle), max(high, middle)
    if not high - low > SAME * abs(now):
        return (x, value, NAN), (NAN, before)
    x = 0.66 * ((now - low) / (high - low) - 0.5) + 0.67 * x
    x = HELD if x > NEAR else -HELD if x < -NEAR else x
    value = 0.5 * log((1.0 + x) / (1.0 - x)) + 0.5 * value
    return (x, value, value), (value, before)


KIND: Final = Kind(
    name="fisher",
    step=fisher,
    state=3,
    parameters=("period",),
    columns=("fisher_{period}", "fisher_signal_{period}"),
    warm_up=lambda n: (n - 1, n),
    lookback=lambda n: n - 1,
    examples=((9.0,), (2.0,), (30.0,)),
    prepare=lambda n: (period(n, least=2),),
)
