"""Force index (Elder, Trading for a Living, 1993): the smoothed product of volume and the change of the close.

force = (close - close') x volume; force_index = EMA of N of it, seeded with the mean of the first N, in money. NaN until a bar
after the first has volume. Warm-up: from n = N. Parameter: N, bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.trix import smoothed


@step
def force_index(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (the mean, a sum until its seed; 1 once there was volume). p: (N, a, 1 - a) with a = 2 / (N + 1)."""
    if n == 0:
        return (0.0, 0.0), (NAN,)
    force = (bars.close[t] - bars.close[t - 1]) * bars.volume[t]
    known = 1.0 if bars.volume[t] > 0 else s[1]
    mean = smoothed(s[0], force, n - 1, int(p[0]), p)
    return (mean, known), (mean if (n >= int(p[0])) & (known > 0) else NAN,)


KIND: Final = Kind(
    name="force_index",
    step=force_index,
    state=2,
    parameters=("period",),
    columns=("force_index_{period}",),
    warm_up=lambda n: (n,),
    lookback=lambda _: 1,
    examples=((13.0,), (1.0,), (2.0,)),
    prepare=lambda n: (period(n), 2.0 / (n + 1.0), (n - 1.0) / (n + 1.0)),
)
