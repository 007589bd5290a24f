"""Moving average convergence divergence (Appel, 1979): fast EMA - slow EMA, its own EMA as the signal, and their difference.

Both averages are seeded at n = slow - 1 with the means of their last closes, the signal with the mean of its first macd values;
nothing is shown before the signal. Warm-up: from n = slow + signal - 2. Equals TA-Lib's MACD.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def macd(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (fast, slow, signal), each a sum until its seed, then the EMA. p: (fast, slow, signal, and a, 1 - a of each)."""
    fast, slow, signal = s
    slow_length = int(p[1])
    x = bars.close[t]
    if n >= slow_length:
        fast, slow = fast * p[4] + x * p[3], slow * p[6] + x * p[5]
    else:
        slow += x
        if n >= slow_length - int(p[0]):
            fast += x
        if n < slow_length - 1:
            return (fast, slow, 0.0), (NAN, NAN, NAN)
        fast, slow = fast / p[0], slow / p[1]
    line = fast - slow
    shown = slow_length + int(p[2]) - 2
    if n > shown:
        signal = signal * p[8] + line * p[7]
    else:
        signal += line
        if n < shown:
            return (fast, slow, signal), (NAN, NAN, NAN)
        signal /= p[2]
    return (fast, slow, signal), (line, signal, line - signal)


def prepare(fast: float, slow: float, signal: float) -> Parameters:
    """(fast, slow, signal, and a, 1 - a of each with a = 2 / (N + 1))."""
    if fast >= slow:
        raise ValueError(f"the fast average must be shorter than the slow one, not {fast:g} to {slow:g}")
    lengths = (period(fast), period(slow), period(signal))
    return (*lengths, *(part for n in lengths for part in (2.0 / (n + 1.0), (n - 1.0) / (n + 1.0))))


COLUMNS: Final = ("macd_{fast}_{slow}_{signal}", "macd_signal_{fast}_{slow}_{signal}", "macd_hist_{fast}_{slow}_{signal}")

KIND: Final = Kind(
    name="macd",
    step=macd,
    state=3,
    parameters=("fast", "slow", "signal"),
    columns=COLUMNS,
    warm_up=lambda _, slow, signal: (slow + signal - 2,) * 3,
    lookback=lambda *_: 0,
    examples=((12.0, 26.0, 9.0), (3.0, 10.0, 5.0)),
    short=("macd", "macd_signal", "macd_hist"),
    prepare=prepare,
)
