"""Accelerator oscillator (Williams, New Trading Dimensions, 1998): the awesome oscillator less its own mean.

accelerator = awesome - mean of the last ``signal`` awesome, this one included, in the price's own currency. Warm-up: from n =
slow + signal - 2. Parameters: fast, slow, signal, bars, fast shorter than slow; slow and signal together up to 512.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.awesome import middles
from services.analysis.kernels.indicators.awesome import prepare as prepare_awesome
from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step, together


@step
def accelerator(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (fast, slow, 1 / (2 fast), 1 / (2 slow), signal, 1 / signal)."""
    fast, slow, signal = int(p[0]), int(p[1]), int(p[4])
    if n < slow + signal - 2:
        return s, (NAN,)
    first = t - signal + 1
    short, long = middles(bars, first, fast), middles(bars, first, slow)
    awesome = total = short * p[2] - long * p[3]
    for i in range(first + 1, t + 1):
        now = bars.high[i] + bars.low[i]
        short += now - (bars.high[i - fast] + bars.low[i - fast])
        long += now - (bars.high[i - slow] + bars.low[i - slow])
        awesome = short * p[2] - long * p[3]
        total += awesome
    return s, (awesome - total * p[5],)


def prepare(fast: float, slow: float, signal: float) -> Parameters:
    """(fast, slow, 1 / (2 fast), 1 / (2 slow), signal, 1 / signal)."""
    parts = prepare_awesome(fast, slow)
    together(slow, period(signal, name="signal"), "slow and signal")
    return *parts, signal, 1.0 / signal


KIND: Final = Kind(
    name="accelerator",
    step=accelerator,
    state=0,
    parameters=("fast", "slow", "signal"),
    columns=("accelerator_{fast}_{slow}_{signal}",),
    short=("accelerator",),
    warm_up=lambda _, slow, signal: (slow + signal - 2,),
    lookback=lambda _, slow, signal: slow + signal - 2,
    examples=((5.0, 34.0, 5.0), (1.0, 2.0, 1.0), (10.0, 100.0, 20.0), (250.0, 500.0, 12.0)),
    prepare=prepare,
)
