"""Donchian channel (Donchian, 1960): the highest high and lowest low of the last N bars, this one included, and their middle.

middle = (upper + lower) / 2; in the price's own currency. Warm-up: from n = N - 1. Parameter: N, 1 to 255 bars. For the channel
*before* this bar, which a close can break, see ``extremes``.
"""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.domain.indicators.window import highest, lowest


@step
def donchian(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """No state. p: (N,)."""
    length = int(p[0])
    if n < length - 1:
        return s, (NAN, NAN, NAN)
    upper, lower = highest(bars.high, t, length), lowest(bars.low, t, length)
    return s, (upper, 0.5 * (upper + lower), lower)


KIND: Final = Kind(
    name="donchian",
    step=donchian,
    state=0,
    parameters=("period",),
    columns=("donchian_upper_{period}", "donchian_middle_{period}", "donchian_lower_{period}"),
    warm_up=lambda n: (n - 1,) * 3,
    lookback=lambda n: n - 1,
    examples=((20.0,), (1.0,), (6.0,)),
    prepare=lambda n: (period(n),),
)
