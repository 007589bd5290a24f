"""Indicators by TA-Lib and plain numpy over whole series, and the rules over them, written from docs/signals.md alone."""

from __future__ import annotations

import bisect
import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import talib

from services.analysis.kernels.indicators.kind import Bars
from tests.analysis import oracles_unknown
from tests.analysis.oracles_candles import candles
from tests.e2e.reference_bars import PlainBar, Reference

Column = npt.NDArray[np.float64]
FIRES_ON = ("15m", "1h", "4h", "1d", "1w")
NOT_ON_4H_AND_1W = {
    "sma_breakout_up", "sma_breakout_down", "volume_surge", "price_move", "new_high", "new_low", "drop_from_high", "gap",
    "prev_high_break", "prev_low_break",
}  # fmt: skip
DIVIDED: tuple[tuple[str, tuple[float, ...], tuple[str, ...]], ...] = (
    ("rsi", (14,), ("rsi_14",)),
    ("stochastic", (14, 3, 3), ("stoch_k_14", "stoch_d_14")),
    ("bollinger", (20, 2), ("bb_upper_20", "bb_middle_20", "bb_lower_20", "bb_width_20")),
    ("obv", (), ("obv",)),
    ("volume_sma", (20,), ("volume_sma_20",)),
    ("candlesticks", (), ("cdl_engulfing", "cdl_hammer", "cdl_shooting_star", "cdl_morning_star", "cdl_evening_star", "cdl_doji")),
)
"""Kind, parameters and columns of what has no value where it would divide by 0."""
VERSIONS = dict.fromkeys(
    ("rsi_overbought", "rsi_oversold", "rsi_mid", "stochastic_cross", "adx_trend", "squeeze", "doji_at_band"), "2"
)
"""Of the rules that are not of version 1."""
MOVE = {"index": 0.01, "fx": 0.01, "stock": 0.03, "etf": 0.03, "future": 0.05, "crypto": 0.05}


@dataclass(frozen=True)
class Expected:
    """A signal that is due."""

    id: str
    rule: str
    direction: str
    symbol: str
    timeframe: str
    ts_event: int
    price: float
    level: float | None
    params: tuple[tuple[str, float], ...]


def signals(reference: Reference, kinds: Mapping[str, str]) -> dict[str, Expected]:
    """Every signal due on the live bars of the reference, by id."""
    due = {}
    for live, found in fired(reference, kinds):
        if live:
            assert found.id not in due
            due[found.id] = found
    return due


def fired(reference: Reference, kinds: Mapping[str, str]) -> Iterator[tuple[bool, Expected]]:
    """The signals of every rule on the live bars and the 63 before them, each with whether its bar is a live one."""
    for symbol, series in reference.closed.items():
        for timeframe in FIRES_ON:
            yield from of_series(symbol, timeframe, series[timeframe], series["1d"], kinds[symbol])


def columns(bars: Sequence[PlainBar], daily: Sequence[PlainBar]) -> dict[str, Column]:
    """All indicator columns over a series, by name; ``daily`` are the symbol's daily bars."""
    o, h, l, c, v = (np.array([getattr(b, name) for b in bars], dtype=float) for name in ("open", "high", "low", "close", "volume"))
    d = np.array([b.session for b in bars])
    x: dict[str, Column] = {"open": o, "high": h, "low": l, "close": c, "volume": v}
    for period in (20, 50, 200):
        x[f"sma_{period}"] = talib.SMA(c, period)
    x["ema_12"], x["ema_26"] = talib.EMA(c, 12), talib.EMA(c, 26)
    x["rsi_14"] = talib.RSI(c, 14)
    x["macd"], x["macd_signal"], x["macd_hist"] = talib.MACD(c, 12, 26, 9)
    x["bb_upper_20"], x["bb_middle_20"], x["bb_lower_20"] = talib.BBANDS(c, 20, 2, 2)
    x["bb_width_20"] = (x["bb_upper_20"] - x["bb_lower_20"]) / x["bb_middle_20"]
    x["atr_14"] = talib.ATR(h, l, c, 14)
    x["stoch_k_14"], x["stoch_d_14"] = talib.STOCH(h, l, c, 14, 3, slowd_period=3)
    x["obv"] = talib.OBV(c, v)
    x["volume_sma_20"] = talib.SMA(v, 20)
    names = ("cdl_engulfing", "cdl_hammer", "cdl_shooting_star", "cdl_morning_star", "cdl_evening_star", "cdl_doji")
    x |= dict(zip(names, candles(o, h, l, c), strict=True))
    inputs = Bars(o, h, l, c, v, d, c, c)
    for kind, parameters, of in DIVIDED:
        x |= dict(zip(of, oracles_unknown.known(kind, inputs, parameters, [x[name] for name in of]), strict=True))
    x["adx_14"], x["plus_di_14"], x["minus_di_14"] = oracles_unknown.adx_by_talib(inputs, 14)
    widths = np.where(x["bb_width_20"] > 0, x["bb_width_20"], np.inf)
    lowest = np.array([widths[t - 120 : t].min() if t >= 139 else np.inf for t in range(len(c))])
    x["bb_width_low_120"] = np.where(lowest < np.inf, lowest, np.nan)
    x |= _sessions(d, h, l, c) | _all_time(h, l)
    return x | _year(d, c, x["session_high"], daily)


