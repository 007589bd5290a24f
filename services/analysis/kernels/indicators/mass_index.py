"""Mass index (Dorsey, Stocks & Commodities, June 1992): a sum of ratios that rises while the bars grow wider.

once = EMA of N of (high - low), twice = EMA of N of once, each seeded with the mean of its first N inputs; mass_index = sum of
the last M once / twice. NaN where one of these twice is at most 1e-9 of its close. Warm-up: from n = 2 N + M - 3. Parameters: N
(ema), M (sum), bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.trix import smoothed


@step
def widths(once: float, twice: float, p: Parameters, bars: Bars, t: int, n: int) -> tuple[float, float]:
    """Both averages of the range one bar on, each a sum until its seed."""
    length = int(p[0])
    once = smoothed(once, bars.high[t] - bars.low[t], n, length, p)
    return once, smoothed(twice, once, n - length + 1, length, p) if n >= length - 1 else twice


@step
def mass_index(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (both averages at the oldest bar of the sum). The newer ones are computed again from there. p: (N, a, 1 - a, M)."""
    once, twice = s
    back = int(p[3]) - 1
    if n < back:
        return s, (NAN,)
    once, twice = widths(once, twice, p, bars, t - back, n - back)
    if n < 2 * int(p[0]) - 2 + back:
        return (once, twice), (NAN,)
    now, long = once, twice
    total = now / long if long > SAME * abs(bars.close[t - back]) else NAN
    for i in range(back - 1, -1, -1):
        now, long = widths(now, long, p, bars, t - i, n - i)
        total += now / long if long > SAME * abs(bars.close[t - i]) else NAN
    return (once, twice), (total,)


def prepare(ema: float, count: float) -> Parameters:
    """(N, a, 1 - a, M) with a = 2 / (N + 1).

    >>> prepare(9.0, 25.0)
    (9.0, 0.2, 0.8, 25.0)
    """
    n = period(ema, name="ema")
    return n, 2.0 / (n + 1.0), (n - 1.0) / (n + 1.0), period(count, name="sum")


KIND: Final = Kind(
    name="mass_index",
    step=mass_index,
    state=2,
    parameters=("ema", "sum"),
    columns=("mass_index_{ema}_{sum}",),
    short=("mass_index",),
    warm_up=lambda n, m: (2 * n + m - 3,),
    lookback=lambda _, m: m - 1,
    examples=((9.0, 25.0), (1.0, 1.0), (20.0, 5.0)),
    prepare=prepare,
)
