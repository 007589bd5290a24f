"""Ultimate oscillator (Williams, Stocks & Commodities, 1985): buying pressure over three periods, 0 to 100.

Pressure = close - min(low, close'), range = max(high, close') - min(low, close'). For each period the sum of the pressures of its
last bars over the sum of their ranges, 0 where that is 0; 100 x (4 x short + 2 x medium + long) / 7. Warm-up: from n = long. Equals
TA-Lib's ULTOSC.
"""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def pressure(bars: Bars, t: int, bought: float, moved: float, first: int, last: int) -> tuple[float, float]:
    """``bought`` and ``moved`` with the pressures and ranges of the bars from ``first`` to ``last - 1`` bars before t."""
    for i in range(t - first, t - last, -1):
        before = bars.close[i - 1]
        low = min(bars.low[i], before)
        bought, moved = bought + (bars.close[i] - low), moved + (max(bars.high[i], before) - low)
    return bought, moved


@step
def ultimate(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (short, medium, long)."""
    short, medium, long = int(p[0]), int(p[1]), int(p[2])
    if n < long:
        return s, (NAN,)
    bought, moved = pressure(bars, t, 0.0, 0.0, 0, short)
    total = 4.0 * bought / moved if moved > 0 else 0.0
    bought, moved = pressure(bars, t, bought, moved, short, medium)
    total += 2.0 * bought / moved if moved > 0 else 0.0
    bought, moved = pressure(bars, t, bought, moved, medium, long)
    total += bought / moved if moved > 0 else 0.0
    return s, (total * (100.0 / 7.0),)


def prepare(short: float, medium: float, long: float) -> Parameters:
    """(short, medium, long), rising."""
    if not short <= medium <= long:
        raise ValueError(f"the periods must not fall, not {short:g}, {medium:g}, {long:g}")
    return period(short), period(medium), period(long)


KIND: Final = Kind(
    name="ultimate",
    step=ultimate,
    state=0,
    parameters=("short", "medium", "long"),
    columns=("ultimate_{short}_{medium}_{long}",),
    short=("ultimate",),
    warm_up=lambda _s, _m, long: (long,),
    lookback=lambda _s, _m, long: long,
    examples=((7.0, 14.0, 28.0), (2.0, 2.0, 5.0)),
    prepare=prepare,
)