def _sessions(d: npt.NDArray[np.int64], h: Column, l: Column, c: Column) -> dict[str, Column]:
    names = ("session_high", "session_low", "session_high_close", "session_low_close")
    before = ("prev_session_high", "prev_session_low", "prev_session_close")
    x = {name: np.full(len(d), np.nan) for name in names + before}
    starts = [0, *(np.flatnonzero(d[1:] != d[:-1]) + 1).tolist(), len(d)] if len(d) else [0]
    for k, (lo, hi) in enumerate(itertools.pairwise(starts)):
        x["session_high"][lo:hi] = np.maximum.accumulate(h[lo:hi])
        x["session_low"][lo:hi] = np.minimum.accumulate(l[lo:hi])
        x["session_high_close"][lo:hi] = np.maximum.accumulate(c[lo:hi])
        x["session_low_close"][lo:hi] = np.minimum.accumulate(c[lo:hi])
        if k:
            past = slice(starts[k - 1], lo)
            x["prev_session_high"][lo:hi] = h[past].max()
            x["prev_session_low"][lo:hi] = l[past].min()
            x["prev_session_close"][lo:hi] = c[lo - 1]
    x["first"] = np.zeros(len(d))
    x["first"][[s for s in starts if s < len(d)]] = 1.0
    return x


def _all_time(h: Column, l: Column) -> dict[str, Column]:
    x = {name: np.full(len(h), np.nan) for name in ("all_time_high", "all_time_low")}
    for t in range(1, len(h)):
        x["all_time_high"][t], x["all_time_low"][t] = h[:t].max(), l[:t].min()
    return x


def _year(d: npt.NDArray[np.int64], c: Column, session_high: Column, daily: Sequence[PlainBar]) -> dict[str, Column]:
    tops: dict[int, float] = {}
    bottoms: dict[int, float] = {}
    for bar in daily:
        tops[bar.session] = max(tops.get(bar.session, bar.high), bar.high)
        bottoms[bar.session] = min(bottoms.get(bar.session, bar.low), bar.low)
    sessions = sorted(tops)
    x = {name: np.full(len(d), np.nan) for name in ("high_52w", "low_52w", "drawdown_52w")}
    highs, lows = [tops[each] for each in sessions], [bottoms[each] for each in sessions]
    past: dict[int, tuple[float, float] | None] = {}
    for t, session in enumerate(d.tolist()):
        if session not in past:
            end = bisect.bisect_left(sessions, session)
            past[session] = (max(highs[end - 252 : end]), min(lows[end - 252 : end])) if end >= 252 else None
        if (year := past[session]) is not None:
            x["high_52w"][t], x["low_52w"][t] = year
            x["drawdown_52w"][t] = c[t] / max(x["high_52w"][t], session_high[t]) - 1
    return x


def _gt(a: float, b: float, s: float | None = None) -> bool:
    return bool(a - b > 1e-9 * (max(abs(a), abs(b)) if s is None else s))


def _lt(a: float, b: float, s: float | None = None) -> bool:
    return _gt(b, a, s)


def _ge(a: float, b: float, s: float | None = None) -> bool:
    return bool(a - b >= -1e-9 * (max(abs(a), abs(b)) if s is None else s))


def _le(a: float, b: float, s: float | None = None) -> bool:
    return _ge(b, a, s)


