"""Heikin-Ashi bars (Homma; Valcu, Stocks & Commodities, February 2004): smoothed candles as columns.

ha_close = (open + high + low + close) / 4; ha_open = (ha_open' + ha_close') / 2, on the first bar (open + close) / 2; ha_high =
the largest of high, ha_open and ha_close, ha_low = the smallest of low, ha_open and ha_close; in the price's own currency. They
are no prices that anybody traded at. Warm-up: none.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Kind, Parameters, State, Values, step


@step
def heikin_ashi(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (ha_open, ha_close)."""
    close = 0.25 * ((bars.open[t] + bars.high[t]) + (bars.low[t] + bars.close[t]))
    opened = 0.5 * (s[0] + s[1]) if n > 0 else 0.5 * (bars.open[t] + bars.close[t])
    return (opened, close), (opened, max(bars.high[t], opened, close), min(bars.low[t], opened, close), close)


KIND: Final = Kind(
    name="heikin_ashi",
    step=heikin_ashi,
    state=2,
    parameters=(),
    columns=("ha_open", "ha_high", "ha_low", "ha_close"),
    warm_up=lambda: (0,) * 4,
    lookback=lambda: 0,
    examples=((),),
)
