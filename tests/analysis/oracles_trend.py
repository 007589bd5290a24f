"""What the averages, channels and trends must be: TA-Lib where it has the function, else written from their definitions."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import talib

from services.analysis.kernels.indicators.kind import Bars

Column = npt.NDArray[np.float64]
Columns = list[Column]
Oracle = Callable[..., Columns]


def _wma(bars: Bars, n: float) -> Columns:
    """TA-Lib's running sums keep the dust of large values that have left them: exact sums instead."""
    n, out = int(n), np.full(len(bars.close), np.nan)
    weights = np.arange(1.0, n + 1)
    heads = (bars.close * 134217729.0) - (bars.close * 134217729.0 - bars.close)
    tails = bars.close - heads
    for t in range(n - 1, len(out)):
        last = slice(t - n + 1, t + 1)
        out[t] = math.fsum((weights * heads[last]).tolist() + (weights * tails[last]).tolist()) / (n * (n + 1) / 2)
    return [out]


def _kama(bars: Bars, n: float, fast: float, slow: float) -> Columns:
    n, x, out = int(n), bars.close.tolist(), np.full(len(bars.close), np.nan)
    if len(x) <= n:
        return [out]
    moves, average = [abs(b - a) for a, b in pairwise(x)], x[n - 1]
    for t in range(n, len(x)):
        way, far = math.fsum(moves[t - n : t]), x[t] - x[t - n]
        efficiency = 1.0 if way < 1e-14 else min(1.0, abs(far) / way)
        average += (efficiency * (2 / (fast + 1) - 2 / (slow + 1)) + 2 / (slow + 1)) ** 2 * (x[t] - average)
        out[t] = average
    return [out]


def _vwap(bars: Bars) -> Columns:
    out = np.full(len(bars.close), np.nan)
    typical = (bars.high + bars.low + bars.close) / 3
    for date in np.unique(bars.session):
        today = bars.session == date
        traded = np.cumsum(bars.volume[today])
        with np.errstate(invalid="ignore"):
            out[today] = np.where(traded > 0, np.cumsum((typical * bars.volume)[today]) / traded, np.nan)
    return [out]


def _rolling(values: Column, n: int, pick: Callable[..., Column]) -> Column:
    out = np.full(len(values), np.nan)
    if len(values) >= n:
        out[n - 1 :] = pick(np.lib.stride_tricks.sliding_window_view(values, n), axis=1)
    return out


def _channel(bars: Bars, n: float) -> Columns:
    high, low = _rolling(bars.high, int(n), np.max), _rolling(bars.low, int(n), np.min)
    return [high, (high + low) / 2, low]


def _ichimoku(bars: Bars, tenkan: float, kijun: float, senkou: float) -> Columns:
    short, middle, long = (_channel(bars, n)[1] for n in (tenkan, kijun, senkou))
    return [short, middle, (short + middle) / 2, long]


def _keltner(bars: Bars, ema: float, atr: float, width: float) -> Columns:
    middle = talib.EMA(bars.close, int(ema)) if ema > 1 else bars.close
    half = width * talib.ATR(bars.high, bars.low, bars.close, int(atr))
    return [middle + half, middle, middle - half]


def _sar(bars: Bars, acceleration: float, maximum: float) -> Columns:
    return [talib.SAR(bars.high, bars.low, acceleration, maximum)]


def _supertrend(bars: Bars, n: float, width: float) -> Columns:
    """The mean is taken in the order of the definition: it decides by comparing, so the last bit counts."""
    line, side = np.full(len(bars.close), np.nan), np.full(len(bars.close), np.nan)
    h, l, c, n = bars.high.tolist(), bars.low.tolist(), bars.close.tolist(), int(n)
    wide = [0.0] + [max(h[t] - l[t], abs(h[t] - c[t - 1]), abs(l[t] - c[t - 1])) for t in range(1, len(c))]
    mean, up, trend = 0.0, False, list[tuple[float, float]]()
    for t in range(n, len(c)):
        mean = sum(wide[1 : n + 1]) / n if t == n else mean * (1 - 1 / n) + wide[t] * (1 / n)
        top, bottom = (h[t] + l[t]) / 2 + width * mean, (h[t] + l[t]) / 2 - width * mean
        if trend:
            if c[t - 1] <= trend[-1][0]:
                top = min(top, trend[-1][0])
            if c[t - 1] >= trend[-1][1]:
                bottom = max(bottom, trend[-1][1])
        up = c[t] >= bottom if up else c[t] > top
        trend.append((top, bottom))
        line[t], side[t] = (bottom, 1.0) if up else (top, -1.0)
    return [line, side]


def _aroon(bars: Bars, n: float) -> Columns:
    def newest(pick: Callable[..., Column]) -> Callable[..., Column]:
        return lambda windows, axis: 100 * (n - pick(windows[:, ::-1], axis=axis)) / n

    up, down = _rolling(bars.high, int(n) + 1, newest(np.argmax)), _rolling(bars.low, int(n) + 1, newest(np.argmin))
    return [up, down, up - down]


def _talib_aroon(bars: Bars, n: float) -> Columns:
    if n < 2:  # TA-Lib begins with 2
        return _aroon(bars, n)
    down, up = talib.AROON(bars.high, bars.low, int(n))
    return [up, down, talib.AROONOSC(bars.high, bars.low, int(n))]


def _talib_kama(bars: Bars, n: float, fast: float, slow: float) -> Columns:
    return [talib.KAMA(bars.close, int(n))] if (fast, slow) == (2, 30) else _kama(bars, n, fast, slow)


TALIB: dict[str, Oracle] = {
    "wma": lambda b, n: [talib.WMA(b.close, int(n))],
    "tema": lambda b, n: [talib.DEMA(b.close, int(n)), talib.TEMA(b.close, int(n))] if n > 1 else [b.close, b.close],
    "kama": _talib_kama,
    "sar": _sar,
    "aroon": _talib_aroon,
}
"""TA-Lib's own, for real data."""

ORACLES: dict[str, Oracle] = TALIB | {
    "wma": _wma,
    "kama": _kama,
    "vwap": _vwap,
    "ichimoku": _ichimoku,
    "keltner": _keltner,
    "donchian": _channel,
    "supertrend": _supertrend,
    "aroon": _aroon,
}
"""For any data: plain arithmetic where TA-Lib's cancels."""

SCALE: dict[str, Callable[[Bars], float]] = {
    "tema": lambda b: float(b.close.max()),
    "keltner": lambda b: float(b.high.max()),
    "supertrend": lambda b: float(b.high.max()),
    "aroon": lambda _: 100.0,
}
"""Values that are differences are right to 1e-9 of what they are the difference of."""
