"""Wilder's moving average (Wilder, New Concepts in Technical Trading Systems, 1978), the mean inside of RSI, ATR and ADX.

rma = rma' + (close - rma') / N, seeded with the mean of the first N closes, in the price's own currency. It is the EMA of 2 N - 1
with another seed; others call it SMMA. Warm-up: from n = N - 1. Parameter: N, bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def averaged(mean: float, x: float, n: int, length: float, share: float) -> float:
    """Wilder's mean after its n-th input, counted from 0; until its seed the sum of its inputs. ``share`` = 1 / N."""
    if n >= length:
        return mean + (x - mean) * share
    return (mean + x) * share if n == length - 1 else mean + x


@step
def rma(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (the sum of the closes until the seed, then the average). p: (N, 1 / N)."""
    mean = averaged(s[0], bars.close[t], n, p[0], p[1])
    return (mean,), (mean if n >= int(p[0]) - 1 else NAN,)


KIND: Final = Kind(
    name="rma",
    step=rma,
    state=1,
    parameters=("period",),
    columns=("rma_{period}",),
    warm_up=lambda n: (n - 1,),
    lookback=lambda _: 0,
    examples=((14.0,), (1.0,), (50.0,)),
    prepare=lambda n: (period(n), 1.0 / n),
)
