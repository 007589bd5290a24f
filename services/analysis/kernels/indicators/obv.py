"""On-balance volume (Granville, 1963): volume added on a rise of the close, taken away on a fall.

Starts with the volume of the first bar. Warm-up: none. Equals TA-Lib's OBV.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Kind, Parameters, State, Values, step


@step
def obv(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (the balance,)."""
    if n == 0:
        return (bars.volume[t],), (bars.volume[t],)
    x, before, volume = bars.close[t], bars.close[t - 1], bars.volume[t]
    added, taken = (
        volume if x > before else 0.0,
        volume if x < before else 0.0,
    )  # one choice of three would be a branch to mispredict
    y = s[0] + (added - taken)
    return (y,), (y,)


KIND: Final = Kind(
    name="obv",
    step=obv,
    state=1,
    parameters=(),
    columns=("obv",),
    warm_up=lambda: (0,),
    lookback=lambda: 1,
    examples=((),),
)
