"""What anchored averages, Heikin-Ashi bars, fractals and turns must be: in plain numpy and pandas from their definitions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from services.analysis.kernels.indicators.kind import Bars
from tests.analysis.oracles_averages import ema

Floats = npt.NDArray[np.float64]
Columns = list[Floats]
Oracle = Callable[..., Columns]
SAME = 1e-9


def _anchored(bars: Bars, keys: npt.NDArray[np.int64], width: float, *, whole: bool) -> Columns:
    """Each bar from the first of its run of equal keys on; ``whole``: the first run has no values."""
    out = [np.full(len(bars.close), np.nan) for _ in range(3)]
    typical, first = (bars.high + bars.low + bars.close) / 3, 0
    for t in range(len(typical)):
        first = t if t and keys[t] != keys[t - 1] else first
        prices, volumes = typical[first : t + 1], bars.volume[first : t + 1]
        if (total := volumes.sum()) > 0 and not (whole and first == 0):
            mean = prices @ volumes / total
            half = width * np.sqrt((prices - mean) ** 2 @ volumes / total)
            for column, value in zip(out, (mean, mean + half, mean - half), strict=True):
                column[t] = value
    return out


def _weeks(session: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    months = (session // 10_000 - 1970) * 12 + session // 100 % 100 - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.asarray((first + session % 100 + 2) // 7)  # 1969-12-29 was a Monday


def _since(bars: Bars, year: float, month: float, day: float, width: float) -> Columns:
    date = int(year * 10_000 + month * 100 + day)
    if bars.session[0] > date:
        return [np.full(len(bars.close), np.nan)] * 3
    begun = (bars.session >= date).astype(np.int64)
    first = int(np.argmax(begun)) if begun.any() else len(begun)
    return [np.where(np.arange(len(begun)) >= first, column, np.nan) for column in _anchored(bars, begun, width, whole=False)]


def _heikin_ashi(bars: Bars) -> Columns:
    close = (bars.open + bars.high + bars.low + bars.close) / 4
    opened = np.full(len(close), (bars.open[0] + bars.close[0]) / 2)
    if len(close) > 1:
        opened[1:] = ema(np.concatenate([opened[:1], close[:-1]]), 1, share=0.5)[1:]
    return [opened, np.max([bars.high, opened, close], axis=0), np.min([bars.low, opened, close], axis=0), close]


def _fractals(bars: Bars, side: float) -> Columns:
    out = []
    for values, sign in ((bars.high, 1), (bars.low, -1)):
        column, n = np.full(len(values), np.nan), int(side)
        if len(values) > 2 * n:
            windows = sign * np.lib.stride_tricks.sliding_window_view(values, 2 * n + 1)
            middle = windows[:, n : n + 1]
            far = SAME * abs(middle)
            turns = (windows[:, :n] <= middle + far).all(axis=1) & (windows[:, n + 1 :] < middle - far).all(axis=1)
            column[2 * n :] = pd.Series(np.where(turns, values[n:-n], np.nan)).ffill()
        out.append(column)
    return out


def _zigzag(bars: Bars, percent: float) -> Columns:
    """Leg by leg: each begins where the one before was confirmed."""
    c, share = bars.close, percent / 100
    out = [np.full(len(c), np.nan) for _ in range(3)]
    start, way = 0, 0
    high = low = np.nan
    for t in range(len(c)):
        leg = c[start : t + 1]
        least, most = leg.min(), leg.max()
        if way <= 0 and c[t] / least - 1 >= share - SAME * c[t] / least:
            low, way, start = least, 1, t
        elif way >= 0 and 1 - c[t] / most >= share - SAME * c[t] / most:
            high, way, start = most, -1, t
        for column, value in zip(out, (high, low, way or np.nan), strict=True):
            column[t] = value
    return out


TALIB: dict[str, Oracle] = {}

ORACLES: dict[str, Oracle] = {
    "vwap_session": lambda b, width: _anchored(b, b.session, width, whole=False),
    "vwap_week": lambda b, width: _anchored(b, _weeks(b.session), width, whole=True),
    "vwap_month": lambda b, width: _anchored(b, b.session // 100, width, whole=True),
    "vwap_date": _since,
    "heikin_ashi": _heikin_ashi,
    "fractals": _fractals,
    "zigzag": _zigzag,
}

SCALE: dict[str, Callable[[Bars], float]] = {
    name: lambda b: float(b.high.max()) for name in ("vwap_session", "vwap_week", "vwap_month", "vwap_date")
}
"""Values that are differences are right to 1e-9 of what they are the difference of."""
