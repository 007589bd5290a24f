"""Contents of an alert's picture: the bars before the signal and the averages that the rule compared."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from shared.events import Pattern, Signal

OscillatorKind = Literal["rsi", "macd", "stochastic", "adx"]
KINDS: Final[dict[str, OscillatorKind]] = {"rsi": "rsi", "macd": "macd", "stochastic": "stochastic", "adx": "adx"}
SHOWN = 120
"""Bars that a picture shows."""


class ChartBar(msgspec.Struct, frozen=True, gc=False):
    """A closed bar, adjusted."""

    ts_event: int
    open: float
    high: float
    low: float
    close: float
    volume: float | None
    """None or NaN where it is not known."""
    replayed: bool = False


class Overlay(msgspec.Struct, frozen=True):
    """A line over the candles: a simple or exponential average, or bands of ``width`` standard deviations."""

    kind: Literal["sma", "ema", "bands"]
    period: int
    width: float = 0.0


class Oscillator(msgspec.Struct, frozen=True):
    """An indicator in a pane of its own, with the levels that it is compared with."""

    kind: OscillatorKind
    periods: tuple[int, ...]
    levels: tuple[float, ...] = ()


class Corner(msgspec.Struct, frozen=True):
    """A point of a line over the candles, at the close of a bar."""

    ts_event: int
    price: float


class Shape(msgspec.Struct, frozen=True):
    """A chart pattern: its turning points, and its lines (the neckline among them) from the first one to the breakout."""

    corners: tuple[Corner, ...]
    lines: tuple[tuple[Corner, Corner], ...] = ()


class ChartRequest(msgspec.Struct, frozen=True, kw_only=True, tag="chart"):
    """All input of the chart renderer; it reads nothing itself."""

    title: str
    bars: tuple[ChartBar, ...]
    """Oldest first. More than are shown, so that the averages are warmed up."""
    overlays: tuple[Overlay, ...]
    fired_at: int
    """Close of the bar that fired."""
    direction: Literal["up", "down", ""]
    """Of the signal; empty where the chart shows none."""
    level: float | None = None
    kind: str = ""
    """Kind of the instrument, as in the universe; kind and currency decide the decimals."""
    currency: str = ""
    language: Literal["ko", "en"] = "en"
    note: str = ""
    oscillator: Oscillator | None = None
    shape: Shape | None = None
    dark: bool = False


def overlays(signal: Signal) -> tuple[Overlay, ...]:
    """The lines of a signal's chart: those that its rule compared, else the averages of 20 and 50 bars.

    >>> from shared.events import Timeframe
    >>> bar = dict(symbol="A", timeframe=Timeframe.D1, ts_event=0, ts_init=0, price=1.0)
    >>> rule = dict(id="", rule="golden_cross", rule_version=1, params={"fast": 50, "slow": 200}, direction="up", evidence={})
    >>> [line.period for line in overlays(Signal(**bar, **rule))]
    [50, 200]
    """
    periods = [int(signal.params[name]) for name in ("fast", "slow", "period") if 1 < signal.params.get(name, 0) <= 400]
    if signal.rule.startswith("bollinger") and periods:
        return (Overlay("bands", periods[0], signal.params.get("width", 2.0)),)
    if signal.rule in {"golden_cross", "dead_cross"} or signal.rule.startswith("sma_"):
        return tuple(Overlay("sma", period) for period in periods)
    if signal.rule.startswith("ema_"):
        return tuple(Overlay("ema", period) for period in periods)
    return Overlay("sma", 20), Overlay("sma", 50)


def oscillator(signal: Signal) -> Oscillator | None:
    """The indicator that the rule of a signal looked at, where it is none over the candles."""
    names = {
        "rsi": ("period",),
        "macd": ("fast", "slow", "signal"),
        "stochastic": ("period", "slowing", "signal"),
        "adx": ("period",),
    }
    kind = signal.rule.split("_", 1)[0]
    if kind not in names:
        return None
    values = [signal.params.get(name, 0.0) for name in names[kind]]
    if not all(1 <= value <= 200 and value == int(value) for value in values):
        return None
    levels = [signal.params[name] for name in ("level", "low", "high") if name in signal.params]
    if kind == "macd":
        levels = [0.0]
    return Oscillator(KINDS[kind], tuple(map(int, values)), tuple(levels))


def shape(pattern: Pattern, until: int) -> Shape:
    """The shape of a pattern; its lines end at ``until``, the close of the bar that broke out."""
    first = pattern.pivots[0]
    last = pattern.pivots[-1]
    corners = tuple(Corner(pivot.ts_close, pivot.price) for pivot in pattern.pivots)
    per_bar = (last.ts_close - first.ts_close) / max(last.bars - first.bars, 1)
    bars = (until - first.ts_close) / per_bar if per_bar else 0.0
    lines = tuple(
        (Corner(first.ts_close, line.price), Corner(until, line.price + line.slope * bars))
        for line in (pattern.upper, pattern.lower)
        if line is not None
    )
    return Shape(corners, lines)


def bars_needed(lines: tuple[Overlay, ...], indicator: Oscillator | None = None) -> int:
    """How many bars to read so that every line is warmed up on all shown bars; what is smoothed exponentially needs more."""
    longest = max((line.period * (3 if line.kind == "ema" else 1) for line in lines), default=0)
    return SHOWN + max(longest, sum(indicator.periods) * 6 if indicator else 0)


def price_level(signal: Signal) -> float | None:
    """The level to draw as a line: only where it is near the price, since a level may be the value of an oscillator."""
    level = signal.level
    return level if level is not None and signal.price and 0.5 < level / signal.price < 2 else None
