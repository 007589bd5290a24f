"""On-balance volume (Granville, 1963): volume added on a rise of the close, taken away on a fall.

Starts with the volume of the first bar. NaN until a bar has volume (TA-Lib: 0). Warm-up: none but that. Else equals TA-Lib's OBV.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, step


@step
def obv(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (the balance, the largest volume so far)."""
    volume = bars.volume[t]
    if n == 0:
        return (volume, volume), (volume if volume > 0 else NAN,)
    x, before = bars.close[t], bars.close[t - 1]
    added, taken = (
        volume if x > before else 0.0,
        volume if x < before else 0.0,
    )  # one choice of three would be a branch to mispredict
    y = s[0] + (added - taken)
    largest = max(s[1], volume)
    return (y, largest), (y if largest > 0 else NAN,)


KIND: Final = Kind(
    name="obv",
    step=obv,
    state=2,
    parameters=(),
    columns=("obv",),
    warm_up=lambda: (0,),
    lookback=lambda: 1,
    examples=((),),
)
