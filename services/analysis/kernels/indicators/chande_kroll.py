"""Chande Kroll stop (Chande and Kroll, The New Technical Trader, 1994): the extreme of the last M stops of N bars.

A first stop for who is short = highest high of N bars - k x ATR(N), and one for who is long = lowest low of N bars + k x ATR(N);
chande_kroll_short = the highest of the last M of the former, chande_kroll_long = the lowest of the last M of the latter, in the
price's own currency. Warm-up: both from n = N + M - 1. Parameters: N (period), M (stop), bars, together
up to 512; k (width), above 0, at most 100.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.atr import KIND as ATR
from services.analysis.kernels.indicators.atr import atr
from services.analysis.kernels.indicators.kind import (
    NAN,
    Bars,
    Kind,
    Parameters,
    State,
    Values,
    amount,
    period,
    step,
    together,
)
from services.analysis.kernels.indicators.window import highest, lowest, moved_high, moved_low


@step
def chande_kroll(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (that of the ATR at the oldest first stop). The newer ones are computed again from there. p: (of the ATR; k, M)."""
    length, back = int(p[0]), int(p[4]) - 1
    if n < back:
        return s, (NAN, NAN)
    (wide,), (range_,) = atr(s, (p[0], p[1], p[2]), bars, t - back, n - back)
    if n < length + back:
        return (wide,), (NAN, NAN)
    high, low, mean = highest(bars.high, t - back, length), lowest(bars.low, t - back, length), wide
    short, long = high - p[3] * range_, low + p[3] * range_
    for i in range(back - 1, -1, -1):
        (mean,), (range_,) = atr((mean,), (p[0], p[1], p[2]), bars, t - i, n - i)
        high, low = moved_high(high, bars.high, t - i, n - i, length), moved_low(low, bars.low, t - i, n - i, length)
        short, long = max(short, high - p[3] * range_), min(long, low + p[3] * range_)
    return (wide,), (short, long)


def prepare(length: float, width: float, stop: float) -> Parameters:
    """(those of the ATR; k, M)."""
    together(period(length), period(stop, name="stop"), "period and stop")
    return *ATR.prepare(length), amount(width, "width"), stop


KIND: Final = Kind(
    name="chande_kroll",
    step=chande_kroll,
    state=1,
    parameters=("period", "width", "stop"),
    columns=("chande_kroll_short_{period}_{width}_{stop}", "chande_kroll_long_{period}_{width}_{stop}"),
    short=("chande_kroll_short", "chande_kroll_long"),
    warm_up=lambda n, _, stop: (n + stop - 1,) * 2,
    lookback=lambda n, _, stop: n + stop - 1,
    examples=((10.0, 1.0, 9.0), (1.0, 2.0, 1.0), (30.0, 3.0, 40.0), (12.0, 3.0, 500.0)),
    prepare=prepare,
)
