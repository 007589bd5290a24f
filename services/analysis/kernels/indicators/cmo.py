"""Chande momentum oscillator (Chande and Kroll, The New Technical Trader, 1994) in Wilder's smoothing, -100 to 100.

100 x (mean gain - mean loss) / (mean gain + mean loss), with the means of the RSI; NaN where that is (TA-Lib: 0). Chande himself
takes plain sums. Warm-up: from n = N. Else equals TA-Lib's CMO.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.rsi import gain_and_loss


@step
def cmo(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State and p as ``gain_and_loss``."""
    gain, loss = gain_and_loss(s, p, bars, t, n)
    both = gain + loss
    known = (n >= int(p[0])) & (both > SAME * abs(bars.close[t]))
    return (gain, loss), (100.0 * (gain - loss) / both if known else NAN,)


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
