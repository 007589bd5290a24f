"""Slow stochastic oscillator (Lane): where the close stands between the lowest low and highest high of the last N bars, 0 to 100.

raw = 100 x (close - LL) / (HH - LL), 0 where HH = LL; k = mean of the last ``slowing`` raw; d = mean of the last ``signal`` k.
Warm-up: both from n = N + slowing + signal - 3. Equals TA-Lib's STOCH with simple averages.
"""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.domain.indicators.window import highest, lowest

LONGEST: Final = 3
"""The longest smoothing: that many values are remembered."""


@step
def stochastic(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (raw one and two bars before, k one and two bars before). p: (N, slowing, signal)."""
    raw1, raw2, k1, k2 = s
    length, slowing, signal = int(p[0]), p[1], p[2]
    if n < length - 1:
        return (raw1, raw2, k1, k2), (NAN, NAN)
    low = lowest(bars.low, t, length)
    span = highest(bars.high, t, length) - low
    raw = 100.0 * (bars.close[t] - low) / span if span > 0 else 0.0
    k = (raw + (raw1 if slowing > 1 else 0.0) + (raw2 if slowing > 2 else 0.0)) / slowing
    d = (k + (k1 if signal > 1 else 0.0) + (k2 if signal > 2 else 0.0)) / signal
    shown = n >= length - 3 + int(slowing + signal)
    return (raw, raw1, k, k1), (k if shown else NAN, d if shown else NAN)


KIND: Final = Kind(
    name="stochastic",
    step=stochastic,
    state=4,
    parameters=("period", "slowing", "signal"),
    columns=("stoch_k_{period}_{slowing}_{signal}", "stoch_d_{period}_{slowing}_{signal}"),
    short=("stoch_k_14", "stoch_d_14"),
    warm_up=lambda n, slowing, signal: (n + slowing + signal - 3,) * 2,
    lookback=lambda n, *_: n - 1,
    examples=((14.0, 3.0, 3.0), (5.0, 1.0, 2.0), (9.0, 2.0, 1.0)),
    prepare=lambda n, slowing, signal: (period(n), period(slowing, LONGEST), period(signal, LONGEST)),
)
