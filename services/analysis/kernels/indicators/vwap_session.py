"""Volume-weighted average price of the session so far, with bands (Berkowitz et al., 1988; bands as Bollinger's).

vwap_session = sum of typical price x volume / sum of volume, typical price = (high + low + close) / 3; upper, lower =
vwap_session +- k x the square root of the mean squared distance of the typical prices from it, weighed by volume; in the price's
own currency. The sums start again at the first bar of each session; the middle equals ``vwap``. On daily bars and above each bar
is a session: all three are its typical price. NaN while there is no volume yet. Warm-up: none but that. Parameter: k (width),
above 0, at most 100.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.anchored import bands, weighed
from services.analysis.kernels.indicators.kind import Bars, Kind, Parameters, State, Values, amount, step


@step
def vwap_session(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (session; volume, mean, weighed squared distances). p: (k,)."""
    now = float(bars.session[t])
    traded, mean, squares = (s[1], s[2], s[3]) if (n > 0) & (now == s[0]) else (0.0, 0.0, 0.0)
    traded, mean, squares = weighed(traded, mean, squares, bars, t)
    return (now, traded, mean, squares), bands(traded, mean, squares, p[0])


KIND: Final = Kind(
    name="vwap_session",
    step=vwap_session,
    state=4,
    parameters=("width",),
    columns=("vwap_session_{width}", "vwap_session_upper_{width}", "vwap_session_lower_{width}"),
    short=("vwap_session", "vwap_session_upper", "vwap_session_lower"),
    warm_up=lambda _: (None, None, None),
    lookback=lambda _: 0,
    examples=((2.0,), (1.0,)),
    prepare=lambda width: (amount(width, "width"),),
)
