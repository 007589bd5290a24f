"""Chaikin's accumulation/distribution line: volume, weighted by where in its range the bar closed, added up.

Share = ((close - low) - (high - close)) / (high - low), from -1 to 1, 0 where high = low; line = line' + share x volume. Warm-up:
none. Equals TA-Lib's AD.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Kind, Parameters, State, Values, step


@step
def accumulated(bars: Bars, t: int) -> float:
    """What bar t adds to the line."""
    high, low, close = bars.high[t], bars.low[t], bars.close[t]
    span = high - low
    return float(((close - low) - (high - close)) / span * bars.volume[t] if span > 0 else 0.0)


@step
def accumulation(s: State, _p: Parameters, bars: Bars, t: int, _n: int) -> tuple[State, Values]:
    """State: (the line,)."""
    line = s[0] + accumulated(bars, t)
    return (line,), (line,)


KIND: Final = Kind(
    name="accumulation",
    step=accumulation,
    state=1,
    parameters=(),
    columns=("ad_line",),
    warm_up=lambda: (0,),
    lookback=lambda: 0,
    examples=((),),
)
