"""Mean volume of the last N bars, this one included.

NaN where none of them has volume: whether nothing was traded or counted is unknown (TA-Lib: 0). Warm-up: from n = N - 1. Else
equals TA-Lib's SMA of volume.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.summing import added, replaced


@step
def volume_sma(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (sum of the last N volumes, its rounding error). p: (N, 1 / N)."""
    if n >= int(p[0]):
        total, error = replaced(s[0], s[1], bars.volume[t], bars.volume[t - int(p[0])])
        mean = (total + error) * p[1]
        return (total, error), (mean if mean > 0 else NAN,)
    total, error = added(s[0], s[1], bars.volume[t])
    mean = (total + error) * p[1]
    return (total, error), (mean if (n == int(p[0]) - 1) & (mean > 0) else NAN,)


KIND: Final = Kind(
    name="volume_sma",
    step=volume_sma,
    state=2,
    parameters=("period",),
    columns=("volume_sma_{period}",),
    warm_up=lambda n: (n - 1,),
    lookback=lambda n: n,
    examples=((20.0,), (5.0,)),
    prepare=lambda n: (period(n), 1.0 / n),
)
