"""Pivots: the highs and lows at which price turned by at least ``TURN`` average true ranges, known only once it has.

ATR is Wilder's mean of the true range over ``ATR_BARS`` bars (seeded with the plain mean; no pivot before). While a leg rises, its
highest high is a candidate; the first bar that **closes** TURN x ATR below it confirms it as a pivot, and the lowest low since
becomes the candidate of the falling leg. Falling legs are the mirror image. At a bar with a new extreme only the close is known to
come after the extreme. High and low pivots alternate.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from services.analysis.kernels.patterns.compiled import inlined, jit
from services.analysis.kernels.patterns.layout import PIVOTS

ATR_BARS = 20
TURN = 2.8
SHARE = 1.0 / ATR_BARS


@inlined
def true_range(w, high, low):
    """Updates the mean of the true ranges (the range including the gap from the close before). Needs ``w.n`` > 0."""
    wide = max(high - low, abs(high - w.close), abs(low - w.close))
    if w.n > ATR_BARS:
        w.atr = w.atr * (1.0 - SHARE) + wide * SHARE
    elif w.n == ATR_BARS:
        w.atr = (w.atr + wide) / ATR_BARS
    else:
        w.atr = w.atr + wide


@inlined
def set_high(w, price, time, measures):
    """The high candidate is the current bar; ``measures``: its (rsi, macd, obv)."""
    w.high, w.high_at, w.high_time, w.high_sum, w.high_traded = price, w.n, time, w.sum, w.traded
    w.high_rsi, w.high_macd, w.high_obv = measures


@inlined
def set_low(w, price, time, measures):
    """The low candidate is the current bar."""
    w.low, w.low_at, w.low_time, w.low_sum, w.low_traded = price, w.n, time, w.sum, w.traded
    w.low_rsi, w.low_macd, w.low_obv = measures


@jit
def push(w, pivots, kind):
    """The candidate of ``kind`` becomes the newest pivot."""
    for i in range(PIVOTS - 1):
        pivots[i] = pivots[i + 1]
    x = pivots[PIVOTS - 1]
    x.kind, x.known = kind, w.n
    if kind > 0:
        x.at, x.time, x.price, x.sum, x.traded = w.high_at, w.high_time, w.high, w.high_sum, w.high_traded
        x.rsi, x.macd, x.obv = w.high_rsi, w.high_macd, w.high_obv
    else:
        x.at, x.time, x.price, x.sum, x.traded = w.low_at, w.low_time, w.low, w.low_sum, w.low_traded
        x.rsi, x.macd, x.obv = w.low_rsi, w.low_macd, w.low_obv
    w.pivots += 1
    w.leg = -kind


@inlined
def swing(w, pivots, high, low, close, volume, time, measures):
    """Advances the swing by a closed bar. Returns +1 or -1 if it made a pivot of that kind, else 0. ``w.n`` is unchanged."""
    w.sum += close
    w.traded += volume
    if w.n == 0:
        set_high(w, high, time, measures)
        set_low(w, low, time, measures)
        return 0
    true_range(w, high, low)
    made, higher, lower = 0, high > w.high, low < w.low
    if higher and w.leg >= 0:
        set_high(w, high, time, measures)
    if lower and w.leg <= 0:
        set_low(w, low, time, measures)
    if w.leg > 0 and (higher or lower):
        set_low(w, close if higher else low, time, measures)
    if w.leg < 0 and (higher or lower):
        set_high(w, close if lower else high, time, measures)
    if w.n >= ATR_BARS and w.atr > 0.0:
        turn = TURN * w.atr
        down, up = w.high - close, close - w.low
        if w.leg >= 0 and down >= turn and (w.leg > 0 or down > up):
            made = 1
        elif w.leg <= 0 and up >= turn and (w.leg < 0 or up > down):
            made = -1
    if made > 0:
        push(w, pivots, 1)
        if w.low_at < w.high_at:
            set_low(w, low, time, measures)
        set_high(w, close if w.low_at == w.n else high, time, measures)
    elif made < 0:
        push(w, pivots, -1)
        if w.high_at < w.low_at:
            set_high(w, high, time, measures)
        set_low(w, close if w.high_at == w.n else low, time, measures)
    return made
