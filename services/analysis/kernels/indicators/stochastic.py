"""Slow stochastic oscillator (Lane): the place of the close between the lowest low and highest high of the last N bars, 0 to 100.

raw = 100 x (close - LL) / (HH - LL); k = mean of the last ``slowing`` raw; d = mean of the last ``signal`` k. A raw is NaN where
HH - LL is at most 1e-9 of HH, since there is no range (TA-Lib: 0), and so is each mean that contains it.
Warm-up: both from n = N + slowing + signal - 3. Else equals TA-Lib's STOCH with simple averages.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, UsualStep, Values, period, step
from services.analysis.kernels.indicators.window import moved_high, moved_low

LONGEST: Final = 20
"""The longest smoothing: that many values are remembered, with the current one."""
KEPT: Final = LONGEST - 1  # the slices below are literal: numba types no other slice of a tuple
USUAL: Final = 5
"""Up to this smoothing the usual step runs, which moves 8 floats at each bar instead of 38."""


@step
def mean(now: float, before: State, n: float, share: float) -> float:
    """The mean of a value and the n - 1 before it, newest first; ``share``: 1 / n."""
    total = now
    for i in range(len(before)):
        if i + 1 >= n:
            break
        total += before[i]
    return total * share


@step
def place(bars: Bars, t: int, high: float, low: float) -> float:
    """The raw value of a bar in its window's range."""
    span = high - low
    return 100.0 * (bars.close[t] - low) / span if span > SAME * abs(high) else NAN


@step
def stochastic(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (high and low of the last N bars; raw of the KEPT bars before, newest first; k of the same).

    p: (N, slowing, signal, 1 / slowing, 1 / signal).
    """
    raws, means, length = s[2:21], s[21:40], int(p[0])
    high, low = moved_high(s[0], bars.high, t, n, length), moved_low(s[1], bars.low, t, n, length)
    raw = place(bars, t, high, low)
    k = mean(raw, raws, p[1], p[3])
    d = mean(k, means, p[2], p[4])
    shown = n >= length - 3 + int(p[1] + p[2])
    return (high, low, raw, *raws[:18], k, *means[:18]), (k if shown else NAN, d if shown else NAN)


@step
def usual(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """As ``stochastic``, with the USUAL - 1 bars before."""
    raws, means, length = s[2:6], s[6:10], int(p[0])
    high, low = moved_high(s[0], bars.high, t, n, length), moved_low(s[1], bars.low, t, n, length)
    raw = place(bars, t, high, low)
    k = mean(raw, raws, p[1], p[3])
    d = mean(k, means, p[2], p[4])
    shown = n >= length - 3 + int(p[1] + p[2])
    return (high, low, raw, *raws[:3], k, *means[:3]), (k if shown else NAN, d if shown else NAN)


@step
def fits(p: Parameters) -> bool:
    """Whether the usual step remembers enough."""
    return p[1] <= USUAL and p[2] <= USUAL


def prepare(length: float, slowing: float, signal: float) -> Parameters:
    """(N, slowing, signal, 1 / slowing, 1 / signal)."""
    return (period(length), period(slowing, LONGEST), period(signal, LONGEST), 1.0 / slowing, 1.0 / signal)


KIND: Final = Kind(
    name="stochastic",
    step=stochastic,
    state=2 * KEPT + 2,
    usual=UsualStep(fits, usual, 2 * USUAL),
    parameters=("period", "slowing", "signal"),
    columns=("stoch_k_{period}_{slowing}_{signal}", "stoch_d_{period}_{slowing}_{signal}"),
    short=("stoch_k_14", "stoch_d_14"),
    warm_up=lambda n, slowing, signal: (n + slowing + signal - 3,) * 2,
    lookback=lambda n, *_: n,
    examples=((14.0, 3.0, 3.0), (5.0, 1.0, 2.0), (9.0, 2.0, 1.0), (30.0, 20.0, 20.0), (10.0, 5.0, 5.0), (10.0, 5.0, 6.0)),
    prepare=prepare,
)
