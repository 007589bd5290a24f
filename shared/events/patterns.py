"""Chart patterns."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

import msgspec

from shared.events.event import Event, SafeInt
from shared.events.timeframe import Timeframe


class Pivot(msgspec.Struct, frozen=True, kw_only=True):
    """A turning point of the price that is a corner of a pattern."""

    kind: Literal["high", "low"]
    ts_close: SafeInt
    """Close of its bar."""
    bars: SafeInt
    """How many bars after the first pivot."""
    price: float


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A straight line: ``price`` at the bar of the first pivot, ``slope`` more with each bar."""

    price: float
    slope: float


class Pattern(Event, frozen=True, kw_only=True, tag="pattern"):
    """A chart pattern reached a status at the close of a bar; each status of a pattern is published once."""

    id: str
    """``pattern_id(...)``: the same pivots always give the same id."""
    pattern: str
    status: Literal["forming", "confirmed", "failed", "target"]
    reason: str = ""
    """Why it failed: invalidated, expired, absorbed (another pattern covers the same move) or displaced."""
    direction: Literal["up", "down", "either"]
    """Of the breakout; ``either`` before the breakout of a shape that allows both."""
    symbol: str
    timeframe: Timeframe
    ts_event: SafeInt
    """Close of the bar of this status."""
    ts_init: SafeInt
    price: float
    """Close of that bar."""
    pivots: tuple[Pivot, ...]
    """Oldest first."""
    upper: Line | None = None
    lower: Line | None = None
    quality: float
    """0 to 1: how well shaped it is, as docs/patterns.md defines it for each pattern. It does not predict success."""
    level: float | None = None
    """The price of the broken line at the breakout bar."""
    target: float | None = None
    """The measured target, derived from the shape; not a forecast."""
    invalidation: float | None = None
    """A close beyond it makes the pattern fail."""
    volume_ratio: float | None = None
    """Volume of the breakout bar over the mean of the 20 bars before."""
    source: str = ""
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return f"{self.id}:{self.status}"


def pattern_id(symbol: str, timeframe: str, pattern: str, pivots: Sequence[int]) -> str:
    """The id of a pattern: 128 bits of SHA-256 over its content, as hex. ``pivots``: the close times of their bars.

    >>> pattern_id("AAPL", "1d", "double_top", [1700000000000, 1700086400000, 1700172800000])
    '2d65181788aeb110fc2aebfebc143487'
    """
    text = "|".join((symbol, timeframe, pattern, *map(str, pivots)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
