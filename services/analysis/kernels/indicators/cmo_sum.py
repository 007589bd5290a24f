"""Chande momentum oscillator as Chande defined it (Chande and Kroll, The New Technical Trader, 1994), with plain sums, -100 to 100.

cmo_sum = 100 x (rises - falls) / (rises + falls), the sums of the rises and of the falls of the close over the last N changes.
NaN where rises + falls is at most 1e-9 of the close. The kind ``cmo`` takes Wilder's means instead, as TA-Lib does. Warm-up: from
n = N. Parameter: N, bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kama import changes
from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step


@step
def cmo_sum(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N,). Rises less falls is the whole change."""
    length = int(p[0])
    if n < length:
        return s, (NAN,)
    way = changes(bars.close, t, length)
    known = way > SAME * abs(bars.close[t])
    return s, (100.0 * (bars.close[t] - bars.close[t - length]) / way if known else NAN,)


KIND: Final = Kind(
    name="cmo_sum",
    step=cmo_sum,
    state=0,
    parameters=("period",),
    columns=("cmo_sum_{period}",),
    warm_up=lambda n: (n,),
    lookback=lambda n: n,
    examples=((14.0,), (1.0,), (9.0,)),
    prepare=lambda n: (period(n),),
)
