"""52-week extremes on any timeframe up to a day, of the 252 daily bars before this session, and the distance from the high.

drawdown = close / max(52-week high, this session's high so far) - 1, a fraction. The daily bars are handed in with the bar
(``Bars.year_high``): an intraday series does not reach back a year. Warm-up: where 252 daily bars are known.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, step


@step
def year(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (session date, its highest high so far)."""
    today, high = float(bars.session[t]), bars.high[t]
    if (n > 0) & (today == s[0]):
        high = max(high, s[1])
    top, bottom = bars.year_high[t], bars.year_low[t]
    return (today, high), (top, bottom, bars.close[t] / max(top, high) - 1.0 if top == top and max(top, high) > 0.0 else NAN)


KIND: Final = Kind(
    name="year",
    step=year,
    state=2,
    parameters=(),
    columns=("high_52w", "low_52w", "drawdown_52w"),
    warm_up=lambda: (None, None, None),
    lookback=lambda: 0,
    examples=((),),
)
