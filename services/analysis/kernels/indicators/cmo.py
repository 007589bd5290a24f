"""Chande momentum oscillator (Chande and Kroll, The New Technical Trader, 1994) in Wilder's smoothing, -100 to 100.

100 x (mean gain - mean loss) / (mean gain + mean loss), with the means of the RSI; 0 where both are 0. Chande himself takes plain
sums. Warm-up: from n = N. Equals TA-Lib's CMO.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.rsi import gain_and_loss


@step
def cmo(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State and p as ``gain_and_loss``."""
    gain, loss = gain_and_loss(s, p, bars, t, n)
    both = gain + loss
    y = 100.0 * (gain - loss) / both if both > 0 else 0.0
    return (gain, loss), (y if n >= int(p[0]) else NAN,)


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
