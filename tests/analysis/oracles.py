"""What each indicator must be, from TA-Lib where it has the function, else in plain numpy; one entry a kind."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import talib

from services.analysis.kernels.indicators.kind import Bars, Kind
from tests.analysis import (
    oracles_anchored,
    oracles_averages,
    oracles_candles,
    oracles_momentum,
    oracles_more_candles,
    oracles_oscillators,
    oracles_statistics,
    oracles_stops,
    oracles_trend,
    oracles_unknown,
    oracles_volume,
)
from tests.analysis.oracles_momentum import rolling
from tests.analysis.oracles_oscillators import sessions
from tests.analysis.oracles_stops import before
from tests.analysis.oracles_volume import exact

Columns = list[npt.NDArray[np.float64]]
Oracle = Callable[..., Columns]


def _empty(bars: Bars, n: int) -> Columns:
    return [np.full(len(bars.close), np.nan) for _ in range(n)]


def _sma(values: npt.NDArray[np.float64], n: int) -> Columns:
    """TA-Lib's running sum keeps the dust of large values that have left it: exact sums instead."""
    return [exact(values, n) / n]


def _bollinger(bars: Bars, n: float, width: float) -> Columns:
    (half,), middle = _empty(bars, 1), exact(bars.close, n) / n
    for t in range(int(n) - 1, len(half)):
        window = bars.close[t - int(n) + 1 : t + 1]
        half[t] = width * math.sqrt(math.fsum(((window - middle[t]) ** 2).tolist()) / n)
    return [middle + half, middle, middle - half, 2 * half / middle]


def _bandwidth_low(bars: Bars, n: float, width: float, past: float) -> Columns:
    widths = oracles_unknown.known("bollinger", bars, (n, width), _bollinger(bars, n, width))[3]
    lowest = before(rolling(np.where(widths > 0, widths, np.inf), past, np.min))
    lowest[: int(n + past) - 1] = np.inf
    return [np.where(lowest < np.inf, lowest, np.nan)]


def _session(bars: Bars) -> Columns:
    out, (h, l, c) = _empty(bars, 7), (bars.high, bars.low, bars.close)
    for past, today in sessions(bars):
        for column, values, pick in zip(out, (h, l, c, c), (np.maximum, np.minimum) * 2, strict=False):
            column[today] = pick.accumulate(values[today])
        if past is not None:
            for column, value in zip(out[4:], (h[past].max(), l[past].min(), c[past][-1]), strict=True):
                column[today] = value
    return out


def _extremes(bars: Bars, n: float) -> Columns:
    high, low = before(rolling(bars.high, n, np.max)), before(rolling(bars.low, n, np.min))
    return [high, low, bars.close / rolling(bars.high, n + 1, np.max) - 1]


def _all_time(bars: Bars) -> Columns:
    high, low = _empty(bars, 2)
    high[1:], low[1:] = np.maximum.accumulate(bars.high)[:-1], np.minimum.accumulate(bars.low)[:-1]
    return [high, low]


def _year(bars: Bars) -> Columns:
    (drop,) = _empty(bars, 1)
    for t in np.flatnonzero(~np.isnan(bars.year_high)):
        first = int(np.searchsorted(bars.session, bars.session[t]))
        drop[t] = bars.close[t] / max(bars.year_high[t], bars.high[first : t + 1].max()) - 1
    return [bars.year_high, bars.year_low, drop]


def _known(oracles: dict[str, Oracle]) -> dict[str, Oracle]:
    """The oracles, with NaN where there is no value."""

    def known(name: str, oracle: Oracle) -> Oracle:
        return lambda bars, *parameters: oracles_unknown.known(name, bars, parameters, oracle(bars, *parameters))

    return {name: known(name, oracle) for name, oracle in oracles.items()}


_TALIB: dict[str, Oracle] = {
    "sma": lambda b, n: [talib.SMA(b.close, int(n))],
    "volume_sma": lambda b, n: [talib.SMA(b.volume, int(n))],
    "ema": lambda b, n: [talib.EMA(b.close, int(n))],
    "rsi": lambda b, n: [talib.RSI(b.close, int(n))],
    "macd": lambda b, *p: list(talib.MACD(b.close, *map(int, p))),
    "bollinger": lambda b, n, k: [*(bands := talib.BBANDS(b.close, int(n), k, k)), (bands[0] - bands[2]) / bands[1]],
    "atr": lambda b, n: [talib.ATR(b.high, b.low, b.close, int(n))],
    "stochastic": lambda b, n, k, d: list(talib.STOCH(b.high, b.low, b.close, int(n), int(k), slowd_period=int(d))),
    "obv": lambda b: [talib.OBV(b.close, b.volume)],
    "adx": oracles_unknown.adx_by_talib,
    **oracles_trend.TALIB,
    **oracles_averages.TALIB,
    **oracles_anchored.TALIB,
    **oracles_statistics.TALIB,
    **oracles_stops.TALIB,
    **oracles_volume.TALIB,
    **oracles_momentum.TALIB,
    **oracles_oscillators.TALIB,
    "candlesticks": oracles_candles.known,
    "more_candlesticks": oracles_more_candles.known,
}
TALIB: dict[str, Oracle] = _known(_TALIB)
"""TA-Lib's own, for real data."""

_ORACLES: dict[str, Oracle] = _TALIB | {
    "sma": lambda b, n: _sma(b.close, int(n)),
    "volume_sma": lambda b, n: _sma(b.volume, int(n)),
    "bollinger": _bollinger,
    "session": _session,
    "extremes": _extremes,
    "all_time": _all_time,
    **oracles_trend.ORACLES,
    **oracles_averages.ORACLES,
    **oracles_anchored.ORACLES,
    **oracles_statistics.ORACLES,
    **oracles_stops.ORACLES,
    **oracles_volume.ORACLES,
    **oracles_momentum.ORACLES,
    **oracles_oscillators.ORACLES,
    "year": _year,
    "bandwidth_low": _bandwidth_low,
    "adx": oracles_unknown.adx,
}
ORACLES: dict[str, Oracle] = _known(_ORACLES)
"""For any data: plain arithmetic where TA-Lib's cancels."""

SCALE: dict[str, Callable[[Bars], float]] = {
    "rsi": lambda _: 100.0,
    "stochastic": lambda _: 100.0,
    "adx": lambda _: 100.0,
    "macd": lambda b: float(b.close.max()),
    "bollinger": lambda _: 1.0,  # of the width; the bands are never smaller than their own error
    "extremes": lambda _: 1.0,
    "year": lambda _: 1.0,
    "obv": lambda b: float(b.volume.max()),
    **oracles_trend.SCALE,
    **oracles_averages.SCALE,
    **oracles_anchored.SCALE,
    **oracles_statistics.SCALE,
    **oracles_stops.SCALE,
    **oracles_volume.SCALE,
    **oracles_momentum.SCALE,
    **oracles_oscillators.SCALE,
    "bandwidth_low": lambda _: 1.0,
}
"""Values that are differences are right to 1e-9 of what they are the difference of."""


def scale(kind: Kind, bars: Bars) -> float:
    found = SCALE.get(kind.name)
    return found(bars) if found else 0.0
