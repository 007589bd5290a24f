"""Contents of an alert's picture: the bars before the signal and the averages that the rule compared."""

from __future__ import annotations

from typing import Literal

import msgspec

from shared.events import Signal

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


class Overlay(msgspec.Struct, frozen=True):
    """A line over the candles: a simple or exponential average, or bands of ``width`` standard deviations."""

    kind: Literal["sma", "ema", "bands"]
    period: int
    width: float = 0.0


class ChartRequest(msgspec.Struct, frozen=True, kw_only=True):
    """All input of the chart renderer; it reads nothing itself."""

    title: str
    bars: tuple[ChartBar, ...]
    """Oldest first. More than are shown, so that the averages are warmed up."""
    overlays: tuple[Overlay, ...]
    fired_at: int
    """Close of the bar that fired."""
    direction: Literal["up", "down"]
    level: float | None = None
    kind: str = ""
    """Kind of the instrument, as in the universe; kind and currency decide the decimals."""
    currency: str = ""
    language: Literal["ko", "en"] = "en"
    note: str = ""


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


def bars_needed(lines: tuple[Overlay, ...]) -> int:
    """How many bars to read so that every line is warmed up on all shown bars; exponential averages need three periods."""
    return SHOWN + max((line.period * (3 if line.kind == "ema" else 1) for line in lines), default=0)


def price_level(signal: Signal) -> float | None:
    """The level to draw as a line: only where it is near the price, since a level may be the value of an oscillator."""
    level = signal.level
    return level if level is not None and signal.price and 0.5 < level / signal.price < 2 else None
