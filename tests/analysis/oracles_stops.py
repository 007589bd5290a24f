"""What stops and measures of volatility must be: TA-Lib's ATR and EMA put together, else plain numpy from the formulas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import talib

from services.analysis.kernels.indicators.kind import Bars
from tests.analysis.oracles_averages import ema, wilder
from tests.analysis.oracles_momentum import rolling
from tests.analysis.oracles_volume import exact

Floats = npt.NDArray[np.float64]
Columns = list[Floats]
Oracle = Callable[..., Columns]
SAME = 1e-9


def before(values: Floats, n: int = 1) -> Floats:
    """The values n bars before."""
    return np.concatenate([np.full(min(n, len(values)), np.nan), values[: max(0, len(values) - n)]])


def _true_range(bars: Bars) -> Floats:
    return np.asarray(np.maximum(bars.high, before(bars.close)) - np.minimum(bars.low, before(bars.close)))


def _atr(bars: Bars, n: float) -> Floats:
    return np.asarray(talib.ATR(bars.high, bars.low, bars.close, int(n)))


def _vortex(bars: Bars, n: float) -> Columns:
    wide = exact(_true_range(bars), n)
    moves = (abs(bars.high - before(bars.low)), abs(bars.low - before(bars.high)))
    with np.errstate(all="ignore"):
        return [np.where(wide > SAME * bars.close, exact(move, n) / wide, np.nan) for move in moves]


def _choppiness(bars: Bars, n: float) -> Columns:
    top, bottom = rolling(bars.high, n, np.max), rolling(bars.low, n, np.min)
    with np.errstate(all="ignore"):
        found = 100 * np.log10(exact(_true_range(bars), n) / (top - bottom)) / np.log10(n)
    return [np.where(top - bottom > SAME * top, found, np.nan)]


def _chandelier(bars: Bars, n: float, width: float) -> Columns:
    far = width * _atr(bars, n)
    return [rolling(bars.high, n, np.max) - far, rolling(bars.low, n, np.min) + far]


def _chande_kroll(bars: Bars, n: float, width: float, stop: float) -> Columns:
    first = _chandelier(bars, n, width)
    return [rolling(first[0], stop, np.max), rolling(first[1], stop, np.min)]


def _atr_stop(bars: Bars, n: float, width: float) -> Columns:
    c, far, n = bars.close.tolist(), (width * wilder(_true_range(bars), n)).tolist(), int(n)
    line, side = np.full(len(c), np.nan), np.full(len(c), np.nan)
    stop = 0.0
    for t in range(n, len(c)):
        if t == n:
            side[t], stop = 1, c[t] - far[t]
        else:
            above = c[t] > stop
            stayed = (c[t - 1] > stop) if above else (c[t - 1] < stop and c[t] < stop)
            fresh = c[t] - far[t] if above else c[t] + far[t]
            stop = fresh if not stayed else max(stop, fresh) if above else min(stop, fresh)
            side[t] = 1 if above else -1
        line[t] = stop
    known = _atr(bars, n) > SAME * bars.close
    return [np.where(known, line, np.nan), np.where(known, side, np.nan)]


def _alligator(bars: Bars, *lengths: float) -> Columns:
    middle = (bars.high + bars.low) / 2
    return [before(wilder(middle, n), shift) for n, shift in zip(lengths, (8, 5, 3), strict=True)]


def _ulcer(bars: Bars, n: float) -> Columns:
    drawdown = 100 * (bars.close / rolling(bars.close, n, np.max) - 1)
    return [np.sqrt(rolling(drawdown**2, n, np.mean))]


def _mass(bars: Bars, n: float, m: float) -> Columns:
    once = ema(bars.high - bars.low, n)
    twice = ema(once, n)
    with np.errstate(all="ignore"):
        return [rolling(np.where(twice > SAME * bars.close, once / twice, np.nan), m, np.sum)]


def _rescaled(returns: Floats, m: int) -> Floats:
    """The rescaled range of the last m returns at each bar."""
    out = np.full(len(returns), np.nan)
    if len(returns) > m:
        windows = np.lib.stride_tricks.sliding_window_view(returns[1:], m)
        sums = np.cumsum(windows - windows.mean(axis=1, keepdims=True), axis=1)
        far = windows.std(axis=1)
        with np.errstate(all="ignore"):
            out[m:] = np.where(far > SAME, (np.maximum(sums.max(axis=1), 0) - np.minimum(sums.min(axis=1), 0)) / far, np.nan)
    return out


def _hurst(bars: Bars, n: float) -> Columns:
    returns, sizes = np.diff(np.log(bars.close), prepend=np.nan), [int(n) // 8 * k for k in (1, 2, 4, 8)]
    ranges = [(m, _rescaled(returns, m)) for m in sizes]
    means = [np.mean([before(each, i * m) for i in range(sizes[-1] // m)], axis=0) for m, each in ranges]
    out = np.full(len(returns), np.nan)
    known = np.flatnonzero(~np.isnan(means).any(axis=0))
    if len(known):
        out[known] = np.polyfit(np.log(sizes), np.log(np.array(means)[:, known]), 1)[0]
    return [out]


TALIB: dict[str, Oracle] = {}

ORACLES: dict[str, Oracle] = {
    "vortex": _vortex,
    "choppiness": _choppiness,
    "chandelier": _chandelier,
    "chande_kroll": _chande_kroll,
    "atr_stop": _atr_stop,
    "alligator": _alligator,
    "ulcer": _ulcer,
    "mass_index": _mass,
    "hurst": _hurst,
}

SCALE: dict[str, Callable[[Bars], float]] = {
    "choppiness": lambda _: 100.0,
    "chandelier": lambda b: float(b.high.max()),
    "chande_kroll": lambda b: float(b.high.max()),
    "atr_stop": lambda b: float(b.high.max()),
    "ulcer": lambda _: 1.0,
    "hurst": lambda _: 10.0,  # of logarithms of ratios of returns, which are differences
}
"""Values that are differences are right to 1e-9 of what they are the difference of."""
