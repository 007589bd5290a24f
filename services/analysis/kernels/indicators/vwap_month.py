"""Volume-weighted average price of the calendar month so far, with bands (Berkowitz et al., 1988; bands as Bollinger's).

vwap_month = sum of typical price x volume / sum of volume, typical price = (high + low + close) / 3; upper, lower = vwap_month +-
k x the square root of the mean squared distance of the typical prices from it, weighed by volume; in the price's own currency.
The sums start again at the first bar of each month by session dates. NaN in the month that the series begins in, since it may
lack bars. NaN while there is no volume yet. Warm-up: none but that. Parameter: k (width), above 0, at most 100.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.anchored import bands, weighed
from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, amount, step


@step
def vwap_month(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (month; volume, mean, weighed squared distances; 1 once a month has begun). p: (k,)."""
    now = float(bars.session[t] // 100)
    begun, traded, mean, squares = s[4], s[1], s[2], s[3]
    if (n == 0) | (now != s[0]):
        begun, traded, mean, squares = 1.0 if n > 0 else 0.0, 0.0, 0.0, 0.0
    traded, mean, squares = weighed(traded, mean, squares, bars, t)
    return (now, traded, mean, squares, begun), bands(traded, mean, squares, p[0]) if begun > 0 else (NAN, NAN, NAN)


KIND: Final = Kind(
    name="vwap_month",
    step=vwap_month,
    state=5,
    parameters=("width",),
    columns=("vwap_month_{width}", "vwap_month_upper_{width}", "vwap_month_lower_{width}"),
    short=("vwap_month", "vwap_month_upper", "vwap_month_lower"),
    warm_up=lambda _: (None, None, None),
    lookback=lambda _: 0,
    examples=((2.0,), (1.0,)),
    prepare=lambda width: (amount(width, "width"),),
)
