"""Connors RSI (Connors and Alvarez, An Introduction to ConnorsRSI, 2012): the mean of three oscillators, 0 to 100.

connors_rsi = (RSI over ``rsi`` of the closes + RSI over ``streak`` of the streak + rank) / 3. The streak counts the rises of the
close in a row, falls below 0; it is 0 after no change. rank = 100 x the share of the last ``rank`` changes of the close, in
percent of the close before, that are less than this bar's, which is not among them. Changes equal to 1e-9 count as equal. NaN
where one of the RSI has no value (see ``rsi``) and where one of the closes is not above 0. Warm-up: from n = the largest of rsi,
streak and rank + 1. Parameters: rsi, streak, rank, bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import MAX_LOOKBACK, NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.rma import averaged
from services.analysis.kernels.indicators.rsi import gain_and_loss


@step
def lengthened(streak: float, now: float, before: float) -> float:
    """The streak with one more close."""
    far = SAME * max(abs(now), abs(before))
    if now - before > far:
        return max(streak, 0.0) + 1.0
    return min(streak, 0.0) - 1.0 if before - now > far else 0.0


@step
def rank(bars: Bars, t: int, length: int) -> float:
    """The share of the ``length`` changes before bar t's that are less than it; NaN if a close is not above 0."""
    least, less, known = bars.close[t] / bars.close[t - 1] - SAME, 0.0, (bars.close[t] > 0.0) & (bars.close[t - 1] > 0.0)
    for i in range(t - length, t):
        less += 1.0 if bars.close[i] < least * bars.close[i - 1] else 0.0
        known &= bars.close[i - 1] > 0.0
    return less / length if known else NAN


@step
def connors_rsi(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (gain and loss of the closes; the streak; gain and loss of the streak).

    p: (rsi, 1 / rsi, 1 - 1 / rsi, streak, 1 / streak, rank).
    """
    gain, loss, streak, up, down = s
    gain, loss = gain_and_loss((gain, loss), (p[0], p[1], p[2]), bars, t, n)
    if n == 0:
        return (gain, loss, 0.0, 0.0, 0.0), (NAN,)
    longer = lengthened(streak, bars.close[t], bars.close[t - 1])
    change = longer - streak
    up = averaged(up, change if change > 0 else 0.0, n - 1, p[3], p[4])
    down = averaged(down, -change if change < 0 else 0.0, n - 1, p[3], p[4])
    both, moves = gain + loss, up + down
    state = (gain, loss, longer, up, down)
    early = (n < int(p[0])) | (n < int(p[3])) | (n <= int(p[5]))
    if early or not (both > SAME * abs(bars.close[t])) & (moves > SAME):
        return state, (NAN,)
    return state, (100.0 / 3.0 * (gain / both + up / moves + rank(bars, t, int(p[5]))),)


def prepare(rsi: float, streak: float, ranked: float) -> Parameters:
    """(rsi, 1 / rsi, 1 - 1 / rsi, streak, 1 / streak, rank)."""
    n, m = period(rsi, name="rsi"), period(streak, name="streak")
    return n, 1.0 / n, 1.0 - 1.0 / n, m, 1.0 / m, period(ranked, MAX_LOOKBACK - 2, name="rank")


KIND: Final = Kind(
    name="connors_rsi",
    step=connors_rsi,
    state=5,
    parameters=("rsi", "streak", "rank"),
    columns=("connors_rsi_{rsi}_{streak}_{rank}",),
    short=("connors_rsi",),
    warm_up=lambda rsi, streak, rank: (max(rsi, streak, rank + 1),),
    lookback=lambda _rsi, _streak, rank: rank + 1,
    examples=((3.0, 2.0, 100.0), (1.0, 1.0, 1.0), (14.0, 20.0, 5.0)),
    prepare=prepare,
)
