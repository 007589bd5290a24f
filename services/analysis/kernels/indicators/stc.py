"""Schaff trend cycle (Schaff, 1999): the place of the MACD in its recent range, taken twice and smoothed, 0 to 100.

line = EMA of fast - EMA of slow of the closes, each seeded with the mean of its first closes. first = 100 x the place of the line
between the lowest and the highest of its last N, smoothed: first = first' + (place - first') / 2, which starts with the first
place. stc = the same of ``first``. A place of lines is NaN where they differ by at most 1e-9 of the close, and a place of
``first`` where one of these has none; the smoothing goes on from its last value. Where the ``first`` differ by at most 1e-9 of
100, as after a long straight move, their place is that of the bar before, as Schaff has it. Warm-up: from n = slow + 2 N - 3.
Parameters: fast, slow, bars, fast shorter than slow; N (cycle), 2 to 50 bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.ema import ema
from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step

LONGEST: Final = 50
"""The longest cycle: each bar computes the square of it lines."""


@step
def averages(fast: float, slow: float, p: Parameters, bars: Bars, t: int, n: int) -> tuple[float, float]:
    """Both averages one bar on; each a sum until its seed."""
    (fast,), _ = ema((fast,), (p[0], p[3], p[4]), bars, t, n)
    (slow,), _ = ema((slow,), (p[1], p[5], p[6]), bars, t, n)
    return fast, slow


@step
def place(fast: float, slow: float, p: Parameters, bars: Bars, t: int, n: int) -> float:
    """The place of the line of bar t among the last N, from the averages at the oldest of these bars."""
    low = high = value = fast - slow
    for back in range(int(p[2]) - 2, -1, -1):
        fast, slow = averages(fast, slow, p, bars, t - back, n - back)
        value = fast - slow
        low, high = min(low, value), max(high, value)
    return 100.0 * (value - low) / (high - low) if high - low > SAME * abs(bars.close[t]) else NAN


@step
def halfway(before: float, x: float) -> float:
    """``before`` moved half of the way to x; x if there is no ``before``, ``before`` if there is no x (NaN)."""
    middle = 0.5 * (before + x)
    return middle if middle == middle else (before if before == before else x)


@step
def stc(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (the averages at the oldest bar that is needed, ``first`` before the window, stc, the newest place of ``first``).

    All within the window is computed again from there. p: (fast, slow, N, and a, 1 - a of both averages).
    """
    fast, slow, first, value, kept = s
    window = int(p[2]) - 1
    oldest = n - 2 * window
    if n == 0:
        first = value = kept = NAN
    if oldest >= 0:
        fast, slow = averages(fast, slow, p, bars, t - 2 * window, oldest)
    if oldest < int(p[1]) - 1:
        return (fast, slow, first, value, kept), (NAN,)
    raw = place(fast, slow, p, bars, t - window, n - window)
    first = halfway(first, raw)
    fast1, slow1, low, high, now = fast, slow, first, first, first
    known = raw == raw
    for back in range(window - 1, -1, -1):
        fast1, slow1 = averages(fast1, slow1, p, bars, t - window - back, n - window - back)
        raw = place(fast1, slow1, p, bars, t - back, n - back)
        now = halfway(now, raw)
        known &= raw == raw
        low, high = min(low, now), max(high, now)
    if not known:
        return (fast, slow, first, value, kept), (NAN,)
    kept = 100.0 * (now - low) / (high - low) if high - low > 100.0 * SAME else kept
    value = halfway(value, kept)
    return (fast, slow, first, value, kept), (value if kept == kept else NAN,)


def prepare(fast: float, slow: float, cycle: float) -> Parameters:
    """(fast, slow, N, and a, 1 - a of both averages)."""
    if fast >= slow:
        raise ValueError(f"fast must be shorter than slow, not {fast:g} to {slow:g}")
    lengths = (period(fast), period(slow))
    shares = (part for n in lengths for part in (2.0 / (n + 1.0), (n - 1.0) / (n + 1.0)))
    return *lengths, period(cycle, LONGEST, least=2, name="cycle"), *shares


KIND: Final = Kind(
    name="stc",
    step=stc,
    state=5,
    parameters=("fast", "slow", "cycle"),
    columns=("stc_{fast}_{slow}_{cycle}",),
    short=("stc",),
    warm_up=lambda _, slow, cycle: (slow + 2 * cycle - 3,),
    lookback=lambda _fast, _slow, cycle: 2 * cycle - 2,
    examples=((23.0, 50.0, 10.0), (3.0, 8.0, 5.0), (1.0, 12.0, 20.0)),
    prepare=prepare,
)
