"""What the newer indicators of volume must be: in plain numpy and pandas, from the published formulas."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Bars
from tests.analysis.oracles_averages import ema
from tests.analysis.oracles_momentum import changed, rolling

Floats = npt.NDArray[np.float64]
Columns = list[Floats]
Oracle = Callable[..., Columns]
SAME = 1e-9


def exact(values: Floats, n: float) -> Floats:
    """Sums of the last n values, without rounding."""
    out, listed = np.full(len(values), np.nan), values.tolist()
    for t in range(int(n) - 1, len(out)):
        out[t] = math.fsum(listed[t - int(n) + 1 : t + 1])
    return out


def _since(flags: npt.NDArray[np.bool_], columns: Columns) -> Columns:
    """NaN until the first flag."""
    known = np.logical_or.accumulate(flags)
    return [np.where(known, column, np.nan) for column in columns]


def _cmf(bars: Bars, n: float) -> Columns:
    wide = bars.high > bars.low
    share = np.where(wide, (2 * bars.close - bars.low - bars.high) / np.where(wide, bars.high - bars.low, 1), 0.0)
    both = rolling((wide & (bars.volume > 0)).astype(float), n, np.max)
    with np.errstate(all="ignore"):
        return [np.where(both > 0, exact(share * bars.volume, n) / exact(bars.volume, n), np.nan)]


def _klinger(bars: Bars, fast: float, slow: float, signal: float) -> Columns:
    sums, span = bars.high + bars.low + bars.close, bars.high - bars.low
    force, moved = np.full(len(sums), np.nan), np.zeros(len(sums), bool)
    total, trend = float(span[0]), 0
    for t in range(1, len(sums)):
        change = sums[t] - sums[t - 1]
        now = 0 if abs(change) <= SAME * sums[t] else 1 if change > 0 else -1
        total = span[t] + (span[t - 1] if now * trend < 0 else total)
        trend = now or trend
        force[t] = 0 if total <= 0 else bars.volume[t] * now * abs(2 * (span[t] / total - 1)) * 100
        moved[t] = now != 0 and total > 0 and bars.volume[t] > 0
    line = ema(force, fast) - ema(force, slow)
    return _since(moved, [line, ema(line, signal)])


def _force_index(bars: Bars, n: float) -> Columns:
    traded = bars.volume > 0
    traded[:1] = False
    return _since(traded, [ema(changed(bars.close) * bars.volume, n)])


def _ease(bars: Bars, n: float, millions: float) -> Columns:
    with np.errstate(all="ignore"):
        ratio = (bars.volume / (millions * 1e6)) / (bars.high - bars.low)
        each = np.where(bars.volume > 0, changed((bars.high + bars.low) / 2) / ratio, np.nan)
    return [rolling(each, n, np.mean)]


def _oscillator(bars: Bars, fast: float, slow: float) -> Columns:
    short, long = exact(bars.volume, fast) / fast, exact(bars.volume, slow) / slow
    with np.errstate(all="ignore"):
        return [np.where(long > 0, 100 * (short - long) / long, np.nan)]


TALIB: dict[str, Oracle] = {}

ORACLES: dict[str, Oracle] = {
    "cmf": _cmf,
    "klinger": _klinger,
    "force_index": _force_index,
    "ease_of_movement": _ease,
    "volume_oscillator": _oscillator,
}

SCALE: dict[str, Callable[[Bars], float]] = {
    "cmf": lambda _: 1.0,
    "klinger": lambda b: 200 * float(b.volume.max()),
    "force_index": lambda b: float(b.volume.max() * b.high.max()),
    "ease_of_movement": lambda b: float(b.high.max()) ** 2 * 1e8 / max(1e-12, float(b.volume[b.volume > 0].min(initial=1e12))),
    "volume_oscillator": lambda _: 100.0,
}
"""Values that are differences are right to 1e-9 of what they are the difference of."""