@dataclass(frozen=True)
class At:
    """The series at one bar: ``now[name]`` and ``was[name]``."""

    now: Mapping[str, float]
    was: Mapping[str, float]

    def up(self, a: str, b: str | float, s: float | str | None = None) -> bool:
        scale, before = self._scales(s)
        return _le(self.was[a], self._of(b, self.was), before) and _gt(self.now[a], self._of(b, self.now), scale)

    def down(self, a: str, b: str | float, s: float | str | None = None) -> bool:
        scale, before = self._scales(s)
        return _ge(self.was[a], self._of(b, self.was), before) and _lt(self.now[a], self._of(b, self.now), scale)

    def _scales(self, s: float | str | None) -> tuple[float | None, float | None]:
        return (self.now[s], self.was[s]) if isinstance(s, str) else (s, s)

    @staticmethod
    def _of(b: str | float, values: Mapping[str, float]) -> float:
        return values[b] if isinstance(b, str) else b


Fired = tuple[str, float]  # direction, level
Rule = Callable[[At], Fired | None]
Params = tuple[tuple[str, float], ...]
NamedRule = tuple[str, Params, Rule]
Firing = tuple[int, str, Params, str, float]  # bar, rule, params, direction, level


def _cross(a: str, b: str | float, s: float | str | None = None, only: str = "") -> Rule:
    def rule(at: At) -> Fired | None:
        level = at.now[b] if isinstance(b, str) else b
        if only != "down" and at.up(a, b, s):
            return "up", level
        if only != "up" and at.down(a, b, s):
            return "down", level
        return None

    return rule


def _bollinger_break(at: At) -> Fired | None:
    if at.up("close", "bb_upper_20"):
        return "up", at.now["bb_upper_20"]
    return ("down", at.now["bb_lower_20"]) if at.down("close", "bb_lower_20") else None


def _near(x: Mapping[str, float]) -> tuple[bool, bool]:
    up, low, close = x["bb_upper_20"], x["bb_lower_20"], x["close"]
    return _ge(close, up * 0.99) and _le(close, up), _le(close, low * 1.01) and _ge(close, low)


def _bollinger_touch(at: At) -> Fired | None:
    if np.isnan(at.was["bb_upper_20"]):
        return None
    (upper, lower), (was_upper, was_lower) = _near(at.now), _near(at.was)
    if upper and not lower and not was_upper:
        return "up", at.now["bb_upper_20"]
    return ("down", at.now["bb_lower_20"]) if lower and not upper and not was_lower else None


def _stochastic(at: At) -> Fired | None:
    d = at.now["stoch_d_14"]
    if at.up("stoch_k_14", "stoch_d_14", 100) and _lt(d, 20, 100):
        return "up", d
    return ("down", d) if at.down("stoch_k_14", "stoch_d_14", 100) and _gt(d, 80, 100) else None


def _adx(at: At) -> Fired | None:
    plus, minus = at.now["plus_di_14"], at.now["minus_di_14"]
    if not at.up("adx_14", 25, 100):
        return None
    if _gt(plus, minus, 100):
        return "up", 25.0
    return ("down", 25.0) if _lt(plus, minus, 100) else None


def _surge(at: At) -> Fired | None:
    mean = at.now["volume_sma_20"]
    if not (mean > 0 and _ge(at.now["volume"], 2 * mean)):
        return None
    move = at.now["close"] / at.was["close"] - 1
    if _ge(move, 0.01, 1):
        return "up", 2 * mean
    return ("down", 2 * mean) if _le(move, -0.01, 1) else None


def _dry(at: At) -> Fired | None:
    mean, was = at.now["volume_sma_20"], at.was["volume_sma_20"]
    now = at.now["volume"] > 0 and mean > 0 and _le(at.now["volume"], 0.5 * mean)
    return ("down", 0.5 * mean) if now and was > 0 and _gt(at.was["volume"], 0.5 * was) else None


def _price_move(share: float) -> Rule:
    def rule(at: At) -> Fired | None:
        close, prev, first = at.now["close"], at.now["prev_session_close"], at.now["first"]
        up, down = prev * (1 + share), prev * (1 - share)
        if _ge(close, up) and (first or not _ge(at.was["session_high_close"], up)):
            return "up", up
        return ("down", down) if _le(close, down) and (first or not _le(at.was["session_low_close"], down)) else None

    return rule


