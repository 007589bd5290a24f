"""Indicators in a pane of their own, for pictures and for /analyze. Shapes as the closes; NaN while not warmed up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from services.notifier.domain.charts import OscillatorKind

Floats = npt.NDArray[np.float64]


def exponential(values: Floats, period: int, factor: float) -> Floats:
    """Exponential mean with ``factor``, seeded with the mean of the first ``period`` values that are numbers; NaN before."""
    out = np.full(len(values), np.nan)
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < period:
        return out
    start = int(known[0]) + period - 1
    mean = float(values[known[0] : start + 1].mean())
    out[start] = mean
    for i in range(start + 1, len(values)):
        mean += factor * (float(values[i]) - mean)
        out[i] = mean
    return out


def wilder(values: Floats, period: int) -> Floats:
    """Wilder's smoothing: factor 1 / ``period``."""
    return exponential(values, period, 1 / period)


def rsi(bars: Floats, periods: tuple[int, ...]) -> list[Floats]:
    """Relative strength index, 0 to 100 (Wilder, 1978). ``bars``: (n, 4) of open, high, low, close."""
    change = np.diff(bars[:, 3], prepend=np.nan)
    gain = wilder(np.where(np.isnan(change), np.nan, np.maximum(change, 0)), periods[0])
    loss = wilder(np.where(np.isnan(change), np.nan, np.maximum(-change, 0)), periods[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        return [np.where(gain + loss > 0, 100 * gain / (gain + loss), np.where(np.isnan(gain), np.nan, 50.0))]


def macd(bars: Floats, periods: tuple[int, ...]) -> list[Floats]:
    """MACD and its signal line (Appel): the difference of two exponential means of the closes, in prices."""
    fast, slow, signal = periods
    closes = bars[:, 3]
    line = exponential(closes, fast, 2 / (fast + 1)) - exponential(closes, slow, 2 / (slow + 1))
    return [line, exponential(line, signal, 2 / (signal + 1))]


def stochastic(bars: Floats, periods: tuple[int, ...]) -> list[Floats]:
    """%K and %D of the slow stochastic, 0 to 100 (Lane)."""
    period, slowing, smoothing = periods
    size = len(bars)
    raw = np.full(size, np.nan)
    if size >= period:
        windows = np.lib.stride_tricks.sliding_window_view
        highest, lowest = windows(bars[:, 1], period).max(axis=1), windows(bars[:, 2], period).min(axis=1)
        span = highest - lowest
        with np.errstate(divide="ignore", invalid="ignore"):
            raw[period - 1 :] = np.where(span > 0, 100 * (bars[period - 1 :, 3] - lowest) / span, np.nan)
    slow = _mean(raw, slowing)
    return [slow, _mean(slow, smoothing)]


def adx(bars: Floats, periods: tuple[int, ...]) -> list[Floats]:
    """Average directional index, 0 to 100 (Wilder, 1978)."""
    period = periods[0]
    up, down = np.diff(bars[:, 1], prepend=np.nan), -np.diff(bars[:, 2], prepend=np.nan)
    before = np.concatenate([[np.nan], bars[:-1, 3]])
    true_range = np.fmax(bars[:, 1], before) - np.fmin(bars[:, 2], before)
    true_range[0] = np.nan
    plus = np.where(np.isnan(up), np.nan, np.where((up > down) & (up > 0), up, 0.0))
    minus = np.where(np.isnan(up), np.nan, np.where((down > up) & (down > 0), down, 0.0))
    ranges, ups, downs = (wilder(each, period) for each in (true_range, plus, minus))
    with np.errstate(divide="ignore", invalid="ignore"):
        rising, falling = ups / ranges, downs / ranges
        return [wilder(np.where(rising + falling > 0, 100 * np.abs(rising - falling) / (rising + falling), np.nan), period)]


DRAWN: Final[dict[OscillatorKind, Callable[[Floats, tuple[int, ...]], list[Floats]]]] = {
    "rsi": rsi,
    "macd": macd,
    "stochastic": stochastic,
    "adx": adx,
}


def _mean(values: Floats, period: int) -> Floats:
    out = np.full(len(values), np.nan)
    if len(values) >= period:
        out[period - 1 :] = np.lib.stride_tricks.sliding_window_view(values, period).mean(axis=1)
    return out
