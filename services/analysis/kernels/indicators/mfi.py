"""Money flow index (Quong and Soudack, 1989): the share of rising typical prices in the money that flowed, 0 to 100.

Flow = typical price x volume, counted as rising or falling against the typical price of the bar before, not at all where they are
equal to 1e-9. mfi = 100 x rising / (rising + falling) over the last N bars. NaN where nothing flowed, without volume or
without a move (TA-Lib: 0, also for flows that sum to less than 1). Warm-up: from n = N. Else equals TA-Lib's MFI.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.cci import typical
from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.summing import RENEWED, WORN


@step
def mfi(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (rising and falling flow of the last N bars; the largest sum of both since they were recomputed). p: (N,)."""
    rising, falling, largest = s
    length = int(p[0])
    if n == 0:
        return (0.0, 0.0, 0.0), (NAN,)
    up, down = flow(bars, t)
    rising, falling = rising + up, falling + down
    if n > length:
        up, down = flow(bars, t - length)
        rising, falling = rising - up, falling - down
    both = rising + falling
    if (n >= length) & ((n % RENEWED == 0) | (both < WORN * largest)):
        rising = falling = 0.0
        for i in range(t - length + 1, t + 1):
            up, down = flow(bars, i)
            rising, falling = rising + up, falling + down
        both = largest = rising + falling
    value = 100.0 * max(rising, 0.0) / both if both > 0 else NAN
    return (rising, falling, max(both, largest)), (value if n >= length else NAN,)


@step
def flow(bars: Bars, t: int) -> tuple[float, float]:
    """The flow of bar t, as a rising and as a falling one."""
    before, now = typical(bars, t - 1), typical(bars, t)
    money, rounding = abs(now) * bars.volume[t], SAME * abs(now)
    return (money if now - before > rounding else 0.0, money if before - now > rounding else 0.0)


KIND: Final = Kind(
    name="mfi",
    step=mfi,
    state=3,
    parameters=("period",),
    columns=("mfi_{period}",),
    warm_up=lambda n: (n,),
    lookback=lambda n: n + 1,
    examples=((14.0,), (3.0,)),
    prepare=lambda n: (period(n),),
)
