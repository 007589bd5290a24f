"""Klinger oscillator (Klinger, Stocks & Commodities, December 1997): a fast less a slow mean of the volume force.

Direction T = 1 where high + low + close rose, -1 where it fell; range = high - low; total = total' + range while the direction is
that of the last bar that had one, else range' + range. Force = volume x T x abs(2 x (range / total - 1)) x 100. A bar whose sum
is equal to the one before to 1e-9 has no direction and no force, nor has one with a total of 0 (Klinger: a fall). klinger = EMA
of fast - EMA of slow of the force, klinger_signal = EMA of klinger, each seeded with the mean of its first inputs; in shares. NaN
until a bar has volume and a direction. Warm-up: klinger from n = slow, klinger_signal from n = slow + signal - 1. Parameters:
fast, slow, signal, bars, fast shorter than slow.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, step
from services.analysis.kernels.indicators.macd import prepare
from services.analysis.kernels.indicators.trix import smoothed


@step
def direction(bars: Bars, t: int) -> float:
    """1 where the sum of high, low and close rose at bar t, -1 where it fell, 0 where it is equal to 1e-9."""
    now = bars.high[t] + bars.low[t] + bars.close[t]
    change = now - (bars.high[t - 1] + bars.low[t - 1] + bars.close[t - 1])
    return (1.0 if change > 0 else -1.0) if abs(change) > SAME * abs(now) else 0.0


@step
def klinger(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (last direction, total of ranges; fast, slow and signal, each a sum until its seed; 1 once there was a force).

    p: (fast, slow, signal, and a, 1 - a of each).
    """
    last, total, fast, slow, signal, known = s
    span = bars.high[t] - bars.low[t]
    if n == 0:
        return (0.0, span, 0.0, 0.0, 0.0, 0.0), (NAN, NAN)
    way = direction(bars, t)
    turned = (way != 0) & (last != 0) & (way != last)
    total = (bars.high[t - 1] - bars.low[t - 1] if turned else total) + span
    force = bars.volume[t] * way * abs(2.0 * (span / total - 1.0)) * 100.0 if total > 0 else 0.0
    known = 1.0 if (way != 0) & (bars.volume[t] > 0) & (total > 0) else known
    last = way if way != 0 else last
    fast = smoothed(fast, force, n - 1, int(p[0]), (p[0], p[3], p[4]))
    slow = smoothed(slow, force, n - 1, int(p[1]), (p[1], p[5], p[6]))
    if n < int(p[1]):
        return (last, total, fast, slow, signal, known), (NAN, NAN)
    signal = smoothed(signal, fast - slow, n - int(p[1]), int(p[2]), (p[2], p[7], p[8]))
    shown = (known > 0) & (n >= int(p[1] + p[2]) - 1)
    return (last, total, fast, slow, signal, known), (fast - slow if known > 0 else NAN, signal if shown else NAN)


KIND: Final = Kind(
    name="klinger",
    step=klinger,
    state=6,
    parameters=("fast", "slow", "signal"),
    columns=("klinger_{fast}_{slow}_{signal}", "klinger_signal_{fast}_{slow}_{signal}"),
    short=("klinger", "klinger_signal"),
    warm_up=lambda _, slow, signal: (slow, slow + signal - 1),
    lookback=lambda *_: 1,
    examples=((34.0, 55.0, 13.0), (1.0, 2.0, 1.0), (5.0, 20.0, 7.0)),
    prepare=prepare,
)
