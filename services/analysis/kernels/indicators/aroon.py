"""Aroon (Chande, 1995): how long ago the highest high and the lowest low of the last N + 1 bars were, 0 to 100.

up = 100 x (N - bars since the highest high) / N, down likewise of the lowest low, the newest of equal ones; oscillator = up -
down, -100 to 100. NaN where the highest high is at most 1e-9 above the lowest low: neither of them was at any time (TA-Lib: 100,
100, 0). Warm-up: from n = N. Parameter: N, 1 to 500 bars. Else equals TA-Lib's AROON and AROONOSC.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.window import ago, highest, lowest


@step
def aroon(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """No state. p: (N, 100 / N)."""
    length = int(p[0])
    if n < length:
        return s, (NAN, NAN, NAN)
    top, bottom = highest(bars.high, t, length + 1), lowest(bars.low, t, length + 1)
    if not top - bottom > SAME * abs(top):
        return s, (NAN, NAN, NAN)
    high, low = ago(bars.high, t, length + 1, top), ago(bars.low, t, length + 1, bottom)
    return s, (p[1] * (length - high), p[1] * (length - low), p[1] * (low - high))


KIND: Final = Kind(
    name="aroon",
    step=aroon,
    state=0,
    parameters=("period",),
    columns=("aroon_up_{period}", "aroon_down_{period}", "aroon_oscillator_{period}"),
    warm_up=lambda n: (n, n, n),
    lookback=lambda n: n,
    examples=((14.0,), (1.0,), (25.0,)),
    prepare=lambda n: (period(n), 100.0 / n),
)
