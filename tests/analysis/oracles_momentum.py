"""What the newer oscillators must be: TA-Lib's functions where it has them, put together or alone, else plain numpy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import talib

from services.analysis.kernels.indicators.kind import Bars
from tests.analysis.oracles_averages import ema, weighted, wilder

Floats = npt.NDArray[np.float64]
Columns = list[Floats]
Oracle = Callable[..., Columns]
SAME = 1e-9


def rolling(values: Floats, n: float, pick: Callable[..., Floats]) -> Floats:
    """``pick`` over the last n values; NaN where there are fewer."""
    n, out = int(n), np.full(len(values), np.nan)
    if len(values) >= n:
        out[n - 1 :] = pick(np.lib.stride_tricks.sliding_window_view(values, n), axis=1)
    return out


def changed(values: Floats, n: float = 1) -> Floats:
    """Less the value n before."""
    out = np.full(len(values), np.nan)
    out[int(n) :] = values[int(n) :] - values[: len(values) - int(n)]
    return out


def strength(moves: Floats, least: Floats | float) -> Floats:
    """Of (moves, N): 100 x Wilder's mean of rises by that of all; NaN where the latter is at most ``least``."""
    values, n = moves[:, 0], moves[0, 1]
    up, size = wilder(np.where(np.isnan(values), np.nan, np.maximum(values, 0)), n), wilder(abs(values), n)
    return np.where(size > least, 100 * up / size, np.nan)


def _rsi(bars: Bars, n: float) -> Floats:
    with np.errstate(all="ignore"):
        moves = np.stack([changed(bars.close), np.full(len(bars.close), n)], axis=1)
        return strength(moves, SAME * abs(bars.close))


def _stoch_rsi(bars: Bars, n: float, m: float, slowing: float, signal: float) -> Columns:
    rsi = _rsi(bars, n)
    low, high = rolling(rsi, m, np.min), rolling(rsi, m, np.max)
    raw = np.where(high - low > 100 * SAME, 100 * (rsi - low) / np.where(high > low, high - low, 1), np.nan)
    k = rolling(raw, slowing, np.mean)
    d = rolling(k, signal, np.mean)
    first = int(n + m + slowing + signal - 3)
    k[:first] = d[:first] = np.nan
    return [k, d]


def _talib_stoch_rsi(bars: Bars, n: float, m: float, slowing: float, signal: float) -> Columns:
    if slowing > 1 or n < 2:
        return _stoch_rsi(bars, n, m, slowing, signal)
    mine = _stoch_rsi(bars, n, m, slowing, signal)
    theirs = talib.STOCHRSI(bars.close, int(n), int(m), int(signal))
    return [np.where(np.isnan(a), np.nan, b) for a, b in zip(mine, theirs, strict=True)]


def _awesome(bars: Bars, fast: float, slow: float) -> Columns:
    middle = (bars.high + bars.low) / 2
    return [weighted(middle, np.ones(int(fast))) - weighted(middle, np.ones(int(slow)))]


def _accelerator(bars: Bars, fast: float, slow: float, signal: float) -> Columns:
    (found,) = _awesome(bars, fast, slow)
    return [found - rolling(found, signal, np.mean)]


def _tsi(bars: Bars, long: float, short: float, signal: float) -> Columns:
    move = changed(bars.close)
    size = ema(ema(abs(move), long), short)
    known = size > SAME * abs(bars.close)
    with np.errstate(all="ignore"):
        found = np.where(known, 100 * ema(ema(move, long), short) / size, np.nan)
    line = np.full(len(move), np.nan)
    line[known] = ema(found[known], signal)
    return [found, line]


def _places(values: Floats, n: int, least: Floats) -> Floats:
    low, high = rolling(values, n, np.min), rolling(values, n, np.max)
    wide = high - low > least
    return np.where(wide, 100 * (values - low) / np.where(wide, high - low, 1), np.nan)


def _halves(values: Floats) -> Floats:
    out, before = np.full(len(values), np.nan), math.nan
    for t in np.flatnonzero(~np.isnan(values)):
        before = values[t] if math.isnan(before) else before + (values[t] - before) / 2
        out[t] = before
    return out


def _stc(bars: Bars, fast: float, slow: float, cycle: float) -> Columns:
    line = ema(bars.close, fast) - ema(bars.close, slow)
    first = _halves(_places(line, int(cycle), SAME * abs(bars.close)))
    second = _places(first, int(cycle), np.full(len(line), 100 * SAME))
    all_there = ~np.isnan(rolling(first, cycle, np.min))
    held = pd.Series(second).ffill().to_numpy()
    return [_halves(np.where(all_there, held, np.nan))]


