"""Relative strength index: 100 x mean gain / (mean gain + mean loss) (Wilder, New Concepts in Technical Trading Systems, 1978).

Both means are Wilder's, seeded with the plain means of the first N changes. NaN where their sum is at most 1e-9 of the close: a
price that never moved has no strength (TA-Lib: 0). Warm-up: from n = N. Else equals TA-Lib's RSI.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step


@step
def gain_and_loss(s: State, p: Parameters, bars: Bars, t: int, n: int) -> State:
    """(gain, loss): sums of the rises and falls of the close until bar N, then Wilder's means of them. p: (N, 1 / N, 1 - 1 / N)."""
    if n == 0:
        return 0.0, 0.0
    x = bars.close[t] - bars.close[t - 1]
    up, down = x if x > 0 else 0.0, -x if x < 0 else 0.0
    if n > int(p[0]):
        return s[0] * p[2] + up * p[1], s[1] * p[2] + down * p[1]
    if n == int(p[0]):
        return (s[0] + up) / p[0], (s[1] + down) / p[0]
    return s[0] + up, s[1] + down


@step
def rsi(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State and p as ``gain_and_loss``."""
    gain, loss = gain_and_loss(s, p, bars, t, n)
    both = gain + loss
    known = (n >= int(p[0])) & (both > SAME * abs(bars.close[t]))
    return (gain, loss), (100.0 * gain / both if known else NAN,)


KIND: Final = Kind(
    name="rsi",
    step=rsi,
    state=2,
    parameters=("period",),
    columns=("rsi_{period}",),
    warm_up=lambda n: (n,),
    lookback=lambda _: 1,
    examples=((14.0,), (2.0,)),
    prepare=lambda n: (period(n), 1.0 / n, 1.0 - 1.0 / n),
)