def _new_high(at: At) -> Fired | None:
    fires = _gt(at.now["high"], at.now["high_52w"]) and _le(at.was["session_high"], at.was["high_52w"])
    return ("up", at.now["high_52w"]) if fires else None


def _new_low(at: At) -> Fired | None:
    fires = _lt(at.now["low"], at.now["low_52w"]) and _ge(at.was["session_low"], at.was["low_52w"])
    return ("down", at.now["low_52w"]) if fires else None


def _drop(share: float) -> Rule:
    def rule(at: At) -> Fired | None:
        top = max(at.now["high_52w"], at.now["session_high"])
        return ("down", (1 - share) * top) if at.down("drawdown_52w", -share, 1) else None

    return rule


def _high_break(at: At) -> Fired | None:
    level = at.now["prev_session_high"]
    fires = _gt(at.now["close"], level) and (at.now["first"] or not _gt(at.was["session_high_close"], level))
    return ("up", level) if fires else None


def _low_break(at: At) -> Fired | None:
    level = at.now["prev_session_low"]
    fires = _lt(at.now["close"], level) and (at.now["first"] or not _lt(at.was["session_low_close"], level))
    return ("down", level) if fires else None


def _gap(at: At) -> Fired | None:
    if not at.now["first"]:
        return None
    opened, prev = at.now["open"], at.now["prev_session_close"]
    if _gt(opened, at.now["prev_session_high"]) and _ge(opened, prev * 1.01):
        return "up", at.now["prev_session_high"]
    fell = _lt(opened, at.now["prev_session_low"]) and _le(opened, prev * 0.99)
    return ("down", at.now["prev_session_low"]) if fell else None


def _candle(column: str, direction: str) -> Rule:
    def rule(at: At) -> Fired | None:
        if direction == "up":
            return ("up", at.now["low"]) if at.now[column] > 0 else None
        flat = column == "cdl_engulfing" and not _gt(at.was["close"], at.was["open"])
        return ("down", at.now["high"]) if at.now[column] < 0 and not flat else None

    return rule


def _doji_side(x: Mapping[str, float]) -> str:
    upper, lower = _ge(x["high"], x["bb_upper_20"]), _le(x["low"], x["bb_lower_20"])
    if x["cdl_doji"] != 100 or upper == lower:
        return ""
    return "down" if upper else "up"


def _doji(at: At) -> Fired | None:
    side = _doji_side(at.now)
    if side in ("", _doji_side(at.was)) or np.isnan(at.was["bb_upper_20"]) or np.isnan(at.was["cdl_doji"]):
        return None
    return side, at.now["bb_upper_20" if side == "down" else "bb_lower_20"]


def _squeeze(at: At) -> Fired | None:
    low = at.now["bb_width_low_120"]
    narrow = _lt(at.now["bb_width_20"], low, 1) and _ge(at.was["bb_width_20"], at.was["bb_width_low_120"], 1)
    return ("down", low) if narrow else None


def _all_time_high(at: At) -> Fired | None:
    top = at.now["all_time_high"]
    fires = not np.isnan(at.was["sma_200"]) and _gt(at.now["high"], top) and _le(at.was["high"], at.was["all_time_high"])
    return ("up", top) if fires else None


def _all_time_low(at: At) -> Fired | None:
    bottom = at.now["all_time_low"]
    fires = not np.isnan(at.was["sma_200"]) and _lt(at.now["low"], bottom) and _ge(at.was["low"], at.was["all_time_low"])
    return ("down", bottom) if fires else None


