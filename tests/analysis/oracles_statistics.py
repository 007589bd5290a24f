"""What regressions, deviations, ranks and the displaced cloud must be: TA-Lib where it has the function, else numpy and pandas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import talib

from services.analysis.kernels.indicators.kind import Bars
from tests.analysis.oracles_momentum import rolling
from tests.analysis.oracles_stops import before

Floats = npt.NDArray[np.float64]
Columns = list[Floats]
Oracle = Callable[..., Columns]
SAME = 1e-9


def _windows(values: Floats, n: int) -> Floats:
    """Shape (bars - n + 1, n), less each window's last value: differences of neighbours are exact."""
    found = np.lib.stride_tricks.sliding_window_view(values, n)
    return np.asarray(found - found[:, -1:])


def _fits(bars: Bars, n: float) -> tuple[Floats, Floats, Floats]:
    """Of each window, less its last close: the line's start and slope (bars, 2), squared distances from it and from the mean."""
    n = int(n)
    if len(bars.close) < n:
        return np.zeros((0, 2)), np.zeros(0), np.zeros(0)
    windows, design = _windows(bars.close, n), np.stack([np.ones(n), np.arange(n)], axis=1)
    line = windows @ np.linalg.pinv(design).T
    return line, ((windows - line @ design.T) ** 2).sum(axis=1), ((windows - windows.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)


def _filled(bars: Bars, n: float, values: Floats) -> Floats:
    out = np.full(len(bars.close), np.nan)
    out[int(n) - 1 :] = values
    return out


def _linreg(bars: Bars, n: float) -> Columns:
    line, rest, squares = _fits(bars, n)
    start, slope = _filled(bars, n, line[:, 0]) + bars.close, _filled(bars, n, line[:, 1])
    least = SAME * rolling(bars.close, n, np.mean)
    with np.errstate(all="ignore"):
        fit = 1 - _filled(bars, n, rest) / _filled(bars, n, squares)
    return [start + slope * (n - 1), slope, start, np.where(np.sqrt(_filled(bars, n, squares) / n) > least, fit, np.nan)]


def _talib_linreg(bars: Bars, n: float) -> Columns:
    mine = _linreg(bars, n)
    theirs = [f(bars.close, int(n)) for f in (talib.LINEARREG, talib.LINEARREG_SLOPE, talib.LINEARREG_INTERCEPT)]
    if n == 2:  # the last close and the change: TA-Lib's sums of squares cancel there
        return mine
    return [*theirs, mine[3]]


def _channel(bars: Bars, n: float, width: float) -> Columns:
    middle, half = _linreg(bars, n)[0], width * np.sqrt(_filled(bars, n, _fits(bars, n)[1]) / n)
    return [middle + half, middle, middle - half]


def _zscore(bars: Bars, n: float) -> Columns:
    if len(bars.close) < n:
        return [np.full(len(bars.close), np.nan)] * 2
    windows = _windows(bars.close, int(n))
    far, mean = _filled(bars, n, windows.std(axis=1)), _filled(bars, n, -windows.mean(axis=1))
    with np.errstate(all="ignore"):
        return [far, np.where(far > SAME * rolling(bars.close, n, np.mean), mean / far, np.nan)]


def _talib_zscore(bars: Bars, n: float) -> Columns:
    return [talib.STDDEV(bars.close, int(n)), _zscore(bars, n)[1]]


def _percent_rank(bars: Bars, n: float) -> Columns:
    def share(windows: Floats, axis: int) -> Floats:
        now = windows[:, -1:] * (1 + SAME)
        moved = np.ptp(windows, axis=axis) > SAME * now[:, 0]
        return np.where(moved, 100 * np.mean(windows[:, :-1] <= now, axis=axis), np.nan)

    return [rolling(bars.close, n + 1, share)]


def _cloud(bars: Bars, *lengths: float) -> Columns:
    short, middle, long = ((rolling(bars.high, n, np.max) + rolling(bars.low, n, np.min)) / 2 for n in lengths)
    lines = [before(line, int(lengths[1])) for line in ((short + middle) / 2, long)]
    return [np.maximum(*lines), np.minimum(*lines)]


TALIB: dict[str, Oracle] = {"linreg": _talib_linreg, "zscore": _talib_zscore}

ORACLES: dict[str, Oracle] = {
    "linreg": _linreg,
    "linreg_channel": _channel,
    "zscore": _zscore,
    "percent_rank": _percent_rank,
    "ichimoku_cloud": _cloud,
}

SCALE: dict[str, Callable[[Bars], float]] = {
    "linreg": lambda b: max(1.0, float(b.close.max())),
    "linreg_channel": lambda b: float(b.close.max()),
    "zscore": lambda b: max(1.0, float(b.close.max())),
}
"""Values that are differences are right to 1e-9 of what they are the difference of."""
