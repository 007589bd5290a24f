"""Volume-weighted average price of the week so far, with bands (Berkowitz et al., 1988; bands as Bollinger's).

vwap_week = sum of typical price x volume / sum of volume, typical price = (high + low + close) / 3; upper, lower = vwap_week +- k
x the square root of the mean squared distance of the typical prices from it, weighed by volume; in the price's own currency. The
sums start again at the first bar of each week, from Monday to Sunday by session dates. NaN in the week that the series begins in,
since it may lack bars. NaN while there is no volume yet. Warm-up: none but that. Parameter: k (width), above 0, at most 100.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.anchored import bands, week_number, weighed
from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, amount, step


@step
def vwap_week(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (week; volume, mean, weighed squared distances; 1 once a week has begun). p: (k,)."""
    now = float(week_number(bars.session[t]))
    begun, traded, mean, squares = s[4], s[1], s[2], s[3]
    if (n == 0) | (now != s[0]):
        begun, traded, mean, squares = 1.0 if n > 0 else 0.0, 0.0, 0.0, 0.0
    traded, mean, squares = weighed(traded, mean, squares, bars, t)
    return (now, traded, mean, squares, begun), bands(traded, mean, squares, p[0]) if begun > 0 else (NAN, NAN, NAN)


KIND: Final = Kind(
    name="vwap_week",
    step=vwap_week,
    state=5,
    parameters=("width",),
    columns=("vwap_week_{width}", "vwap_week_upper_{width}", "vwap_week_lower_{width}"),
    short=("vwap_week", "vwap_week_upper", "vwap_week_lower"),
    warm_up=lambda _: (None, None, None),
    lookback=lambda _: 0,
    examples=((2.0,), (1.0,)),
    prepare=lambda width: (amount(width, "width"),),
)
