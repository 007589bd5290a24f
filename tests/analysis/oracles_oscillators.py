"""What the oscillators, volatility, levels and volume of a session must be: TA-Lib where it has the function, else plain numpy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import talib

from services.analysis.kernels.indicators.kind import Bars
from tests.analysis.oracles_momentum import rolling
from tests.analysis.oracles_volume import exact

Floats = npt.NDArray[np.float64]
Columns = list[Floats]
Oracle = Callable[..., Columns]


def _typical(bars: Bars) -> Floats:
    return (bars.high + bars.low + bars.close) / 3


def _cci(bars: Bars, n: float) -> Columns:
    n, typical = int(n), _typical(bars)

    mean, out = exact(typical, n) / n, np.full(len(typical), np.nan)
    for t in range(n - 1, len(out)):
        deviation = math.fsum(abs(typical[t - n + 1 : t + 1] - mean[t]).tolist()) / n
        if deviation > 1e-9 * typical[t]:
            out[t] = (typical[t] - mean[t]) / (0.015 * deviation)
    return [out]


def _cci_talib(bars: Bars, n: float) -> Columns:
    """TA-Lib divides rounding errors by rounding errors where nothing moves; there is no value there."""
    out, typical = talib.CCI(bars.high, bars.low, bars.close, int(n)), _typical(bars)
    return [np.where(rolling(typical, n, np.ptp) < 1e-9 * typical, np.nan, out)]


def _mfi(bars: Bars, n: float) -> Columns:
    typical = _typical(bars)
    move, flow = np.diff(typical, prepend=typical[:1]), typical * bars.volume
    move[abs(move) <= 1e-9 * typical] = 0

    up, down = (exact(np.where(moved, flow, 0.0), n) for moved in (move > 0, move < 0))
    up[: int(n)] = np.nan  # the first bar has no move
    with np.errstate(all="ignore"):
        return [np.where(up + down > 0, 100 * up / (up + down), np.nan)]


def _ultimate(bars: Bars, *periods: float) -> Columns:
    before = np.concatenate([[np.nan], bars.close[:-1]])
    low, high = np.minimum(bars.low, before), np.maximum(bars.high, before)

    def share(n: float) -> Floats:
        moved = exact(high - low, n)
        with np.errstate(all="ignore"):
            return np.where(moved > 0, exact(bars.close - low, n) / moved, 0.0)

    a, b, c = periods
    found = 100 * (4 * share(a) + 2 * share(b) + share(c)) / 7
    found[: int(c)] = np.nan
    return [found]


def _volatility(bars: Bars, n: float, per_year: float) -> Columns:
    out, n = np.full(len(bars.close), np.nan), int(n)
    if len(out) > n:
        windows = np.lib.stride_tricks.sliding_window_view(np.diff(np.log(bars.close)), n)
        out[n:] = windows.std(axis=1, ddof=1) * math.sqrt(per_year)
    return [out]


def sessions(bars: Bars) -> Iterator[tuple[slice | None, slice]]:
    """Each session, after the one before it."""
    past, edges = None, [0, *(np.flatnonzero(np.diff(bars.session)) + 1).tolist(), len(bars.close)]
    for today in itertools.starmap(slice, itertools.pairwise(edges)):
        yield past, today
        past = today


def _pivots(bars: Bars) -> Columns:
    out = np.full((7, len(bars.close)), np.nan)
    for past, today in sessions(bars):
        if past is not None:
            h, l, c = bars.high[past].max(), bars.low[past].min(), bars.close[past][-1]
            p = (h + l + c) / 3
            lines = (p, 2 * p - l, p + h - l, h + 2 * (p - l), 2 * p - h, p - h + l, l - 2 * (h - p))
            out[:, today] = np.array(lines)[:, None]
    return list(out)


def _volume_profile(bars: Bars) -> Columns:
    out = np.full((3, len(bars.close)), np.nan)
    for past, today in sessions(bars):
        if past is None:
            continue
        opened = bars.open[today][0]
        width = max((bars.high[past].max() - bars.low[past].min()) / 10, opened / 10_000)
        edges = opened + width * np.arange(-12, 13)
        low, high, volume = (values[today][:, None] for values in (bars.low, bars.high, bars.volume))
        cumulated = np.clip((edges - low) / np.maximum(high - low, width / 1000), 0, 1)
        cumulated[:, 0], cumulated[:, -1] = 0, 1
        for t, held in enumerate(np.cumsum(volume * np.diff(cumulated), axis=0).tolist(), today.start):
            if sum(held) > 0:
                control, lo, hi = _value_area(held)
                out[:, t] = (edges[control] + edges[control + 1]) / 2, edges[lo], edges[hi + 1]
    return list(out)


def _value_area(held: list[float]) -> tuple[int, int, int]:
    """The place that holds the most volume, and the first and last of those around it that hold 0.7 of all."""
    share, most = 0.7 * sum(held) * (1 - 1e-9), max(held) * (1 - 1e-9)
    control = lo = hi = next(place for place, volume in enumerate(held) if volume >= most)
    while sum(held[lo : hi + 1]) < share:
        if hi < 23 and (lo == 0 or held[hi + 1] >= held[lo - 1] * (1 - 1e-9)):
            hi += 1
        else:
            lo -= 1
    return control, lo, hi


TALIB: dict[str, Oracle] = {
    "cci": _cci_talib,
    "mfi": lambda b, n: [talib.MFI(b.high, b.low, b.close, b.volume, int(n))],
    "williams_r": lambda b, n: [talib.WILLR(b.high, b.low, b.close, int(n))],
    "roc": lambda b, n: [talib.ROC(b.close, int(n))],
    "momentum": lambda b, n: [talib.MOM(b.close, int(n))],
    "trix": lambda b, n: [talib.TRIX(b.close, int(n))],
    "ultimate": lambda b, *p: [talib.ULTOSC(b.high, b.low, b.close, *map(int, p))],
    "cmo": lambda b, n: [talib.CMO(b.close, int(n))],
    "accumulation": lambda b: [talib.AD(b.high, b.low, b.close, b.volume)],
    "chaikin": lambda b, *p: [talib.ADOSC(b.high, b.low, b.close, b.volume, *map(int, p))],
}

ORACLES: dict[str, Oracle] = {
    "cci": _cci,
    "mfi": _mfi,
    "ultimate": _ultimate,
    "volatility": _volatility,
    "pivots": _pivots,
    "volume_profile": _volume_profile,
}

SCALE: dict[str, Callable[[Bars], float]] = {
    "cci": lambda _: 2000.0,
    "mfi": lambda _: 100.0,
    "williams_r": lambda _: 100.0,
    "roc": lambda _: 100.0,
    "trix": lambda _: 100.0,
    "ultimate": lambda _: 100.0,
    "cmo": lambda _: 100.0,
    "accumulation": lambda b: float(b.volume.max()),
    "chaikin": lambda b: float(b.volume.max()),
    "volatility": lambda _: 1.0,
}
