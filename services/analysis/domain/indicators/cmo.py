"""Chande momentum oscillator (Chande and Kroll, The New Technical Trader, 1994) in Wilder's smoothing, -100 to 100.

100 x (mean gain - mean loss) / (mean gain + mean loss), with the means of the RSI; 0 where both are 0. Chande himself takes plain
sums. Warm-up: from n = N. Equals TA-Lib's CMO.
"""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def cmo(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (gain, loss): sums until the seed, then means. p: (N, 1 / N, 1 - 1 / N)."""
    length = int(p[0])
    if n == 0:
        return (0.0, 0.0), (NAN,)
    x = bars.close[t] - bars.close[t - 1]
    up = x if x > 0 else 0.0
    down = -x if x < 0 else 0.0
    if n > length:
        gain, loss = s[0] * p[2] + up * p[1], s[1] * p[2] + down * p[1]
    elif n == length:
        gain, loss = (s[0] + up) / p[0], (s[1] + down) / p[0]
    else:
        return (s[0] + up, s[1] + down), (NAN,)
    both = gain + loss
    return (gain, loss), (100.0 * (gain - loss) / both if both > 0 else 0.0,)


KIND: Final = Kind(
    name="cmo",
    step=cmo,
    state=2,
    parameters=("period",),
    columns=("cmo_{period}",),
    warm_up=lambda n: (n,),
    lookback=lambda _: 1,
    examples=((14.0,), (2.0,)),
    prepare=lambda n: (period(n), 1.0 / n, 1.0 - 1.0 / n),
)
