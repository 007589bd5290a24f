"""Double and triple exponential moving averages (Mulloy, Stocks & Commodities, February 1994), with less lag than an EMA.

With e1 = EMA of the closes, e2 = EMA of e1, e3 = EMA of e2, each over N and seeded with the mean of its first N values: dema =
2 e1 - e2, tema = 3 e1 - 3 e2 + e3, in the price's own currency. Warm-up: dema from n = 2 N - 2, tema from n = 3 N - 3.
Parameter: N, 1 to 500 bars. Equal TA-Lib's DEMA and TEMA.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def tema(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (e1, e2, e3), each a sum until its seed, then the average. p: (N, a, 1 - a) with a = 2 / (N + 1)."""
    first, second, third = s
    x = bars.close[t]
    last = int(p[0]) - 1
    if n > 3 * last:
        first = first * p[2] + x * p[1]
        second = second * p[2] + first * p[1]
        third = third * p[2] + second * p[1]
        return (first, second, third), (2.0 * first - second, 3.0 * (first - second) + third)
    first = first * p[2] + x * p[1] if n > last else first + x
    if n == last:
        first /= p[0]
    if n < last:
        return (first, 0.0, 0.0), (NAN, NAN)
    second = second * p[2] + first * p[1] if n > 2 * last else second + first
    if n == 2 * last:
        second /= p[0]
    if n < 2 * last:
        return (first, second, 0.0), (NAN, NAN)
    third += second
    if n < 3 * last:
        return (first, second, third), (2.0 * first - second, NAN)
    third /= p[0]
    return (first, second, third), (2.0 * first - second, 3.0 * (first - second) + third)


KIND: Final = Kind(
    name="tema",
    step=tema,
    state=3,
    parameters=("period",),
    columns=("dema_{period}", "tema_{period}"),
    warm_up=lambda n: (2 * n - 2, 3 * n - 3),
    lookback=lambda _: 0,
    examples=((20.0,), (1.0,), (5.0,)),
    prepare=lambda n: (period(n), 2.0 / (n + 1.0), (n - 1.0) / (n + 1.0)),
)
