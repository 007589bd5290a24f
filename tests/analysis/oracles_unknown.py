"""Where each column has no value, since its divisor is 0 up to rounding: in plain numpy. TA-Lib returns 0 or 100 there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import talib

from services.analysis.kernels.indicators.kind import Bars

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SAME = 1e-9


def _last(values: Floats, n: int, pick: Callable[..., Floats]) -> Floats:
    """``pick`` over each bar and the n - 1 before it; NaN where there are fewer."""
    out = np.full(len(values), np.nan)
    if len(values) >= n:
        out[n - 1 :] = pick(np.lib.stride_tricks.sliding_window_view(values, n), axis=1)
    return out


def _still(bars: Bars, n: int) -> Flags:
    """The last n bars have one price."""
    top = _last(bars.high, n, np.max)
    return np.asarray(top - _last(bars.low, n, np.min) <= SAME * abs(top))


def _any(flags: Flags, n: int) -> Flags:
    """One of the last n flags is set."""
    return np.asarray(np.convolve(flags, np.ones(n))[: len(flags)] > 0)


def _wilder(values: Floats, n: int) -> Floats:
    """Wilder's mean of the values from bar 1 on, from bar n on."""
    out, mean = np.full(len(values), np.nan), 0.0
    for t in range(n, len(values)):
        mean = float(values[1 : n + 1].sum()) / n if t == n else mean * (1 - 1 / n) + float(values[t]) / n
        out[t] = mean
    return out


def _true_range(bars: Bars) -> Floats:
    before = np.concatenate([bars.close[:1], bars.close[:-1]])
    found: Floats = np.maximum(bars.high, before) - np.minimum(bars.low, before)
    return found


def _moves(bars: Bars, n: float) -> list[Flags]:
    return [_wilder(np.abs(np.diff(bars.close, prepend=bars.close[:1])), int(n)) <= SAME * abs(bars.close)]


def _stochastic(bars: Bars, n: float, slowing: float, signal: float) -> list[Flags]:
    raw = _still(bars, int(n))
    return [_any(raw, int(slowing)), _any(raw, int(slowing + signal) - 1)]


def _deviation(bars: Bars, n: float, width: float) -> list[Flags]:
    never = np.zeros(len(bars.close), bool)
    return [never, never, never, _last(bars.close, int(n), np.std) <= SAME * _last(bars.close, int(n), np.mean)]


def _doji(bars: Bars) -> list[Flags]:
    never, before = np.zeros(len(bars.close), bool), np.full(len(bars.close), np.nan)
    before[1:] = _last(bars.high - bars.low, 10, np.sum)[:-1]
    return [never, never, never, never, never, before <= SAME * abs(bars.close)]


def _weighed(bars: Bars, *_: float) -> list[Flags]:
    return [~np.logical_or.accumulate((bars.high > bars.low) & (bars.volume > 0))]


def _flow(bars: Bars, n: float) -> list[Flags]:
    typical = (bars.high + bars.low + bars.close) / 3
    flows = (np.abs(np.diff(typical, prepend=typical[:1])) > SAME * typical) & (bars.volume > 0)
    return [~_any(flows, int(n))]


UNKNOWN: dict[str, Callable[..., list[Flags]]] = {
    "rsi": _moves,
    "cmo": _moves,
    "stochastic": _stochastic,
    "williams_r": lambda b, n: [_still(b, int(n))],
    "aroon": lambda b, n: [_still(b, int(n) + 1)] * 3,
    "ultimate": lambda b, short, *_: [_last(_true_range(b), int(short), np.sum) <= SAME * abs(b.close)],
    "supertrend": lambda b, n, _: [_wilder(_true_range(b), int(n)) <= SAME * abs(b.close)] * 2,
    "bollinger": _deviation,
    "volume_sma": lambda b, n: [_last(b.volume, int(n), np.max) <= 0],
    "obv": lambda b: [~np.logical_or.accumulate(b.volume > 0)],
    "accumulation": _weighed,
    "chaikin": _weighed,
    "candlesticks": _doji,
    "mfi": _flow,
}
"""Kind -> (bars, *parameters) -> one flag a column and bar. Kinds whose oracle knows it by itself are not here."""


def known(name: str, bars: Bars, parameters: tuple[float, ...], columns: list[Floats]) -> list[Floats]:
    """The columns with NaN where there is no value."""
    if name not in UNKNOWN:
        return columns
    flags = UNKNOWN[name](bars, *parameters)
    return [np.where(flag, np.nan, column) for flag, column in zip(flags, columns, strict=True)]


def adx(bars: Bars, n: float) -> list[Floats]:
    """ADX, +DI and -DI: TA-Lib's, but seeded with the first n dx that there are, and none where there is no dx."""
    n, high, low = int(n), bars.high, bars.low
    up, down = np.diff(high, prepend=high[:1]), -np.diff(low, prepend=low[:1])
    plus, minus = np.where((up > down) & (up > 0), up, 0.0), np.where((down > up) & (down > 0), down, 0.0)
    sums = [_summed(each, n) for each in (plus, minus, _true_range(bars))]
    rounding = SAME * abs(bars.close)
    with np.errstate(invalid="ignore", divide="ignore"):
        wide = np.where(sums[2] > rounding, sums[2], np.nan)
        plus_di, minus_di = 100 * sums[0] / wide, 100 * sums[1] / wide
        dx = np.where(sums[0] + sums[1] > rounding, 100 * abs(plus_di - minus_di) / (plus_di + minus_di), np.nan)
    out, seed, index = np.full(len(high), np.nan), list[float](), 0.0
    for t in np.flatnonzero(~np.isnan(dx)).tolist():
        seed.append(float(dx[t]))
        if len(seed) >= n:
            index = sum(seed) / n if len(seed) == n else (index * (n - 1) + seed[-1]) / n
            out[t] = index
    return [out, plus_di, minus_di]


def _summed(values: Floats, n: int) -> Floats:
    """Wilder's sum: of the first n - 1 changes, then the sum less its n-th part, and the new value."""
    out, total = np.full(len(values), np.nan), 0.0
    for t in range(1, len(values)):
        total = total + float(values[t]) if t < n else total * (1 - 1 / n) + float(values[t])
        out[t] = total if t >= n else np.nan
    return out


def adx_by_talib(bars: Bars, n: float) -> list[Floats]:
    """TA-Lib's own, where every dx has a value."""
    mine = adx(bars, n)
    if not all(np.isfinite(column[2 * int(n) :]).all() for column in mine):
        return mine
    return [f(bars.high, bars.low, bars.close, int(n)) for f in (talib.ADX, talib.PLUS_DI, talib.MINUS_DI)]
