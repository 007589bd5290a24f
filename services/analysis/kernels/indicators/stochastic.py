"""Slow stochastic oscillator (Lane): the place of the close between the lowest low and highest high of the last N bars, 0 to 100.

raw = 100 x (close - LL) / (HH - LL); k = mean of the last ``slowing`` raw; d = mean of the last ``signal`` k. A raw is NaN where
HH - LL is at most 1e-9 of HH, since there is no range (TA-Lib: 0), and so is each mean that contains it.
Warm-up: both from n = N + slowing + signal - 3. Else equals TA-Lib's STOCH with simple averages.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.window import moved_high, moved_low

LONGEST: Final = 20
"""The longest smoothing: that many values are remembered, with the current one."""
KEPT: Final = LONGEST - 1  # the slices below are literal: numba types no other slice of a tuple


@step
def mean(now: float, before: State, n: float, share: float) -> float:
    """The mean of a value and the n - 1 before it, newest first; ``share``: 1 / n."""
    total = now
    for i in range(KEPT):
        if i + 1 >= n:
            break
        total += before[i]
    return total * share


@step
def stochastic(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (raw of the KEPT bars before, newest first; k of the same; high and low of the last N bars).

    p: (N, slowing, signal, 1 / slowing, 1 / signal).
    """
    raws, means, length = s[:19], s[19:38], int(p[0])
    high, low = moved_high(s[38], bars.high, t, n, length), moved_low(s[39], bars.low, t, n, length)
    span = high - low
    raw = 100.0 * (bars.close[t] - low) / span if span > SAME * abs(high) else NAN
    k = mean(raw, raws, p[1], p[3])
    d = mean(k, means, p[2], p[4])
    shown = n >= length - 3 + int(p[1] + p[2])
    kept = (raw, *raws[:18], k, *means[:18], high, low)
    return kept, (k if shown else NAN, d if shown else NAN)


def prepare(length: float, slowing: float, signal: float) -> Parameters:
    """(N, slowing, signal, 1 / slowing, 1 / signal)."""
    return (period(length), period(slowing, LONGEST), period(signal, LONGEST), 1.0 / slowing, 1.0 / signal)


KIND: Final = Kind(
    name="stochastic",
    step=stochastic,
    state=2 * KEPT + 2,
    parameters=("period", "slowing", "signal"),
    columns=("stoch_k_{period}_{slowing}_{signal}", "stoch_d_{period}_{slowing}_{signal}"),
    short=("stoch_k_14", "stoch_d_14"),
    warm_up=lambda n, slowing, signal: (n + slowing + signal - 3,) * 2,
    lookback=lambda n, *_: n,
    examples=((14.0, 3.0, 3.0), (5.0, 1.0, 2.0), (9.0, 2.0, 1.0), (30.0, 20.0, 20.0)),
    prepare=prepare,
)
