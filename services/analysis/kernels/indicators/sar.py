"""Parabolic stop and reverse (Wilder, New Concepts in Technical Trading Systems, 1978), in the price's own currency.

The stop follows the trend from the other side: sar = sar' + a x (extreme - sar'), where extreme is the furthest price of the
trend so far and a grows by ``acceleration`` with each new one, up to ``maximum``; the stop of the next bar is never inside
this bar's or the last one's range. Where the price reaches it the trend turns: the stop becomes the extreme of the trend that
ended, no nearer than the range of these two bars, and a starts again. The first trend is down where the low of n = 1 fell by
more than its high rose, else up. Warm-up: from n = 1. Parameters: acceleration, above 0, at most maximum; maximum, at most 1.
Equals TA-Lib's SAR.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, amount, step


@step
def sar(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (stop of this bar, extreme, a; trend, +1 or -1). p: (acceleration, maximum).

    A falling trend is computed as a rising one of negated prices: ``low`` is then -high, ``high`` -low.
    """
    if n == 0:
        return (0.0, 0.0, 0.0, 0.0), (NAN,)
    stop, extreme, speed, trend = s
    if n == 1:
        fell, rose = bars.low[t - 1] - bars.low[t], bars.high[t] - bars.high[t - 1]
        trend, speed = -1.0 if (fell > 0) & (rose < fell) else 1.0, p[0]
    rising = trend > 0
    low, high = (bars.low[t], bars.high[t]) if rising else (-bars.high[t], -bars.low[t])
    last_low, last_high = (bars.low[t - 1], bars.high[t - 1]) if rising else (-bars.high[t - 1], -bars.low[t - 1])
    if n == 1:
        stop, extreme, last_low, last_high = last_low, high, low, high
    if low <= stop:
        turn = max(extreme, last_high, high)
        stop = min(-turn + p[0] * (turn - low), -last_high, -high)
        return (stop, -low, p[0], -trend), (trend * turn,)
    shown = trend * stop
    if high > extreme:
        extreme, speed = high, min(speed + p[0], p[1])
    stop = min(stop + speed * (extreme - stop), last_low, low)
    return (stop, extreme, speed, trend), (shown,)


def prepare(acceleration: float, maximum: float) -> Parameters:
    """(acceleration, maximum)."""
    return (amount(acceleration, "acceleration", amount(maximum, "maximum", 1.0)), maximum)


KIND: Final = Kind(
    name="sar",
    step=sar,
    state=4,
    parameters=("acceleration", "maximum"),
    columns=("sar_{acceleration}_{maximum}",),
    short=("sar",),
    warm_up=lambda *_: (1,),
    lookback=lambda *_: 1,
    examples=((0.02, 0.2), (0.1, 0.3)),
    prepare=prepare,
)
