"""Slow stochastic oscillator (Lane): the place of the close between the lowest low and highest high of the last N bars, 0 to 100.

raw = 100 x (close - LL) / (HH - LL); k = mean of the last ``slowing`` raw; d = mean of the last ``signal`` k. A raw is NaN where
HH - LL is at most 1e-9 of HH, since there is no range (TA-Lib: 0), and so is each mean that contains it.
Warm-up: both from n = N + slowing + signal - 3. Else equals TA-Lib's STOCH with simple averages.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.window import moved_high, moved_low

LONGEST: Final = 3
"""The longest smoothing: that many values are remembered."""


@step
def stochastic(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (raw one and two bars before, k one and two bars before; high and low of the last N bars).

    p: (N, slowing, signal, 1 / slowing, 1 / signal).
    """
    raw1, raw2, k1, k2, high, low = s
    length, slowing, signal = int(p[0]), p[1], p[2]
    high, low = moved_high(high, bars.high, t, n, length), moved_low(low, bars.low, t, n, length)
    span = high - low
    raw = 100.0 * (bars.close[t] - low) / span if span > SAME * abs(high) else NAN
    k = (raw + (raw1 if slowing > 1 else 0.0) + (raw2 if slowing > 2 else 0.0)) * p[3]
    d = (k + (k1 if signal > 1 else 0.0) + (k2 if signal > 2 else 0.0)) * p[4]
    shown = n >= length - 3 + int(slowing + signal)
    return (raw, raw1, k, k1, high, low), (k if shown else NAN, d if shown else NAN)


def prepare(length: float, slowing: float, signal: float) -> Parameters:
    """(N, slowing, signal, 1 / slowing, 1 / signal)."""
    return (period(length), period(slowing, LONGEST), period(signal, LONGEST), 1.0 / slowing, 1.0 / signal)


KIND: Final = Kind(
    name="stochastic",
    step=stochastic,
    state=6,
    parameters=("period", "slowing", "signal"),
    columns=("stoch_k_{period}_{slowing}_{signal}", "stoch_d_{period}_{slowing}_{signal}"),
    short=("stoch_k_14", "stoch_d_14"),
    warm_up=lambda n, slowing, signal: (n + slowing + signal - 3,) * 2,
    lookback=lambda n, *_: n,
    examples=((14.0, 3.0, 3.0), (5.0, 1.0, 2.0), (9.0, 2.0, 1.0)),
    prepare=prepare,
)
