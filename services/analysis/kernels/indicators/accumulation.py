"""Chaikin's accumulation/distribution line: volume, weighted by where in its range the bar closed, added up.

Share = ((close - low) - (high - close)) / (high - low), from -1 to 1; line = line' + share x volume. A bar without a range has no
share and adds nothing. NaN until a bar has volume and a range (TA-Lib: 0). Warm-up: none but that. Else equals TA-Lib's AD.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, step


@step
def accumulated(bars: Bars, t: int) -> float:
    """What bar t adds to the line."""
    high, low, close = bars.high[t], bars.low[t], bars.close[t]
    span = high - low
    return float(((close - low) - (high - close)) / span * bars.volume[t] if span > 0 else 0.0)


@step
def weighed(bars: Bars, t: int) -> float:
    """1 where bar t has volume and a range, else 0."""
    return 1.0 if (bars.high[t] > bars.low[t]) & (bars.volume[t] > 0) else 0.0


@step
def accumulation(s: State, _p: Parameters, bars: Bars, t: int, _n: int) -> tuple[State, Values]:
    """State: (the line; 1 once something was weighed)."""
    line, known = s[0] + accumulated(bars, t), max(s[1], weighed(bars, t))
    return (line, known), (line if known > 0 else NAN,)


KIND: Final = Kind(
    name="accumulation",
    step=accumulation,
    state=2,
    parameters=(),
    columns=("ad_line",),
    warm_up=lambda: (0,),
    lookback=lambda: 0,
    examples=((),),
)