def _table(kind: str) -> Iterator[tuple[str, dict[str, float], bool, Rule]]:
    """Rule, params, whether it runs on 1d alone, and the condition."""
    yield "golden_cross", {"fast": 50, "slow": 200}, False, _cross("sma_50", "sma_200", only="up")
    yield "dead_cross", {"fast": 50, "slow": 200}, False, _cross("sma_50", "sma_200", only="down")
    for n in (20, 50, 200):
        yield "sma_breakout_up", {"period": n}, False, _cross("close", f"sma_{n}", only="up")
        yield "sma_breakout_down", {"period": n}, False, _cross("close", f"sma_{n}", only="down")
    yield "ema_cross", {"fast": 12, "slow": 26}, False, _cross("ema_12", "ema_26")
    for name, level in (("rsi_overbought", 70.0), ("rsi_oversold", 30.0), ("rsi_mid", 50.0)):
        yield name, {"period": 14, "level": level}, False, _cross("rsi_14", level, 100)
    yield "bollinger_break", {"period": 20, "width": 2}, False, _bollinger_break
    yield "bollinger_touch", {"period": 20, "width": 2, "distance": 0.01}, False, _bollinger_touch
    macd: dict[str, float] = {"fast": 12, "slow": 26, "signal": 9}
    yield "macd_cross", macd, False, _cross("macd", "macd_signal", "close")
    yield "macd_zero", macd, False, _cross("macd", 0.0, "close")
    yield "stochastic_cross", {"period": 14, "slowing": 3, "signal": 3, "high": 80, "low": 20}, False, _stochastic
    yield "adx_trend", {"period": 14, "level": 25}, False, _adx
    yield "volume_surge", {"period": 20, "ratio": 2, "move": 0.01}, False, _surge
    yield "volume_dry", {"period": 20, "ratio": 0.5}, False, _dry
    yield "price_move", {"level": MOVE[kind]}, False, _price_move(MOVE[kind])
    yield "new_high", {"bars": 252}, False, _new_high
    yield "new_low", {"bars": 252}, False, _new_low
    for share in (0.02, 0.05, 0.1, 0.2):
        yield "drop_from_high", {"bars": 252, "drop": share}, False, _drop(share)
    yield "prev_high_break", {}, False, _high_break
    yield "prev_low_break", {}, False, _low_break
    yield "gap", {"move": 0.01}, False, _gap
    yield "bullish_engulfing", {}, False, _candle("cdl_engulfing", "up")
    yield "bearish_engulfing", {}, False, _candle("cdl_engulfing", "down")
    yield "hammer", {}, False, _candle("cdl_hammer", "up")
    yield "shooting_star", {}, False, _candle("cdl_shooting_star", "down")
    yield "morning_star", {}, False, _candle("cdl_morning_star", "up")
    yield "evening_star", {}, False, _candle("cdl_evening_star", "down")
    yield "doji_at_band", {"period": 20, "width": 2}, False, _doji
    yield "squeeze", {"period": 20, "width": 2, "bars": 120}, False, _squeeze
    yield "all_time_high", {}, True, _all_time_high
    yield "all_time_low", {}, True, _all_time_low


def rules_on(timeframe: str, kind: str) -> list[NamedRule]:
    """The rules that run on a timeframe of an instrument of a kind."""
    left_out = NOT_ON_4H_AND_1W if timeframe in ("4h", "1w") else ()
    return [
        (name, tuple(sorted(params.items())), rule)
        for name, params, daily, rule in _table(kind)
        if timeframe == "1d" or not (daily or name in left_out)
    ]


def firings(rules: Sequence[NamedRule], bars: Sequence[PlainBar], daily: Sequence[PlainBar]) -> Iterator[Firing]:
    """What rules fire on the live bars of a series and the 63 before them."""
    if len(bars) < 2:
        return
    x = columns(bars, daily)
    first = next((t for t, bar in enumerate(bars) if bar.live), len(bars))
    rows = [dict(zip(x, values, strict=True)) for values in zip(*(np.asarray(y, float).tolist() for y in x.values()), strict=True)]
    for t in range(max(1, first - 63), len(bars)):
        at = At(rows[t], rows[t - 1])
        for name, params, rule in rules:
            if (fired := rule(at)) is not None:
                yield t, name, params, *fired


def of_series(
    symbol: str, timeframe: str, bars: Sequence[PlainBar], daily: Sequence[PlainBar], kind: str
) -> Iterator[tuple[bool, Expected]]:
    """The same of one series."""
    for t, rule, params, direction, level in firings(rules_on(timeframe, kind), bars, daily):
        wanted = ",".join(f"{name}={value:g}" for name, value in params)
        text = "|".join((rule, VERSIONS.get(rule, "1"), wanted, direction, symbol, timeframe, str(bars[t].ts_close)))
        found = Expected(
            hashlib.sha256(text.encode()).hexdigest()[:32],
            rule,
            direction,
            symbol,
            timeframe,
            bars[t].ts_close,
            bars[t].close,
            level,
            params,
        )
        yield bars[t].live, found
