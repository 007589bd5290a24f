"""Know sure thing (Pring, Stocks & Commodities, September 1992): four smoothed rates of change, the longer the more weight.

kst = 1 x SMA 10 of ROC 10 + 2 x SMA 10 of ROC 15 + 3 x SMA 10 of ROC 20 + 4 x SMA 15 of ROC 30, in percent (times ten), with ROC
n = 100 x (close / close n bars before - 1); kst_signal = mean of the last 9 kst. The lengths are Pring's for daily bars and
fixed. NaN where one of the earlier closes is not above 0. Warm-up: kst from n = 44, kst_signal from n = 52.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.coppock import rate
from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, step

FIRST: Final = 44
SIGNAL: Final = 9


@step
def kst(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (the kst of the last eight bars, the newest first)."""
    if n < FIRST:
        return s, (NAN, NAN)
    total = long = 0.0
    for i in range(t - 9, t + 1):
        total += rate(bars, i, 10) + 2.0 * rate(bars, i, 15) + 3.0 * rate(bars, i, 20)
    for i in range(t - 14, t + 1):
        long += rate(bars, i, 30)
    value = total / 10.0 + 4.0 / 15.0 * long
    mean = (value + s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7]) / SIGNAL
    return (value, s[0], s[1], s[2], s[3], s[4], s[5], s[6]), (value, mean if n >= FIRST + SIGNAL - 1 else NAN)


KIND: Final = Kind(
    name="kst",
    step=kst,
    state=8,
    parameters=(),
    columns=("kst", "kst_signal"),
    warm_up=lambda: (FIRST, FIRST + SIGNAL - 1),
    lookback=lambda: FIRST,
    examples=((),),
)
