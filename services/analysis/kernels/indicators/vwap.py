"""Volume-weighted average price of the session so far: sum of typical price x volume / sum of volume (Berkowitz et al., 1988).

Typical price = (high + low + close) / 3; both sums start again at the first bar of each session. In the price's own currency.
NaN while the session has no volume yet. Warm-up: none but that. On daily bars and above each bar is a session: it is the
typical price.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, step

THIRD: Final = 1.0 / 3.0


@step
def vwap(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (session date; sum of typical price x volume, sum of volume)."""
    today = float(bars.session[t])
    same = (n > 0) & (today == s[0])
    volume = bars.volume[t]
    paid = (s[1] if same else 0.0) + (bars.high[t] + bars.low[t] + bars.close[t]) * THIRD * volume
    traded = (s[2] if same else 0.0) + volume
    return (today, paid, traded), (paid / traded if traded > 0 else NAN,)


KIND: Final = Kind(
    name="vwap",
    step=vwap,
    state=3,
    parameters=(),
    columns=("vwap",),
    warm_up=lambda: (None,),
    lookback=lambda: 0,
    examples=((),),
)
