"""Linear regression channel (Raff, Stocks & Commodities, October 1991, here by deviation): the line of ``linreg`` +- k deviations.

upper, lower = linreg +- k x the square root of the mean squared distance of the last N closes from their line by least squares;
middle = linreg; in the price's own currency. Warm-up: from n = N - 1. Parameters: N (period), at least 2 bars; k (width), above
0, at most 100.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, amount, period, step
from services.analysis.kernels.indicators.linreg import fitted


@step
def linreg_channel(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N, k)."""
    length = int(p[0])
    if n < length - 1:
        return s, (NAN, NAN, NAN)
    mean, slope, _, rest = fitted(bars.close, t, length)
    middle, half = mean + 0.5 * (length - 1.0) * slope, p[1] * sqrt(rest / length)
    return s, (middle + half, middle, middle - half)


KIND: Final = Kind(
    name="linreg_channel",
    step=linreg_channel,
    state=0,
    parameters=("period", "width"),
    columns=tuple(f"linreg_{name}_{{period}}_{{width}}" for name in ("upper", "middle", "lower")),
    short=("linreg_upper_100", "linreg_middle_100", "linreg_lower_100"),
    warm_up=lambda n, _: (n - 1,) * 3,
    lookback=lambda n, _: n - 1,
    examples=((100.0, 2.0), (2.0, 1.0), (20.0, 1.5)),
    prepare=lambda n, width: (period(n, least=2), amount(width, "width")),
)
