"""What the newer averages must be: TA-Lib where it has the function, else sums of weights written out, or pandas."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import talib

from services.analysis.kernels.indicators.kind import Bars

Floats = npt.NDArray[np.float64]
Columns = list[Floats]
Oracle = Callable[..., Columns]


def weighted(values: Floats, weights: Floats) -> Floats:
    """The mean of the last values with these weights, the oldest first."""
    out = np.full(len(values), np.nan)
    if len(values) >= len(weights):
        windows = np.lib.stride_tricks.sliding_window_view(values, len(weights))
        out[len(weights) - 1 :] = windows @ weights / weights.sum()
    return out


def ema(values: Floats, n: float, *, share: float | None = None) -> Floats:
    """TA-Lib's EMA of what is there after a leading part of NaN; pandas' where TA-Lib takes no such length or share."""
    n, first = int(n), int(np.argmin(np.isnan(values))) if len(values) else 0
    out = np.full(len(values), np.nan)
    known = np.ascontiguousarray(values[first:])
    if len(known) < n or np.isnan(known).any():
        return out
    if share is None and n > 1:
        out[first:] = talib.EMA(known, n)
        return out
    seeded = np.concatenate([[known[:n].mean()], known[n:]])
    a = 2 / (n + 1) if share is None else share
    out[first + n - 1 :] = pd.Series(seeded).ewm(alpha=a, adjust=False).mean().to_numpy()
    return out


def wilder(values: Floats, n: float) -> Floats:
    return ema(values, n, share=1 / n)


def _hma(bars: Bars, n: float) -> Columns:
    def wma(values: Floats, length: int) -> Floats:
        return weighted(values, np.arange(1.0, length + 1))

    return [wma(2 * wma(bars.close, int(n / 2)) - wma(bars.close, int(n)), int(math.sqrt(n)))]


def _vwma(bars: Bars, n: float) -> Columns:
    n, out = int(n), np.full(len(bars.close), np.nan)
    if len(out) >= n:
        prices, volumes = (np.lib.stride_tricks.sliding_window_view(values, n) for values in (bars.close, bars.volume))
        traded = volumes.any(axis=1)
        out[n - 1 :][traded] = np.average(prices[traded], weights=volumes[traded], axis=1)
    return [out]


def _alma(bars: Bars, n: float, offset: float, sigma: float) -> Columns:
    return [weighted(bars.close, np.exp(-((np.arange(n) - offset * (n - 1)) ** 2) * sigma**2 / (2 * n**2)))]


def _mcginley(bars: Bars, n: float) -> Columns:
    out = np.full(len(bars.close), np.nan)
    if len(out) >= n:
        out[int(n) - 1] = bars.close[: int(n)].mean()
    for t in range(int(n), len(out)):
        way = bars.close[t] - out[t - 1]
        out[t] = out[t - 1] + min(1.0, 1 / (n * (bars.close[t] / out[t - 1]) ** 4)) * way
    return [out]


def _t3(bars: Bars, n: float, v: float) -> Columns:
    """By the generalised double average of Tillson's article: GD = EMA (1 + v) - EMA(EMA) v, three times over."""
    out = bars.close
    if n == 1:
        return [out]
    e = [out]
    for _ in range(6):
        e.append(ema(e[-1], n))
    weights = np.poly1d([-v, 1 + v]) ** 3  # of E: (E (1 + v) - E^2 v)^3
    return [sum(c * e[3 + i] for i, c in enumerate(weights.coeffs[::-1]))]


TALIB: dict[str, Oracle] = {
    "t3": lambda b, n, v: [talib.T3(b.close, int(n), v)] if n > 1 else [b.close],
}

ORACLES: dict[str, Oracle] = {
    "rma": lambda b, n: [wilder(b.close, n)],
    "vwma": _vwma,
    "hma": _hma,
    "alma": _alma,
    "t3": _t3,
    "mcginley": _mcginley,
}

SCALE: dict[str, Callable[[Bars], float]] = {
    "hma": lambda b: float(b.close.max()),
    "t3": lambda b: float(b.close.max()),
}