def _fisher(bars: Bars, n: float) -> Columns:
    middle = (bars.high + bars.low) / 2
    low, high = rolling(middle, n, np.min), rolling(middle, n, np.max)
    x = fish = 0.0
    out = np.full(len(middle), np.nan)
    for t in np.flatnonzero(high - low > SAME * abs(middle)):
        x = 0.33 * (2 * (middle[t] - low[t]) / (high[t] - low[t]) - 1) + 0.67 * x
        if abs(x) > 0.99:
            x = math.copysign(0.999, x)
        fish = math.atanh(x) + 0.5 * fish
        out[t] = fish
    return [out, np.concatenate([[np.nan], out[:-1]])]


def _connors_rsi(bars: Bars, rsi: float, streak: float, rank: float) -> Columns:
    c, n = bars.close, int(rank)
    signs = [0] + [0 if abs(b - a) <= SAME * max(a, b) else int(np.sign(b - a)) for a, b in itertools.pairwise(c)]
    runs = np.zeros(len(c))
    for t, sign in enumerate(signs):
        runs[t] = 0 if sign == 0 else sign + (runs[t - 1] if sign * runs[t - 1] > 0 else 0)
    returns, ranks = np.full(len(c), np.nan), np.full(len(c), np.nan)
    returns[1:] = c[1:] / c[:-1]
    if len(c) > n + 1:
        windows = np.lib.stride_tricks.sliding_window_view(returns[1:], n + 1)
        ranks[n + 1 :] = 100 * np.mean(windows[:, :-1] < windows[:, -1:] - SAME, axis=1)
    moves = np.stack([changed(runs), np.full(len(c), streak)], axis=1)
    with np.errstate(all="ignore"):
        return [(_rsi(bars, rsi) + strength(moves, SAME) + ranks) / 3]


def _roc(bars: Bars, n: float) -> Floats:
    return np.asarray(talib.ROC(bars.close, int(n)) if len(bars.close) else bars.close, float)


def _coppock(bars: Bars, long: float, short: float, smoothing: float) -> Columns:
    return [weighted(_roc(bars, long) + _roc(bars, short), np.arange(1.0, smoothing + 1))]


def _kst(bars: Bars) -> Columns:
    pairs = ((10, 10, 1), (15, 10, 2), (20, 10, 3), (30, 15, 4))
    found = np.sum([w * rolling(_roc(bars, n), m, np.mean) for n, m, w in pairs], axis=0)
    return [found, rolling(found, 9, np.mean)]


def _dpo(bars: Bars, n: float) -> Columns:
    shift, before = int(n) // 2 + 1, np.full(len(bars.close), np.nan)
    before[shift:] = bars.close[: max(0, len(before) - shift)]
    return [before - rolling(bars.close, n, np.mean)]


def _rvi(bars: Bars, n: float) -> Columns:
    weights = np.array([1.0, 2.0, 2.0, 1.0])
    body, span = (rolling(weighted(x, weights), n, np.sum) for x in (bars.close - bars.open, bars.high - bars.low))
    with np.errstate(all="ignore"):
        found = np.where(span > SAME * abs(bars.close), body / span, np.nan)
    return [found, weighted(found, weights)]


def _cmo_sum(bars: Bars, n: float) -> Columns:
    moves = changed(bars.close)
    up, down = (rolling(np.where(np.isnan(moves), np.nan, np.maximum(x, 0)), n, np.sum) for x in (moves, -moves))
    with np.errstate(all="ignore"):
        return [np.where(up + down > SAME * abs(bars.close), 100 * (up - down) / (up + down), np.nan)]


TALIB: dict[str, Oracle] = {"stoch_rsi": _talib_stoch_rsi}

ORACLES: dict[str, Oracle] = {
    "stoch_rsi": _stoch_rsi,
    "awesome": _awesome,
    "accelerator": _accelerator,
    "tsi": _tsi,
    "stc": _stc,
    "fisher": _fisher,
    "connors_rsi": _connors_rsi,
    "coppock": _coppock,
    "kst": _kst,
    "dpo": _dpo,
    "rvi": _rvi,
    "cmo_sum": _cmo_sum,
}

SCALE: dict[str, Callable[[Bars], float]] = {
    "stoch_rsi": lambda _: 100.0,
    "awesome": lambda b: float(b.high.max()),
    "accelerator": lambda b: float(b.high.max()),
    "tsi": lambda _: 100.0,
    "stc": lambda _: 1e5,  # a share of differences that may be as small as 1e-9 of the price
    "fisher": lambda _: 1.0,
    "connors_rsi": lambda _: 100.0,
    "coppock": lambda _: 100.0,
    "kst": lambda _: 1000.0,
    "dpo": lambda b: float(b.close.max()),
    "rvi": lambda _: 1.0,
    "cmo_sum": lambda _: 100.0,
}
"""Values that are differences are right to 1e-9 of what they are the difference of."""
