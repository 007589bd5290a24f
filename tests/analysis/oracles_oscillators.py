"""What the oscillators, volatility, levels and volume of a session must be: TA-Lib where it has the function, else plain numpy."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import talib

from services.analysis.kernels.indicators.kind import Bars

Floats = npt.NDArray[np.float64]
Columns = list[Floats]
Oracle = Callable[..., Columns]


def _from(first: int, bars: Bars, value: Callable[[int], float]) -> Columns:
    """One column: ``value(t)`` from bar ``first`` on."""
    out = np.full(len(bars.close), np.nan)
    for t in range(first, len(bars.close)):
        out[t] = value(t)
    return [out]


def _typical(bars: Bars) -> Floats:
    return (bars.high + bars.low + bars.close) / 3


def _cci(bars: Bars, n: float) -> Columns:
    n, typical = int(n), _typical(bars)

    def value(t: int) -> float:
        window = typical[t - n + 1 : t + 1]
        mean = math.fsum(window) / n
        deviation = math.fsum(abs(window - mean)) / n
        return (typical[t] - mean) / (0.015 * deviation) if deviation > 1e-9 * typical[t] else math.nan

    return _from(n - 1, bars, value)


def _cci_talib(bars: Bars, n: float) -> Columns:
    """TA-Lib divides rounding errors by rounding errors where nothing moves; there is no value there."""
    out, typical = talib.CCI(bars.high, bars.low, bars.close, int(n)), _typical(bars)
    for t in range(int(n) - 1, len(out)):
        if np.ptp(typical[t - int(n) + 1 : t + 1]) < 1e-9 * typical[t]:
            out[t] = np.nan
    return [out]


def _mfi(bars: Bars, n: float) -> Columns:
    typical, n = _typical(bars), int(n)
    move, flow = np.diff(typical, prepend=typical[:1]), typical * bars.volume
    move[abs(move) <= 1e-9 * typical] = 0

    def value(t: int) -> float:
        moves, flows = move[t - n + 1 : t + 1], flow[t - n + 1 : t + 1]
        up, down = math.fsum(flows[moves > 0]), math.fsum(flows[moves < 0])
        return 100 * up / (up + down) if up + down > 0 else math.nan

    return _from(n, bars, value)


def _ultimate(bars: Bars, *periods: float) -> Columns:
    before = np.concatenate([[np.nan], bars.close[:-1]])
    low, high = np.minimum(bars.low, before), np.maximum(bars.high, before)

    def share(t: int, n: int) -> float:
        moved = math.fsum(high[t - n + 1 : t + 1] - low[t - n + 1 : t + 1])
        return math.fsum(bars.close[t - n + 1 : t + 1] - low[t - n + 1 : t + 1]) / moved if moved > 0 else 0.0

    a, b, c = map(int, periods)
    return _from(c, bars, lambda t: 100 * (4 * share(t, a) + 2 * share(t, b) + share(t, c)) / 7)


def _volatility(bars: Bars, n: float, per_year: float) -> Columns:
    out, n = np.full(len(bars.close), np.nan), int(n)
    if len(out) > n:
        windows = np.lib.stride_tricks.sliding_window_view(np.diff(np.log(bars.close)), n)
        out[n:] = windows.std(axis=1, ddof=1) * math.sqrt(per_year)
    return [out]


def _sessions(bars: Bars) -> Iterator[tuple[int, slice | None, slice]]:
    """(bar, the session before, this session up to the bar)."""
    starts = [t for t in range(len(bars.close)) if t == 0 or bars.session[t] != bars.session[t - 1]]
    for t in range(len(bars.close)):
        k = bisect.bisect_right(starts, t) - 1
        yield t, slice(starts[k - 1], starts[k]) if k else None, slice(starts[k], t + 1)


def _pivots(bars: Bars) -> Columns:
    out = np.full((7, len(bars.close)), np.nan)
    for t, past, _ in _sessions(bars):
        if past is not None:
            h, l, c = bars.high[past].max(), bars.low[past].min(), bars.close[past][-1]
            p = (h + l + c) / 3
            out[:, t] = (p, 2 * p - l, p + h - l, h + 2 * (p - l), 2 * p - h, p - h + l, l - 2 * (h - p))
    return list(out)


def _volume_profile(bars: Bars) -> Columns:
    out = np.full((3, len(bars.close)), np.nan)
    for t, past, now in _sessions(bars):
        if past is None:
            continue
        opened = bars.open[now][0]
        width = max((bars.high[past].max() - bars.low[past].min()) / 10, opened / 10_000)
        edges = opened + width * np.arange(-12, 13)
        low, high, volume = (values[now][:, None] for values in (bars.low, bars.high, bars.volume))
        cumulated = np.clip((edges - low) / np.maximum(high - low, width / 1000), 0, 1)
        cumulated[:, 0], cumulated[:, -1] = 0, 1
        held = (volume * np.diff(cumulated)).sum(axis=0)
        total, most = held.sum(), held.max()
        if total > 0:
            control = lo = hi = int(np.argmax(held >= most * (1 - 1e-9)))
            while held[lo : hi + 1].sum() < 0.7 * total * (1 - 1e-9):
                if hi < 23 and (lo == 0 or held[hi + 1] >= held[lo - 1] * (1 - 1e-9)):
                    hi += 1
                else:
                    lo -= 1
            out[:, t] = (edges[control] + edges[control + 1]) / 2, edges[lo], edges[hi + 1]
    return list(out)


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
