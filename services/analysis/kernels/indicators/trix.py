"""TRIX (Hutson, Stocks & Commodities, 1983): the change of a triply smoothed close from bar to bar, in percent.

The EMA of N of the EMA of N of the EMA of N of closes, each seeded with the mean of its first N inputs; 100 x (triple / triple'
- 1). Warm-up: from n = 3 N - 2. Equals TA-Lib's TRIX.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def smoothed(before: float, x: float, n: int, length: int, p: Parameters) -> float:
    """An EMA after its n-th input, counted from 0; until its seed the sum of its inputs."""
    if n >= length:
        return before * p[2] + x * p[1]
    return (before + x) / p[0] if n == length - 1 else before + x


@step
def trix(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (once, twice, three times smoothed), each a sum until its seed. p: (N, a, 1 - a) with a = 2 / (N + 1)."""
    once, twice, before = s
    length = int(p[0])
    once = smoothed(once, bars.close[t], n, length, p)
    if n < length - 1:
        return (once, twice, before), (NAN,)
    twice = smoothed(twice, once, n - length + 1, length, p)
    if n < 2 * length - 2:
        return (once, twice, before), (NAN,)
    triple = smoothed(before, twice, n - 2 * length + 2, length, p)
    return (once, twice, triple), (100.0 * (triple / before - 1.0) if n > 3 * length - 3 and before > 0.0 else NAN,)


KIND: Final = Kind(
    name="trix",
    step=trix,
    state=3,
    parameters=("period",),
    columns=("trix_{period}",),
    warm_up=lambda n: (3 * n - 2,),
    lookback=lambda _: 0,
    examples=((15.0,), (4.0,), (1.0,)),
    prepare=lambda n: (period(n), 2.0 / (n + 1.0), (n - 1.0) / (n + 1.0)),
)
