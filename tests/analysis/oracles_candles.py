"""The expected candlesticks: TA-Lib's where no length is within rounding of its threshold, else the documented 1e-9."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import talib

from services.analysis.kernels.indicators.kind import Bars

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
FIRST = 12
PATTERNS = ("ENGULFING", "HAMMER", "SHOOTINGSTAR", "MORNINGSTAR", "EVENINGSTAR", "DOJI")


def ago(values: Floats, k: int) -> Floats:
    """The values k bars before."""
    return np.concatenate([np.full(min(k, len(values)), np.nan), values[: max(0, len(values) - k)]])


def mean_before(values: Floats, k: int) -> Floats:
    """The mean of the k bars before each."""
    out = np.full(len(values), np.nan)
    if len(values) > k:
        out[k:] = np.lib.stride_tricks.sliding_window_view(values, k)[:-1].mean(axis=1)
    return out


class Candles(NamedTuple):
    """All bars of a series, some bars ago."""

    open: Floats
    low: Floats
    close: Floats
    body: Floats
    top: Floats
    bottom: Floats
    mean_body: Floats
    mean_range_5: Floats


def candles(o: Floats, h: Floats, l: Floats, c: Floats, over: float = 1e-9, under: float = 1e-9) -> list[Floats]:
    """A length must be ``over`` of the close beyond another to be longer, and may fall ``under`` short of it to be as long."""
    body = abs(c - o)
    series = (o, l, c, body, np.maximum(o, c), np.minimum(o, c), mean_before(body, 10), mean_before(h - l, 5))
    now, last, first = (Candles(*(ago(values, k) for values in series)) for k in range(3))

    def longer(x: Floats, y: Floats) -> Flags:
        return x - y > over * c

    def as_long(x: Floats, y: Floats) -> Flags:
        return x - y >= -under * c

    def white(k: Candles) -> Flags:
        return as_long(k.close, k.open)

    def black(k: Candles) -> Flags:
        return longer(k.open, k.close)

    above, below = longer(now.top, last.top), longer(last.bottom, now.bottom)
    within = (as_long(now.top, last.top) & below) | (above & as_long(last.bottom, now.bottom))
    size = np.where(above & below, 100.0, 80.0)
    engulfing = np.where(within & white(now) & black(last), size, np.where(within & black(now) & white(last), -size, 0.0))
    tenth, upper, lower, short = 0.1 * mean_before(h - l, 10), h - now.top, now.bottom - l, longer(now.mean_body, body)
    hammer = short & longer(lower, body) & longer(tenth, upper) & as_long(last.low + 0.2 * last.mean_range_5, now.bottom)
    star = short & longer(upper, body) & longer(tenth, lower) & longer(now.bottom, last.top)
    shape = longer(first.body, first.mean_body) & as_long(last.mean_body, last.body) & longer(body, now.mean_body)
    morning = shape & black(first) & longer(first.bottom, last.top) & white(now) & longer(c, first.close + 0.3 * first.body)
    evening = shape & white(first) & longer(last.bottom, first.top) & black(now) & longer(first.close - 0.3 * first.body, c)
    out = [engulfing, 100.0 * hammer, -100.0 * star, 100.0 * morning, -100.0 * evening, 100.0 * as_long(tenth, body)]
    for values in out:
        values[:FIRST] = np.nan
    return out


def by_talib(bars: Bars) -> tuple[list[Floats], list[Flags]]:
    """TA-Lib's values, and where they are beyond doubt: the same whether every length is taken for a little longer or shorter."""
    values_by_talib = []
    for pattern in PATTERNS:
        values = getattr(talib, f"CDL{pattern}")(*bars[:4]).astype(float)
        values[:FIRST] = np.nan
        values_by_talib.append(values)
    hard, easy = candles(*bars[:4], 2e-9, -2e-9), candles(*bars[:4], -2e-9, 2e-9)
    return values_by_talib, [(a == b) | np.isnan(a) for a, b in zip(hard, easy, strict=True)]


def known(bars: Bars) -> list[Floats]:
    """TA-Lib's where beyond doubt, else those of the page."""
    return [np.where(sure, theirs, mine) for theirs, sure, mine in zip(*by_talib(bars), candles(*bars[:4]), strict=True)]
