"""Money flow index (Quong and Soudack, 1989): the share of rising typical prices in the money that flowed, 0 to 100.

Flow = typical price x volume, counted as rising or falling against the typical price of the bar before, not at all where they are
equal to 1e-9. mfi = 100 x rising / (rising + falling) over the last N bars, 0 where nothing flowed. Warm-up: from n = N. Equals
TA-Lib's MFI, but for flows that sum to less than 1, which that one takes for nothing.
"""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators.cci import typical
from services.analysis.domain.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step

SAME: Final = 1e-9
"""Share of the price below which a move is rounding: the sums of the same three prices in another order differ."""


@step
def mfi(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N,)."""
    length = int(p[0])
    if n < length:
        return s, (NAN,)
    rising = falling = 0.0
    before = typical(bars, t - length)
    for i in range(t - length + 1, t + 1):
        now = typical(bars, i)
        flow = now * bars.volume[i]
        rising += flow if now - before > SAME * now else 0.0
        falling += flow if before - now > SAME * now else 0.0
        before = now
    both = rising + falling
    return s, (100.0 * rising / both if both > 0 else 0.0,)


KIND: Final = Kind(
    name="mfi",
    step=mfi,
    state=0,
    parameters=("period",),
    columns=("mfi_{period}",),
    warm_up=lambda n: (n,),
    lookback=lambda n: n,
    examples=((14.0,), (3.0,)),
    prepare=lambda n: (period(n),),
)
