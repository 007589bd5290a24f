"""Donchian channel (Donchian, 1960): the highest high and lowest low of the last N bars, this one included, and their middle.

middle = (upper + lower) / 2; in the price's own currency. Warm-up: from n = N - 1. Parameter: N, 1 to 500 bars. For the channel
*before* this bar, which a close can break, see ``extremes``.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.window import moved_high, moved_low


@step
def donchian(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (highest high and lowest low of the last N bars). p: (N,)."""
    length = int(p[0])
    upper = moved_high(s[0], bars.high, t, n, length)
    lower = moved_low(s[1], bars.low, t, n, length)
    values = (upper, 0.5 * (upper + lower), lower) if n >= length - 1 else (NAN, NAN, NAN)
    return (upper, lower), values


KIND: Final = Kind(
    name="donchian",
    step=donchian,
    state=2,
    parameters=("period",),
    columns=("donchian_upper_{period}", "donchian_middle_{period}", "donchian_lower_{period}"),
    warm_up=lambda n: (n - 1,) * 3,
    lookback=lambda n: n,
    examples=((20.0,), (1.0,), (6.0,)),
    prepare=lambda n: (period(n),),
)
