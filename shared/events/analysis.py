"""Events of analysis: indicator rows and signals."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal

import msgspec

from shared.events.event import Event, SafeInt
from shared.events.timeframe import Timeframe


class IndicatorRow(Event, frozen=True, kw_only=True, tag="indicators"):
    """All indicators of one instrument and timeframe at the close of one bar; ``null`` where not warmed up."""

    symbol: str
    timeframe: Timeframe
    ts_event: SafeInt
    ts_init: SafeInt
    close: float
    values: dict[str, float | None]
    source: str = ""
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return f"indicators:{self.symbol}:{self.timeframe}:{self.ts_event}"


class SignalQuality(msgspec.Struct, frozen=True, kw_only=True):
    """The past out-of-sample performance of such signals. Absent until it has been computed; never estimated."""

    n: SafeInt
    years: float
    horizon_bars: SafeInt
    win_rate: float
    win_rate_low: float
    win_rate_high: float
    mean_return: float
    worst: float
    base_rate: float
    q_value: float
    validated: bool


class Signal(Event, frozen=True, kw_only=True, tag="signal"):
    """A rule fired on a closed bar."""

    id: str
    """``signal_id(...)`` of the fields below: deterministic and permanent."""
    rule: str
    rule_version: SafeInt
    params: dict[str, float]
    direction: Literal["up", "down"]
    symbol: str
    timeframe: Timeframe
    ts_event: SafeInt
    """Close of the bar it fired on; see ``provisional``."""
    ts_init: SafeInt
    price: float
    """Close of that bar."""
    level: float | None = None
    """The price or value that was crossed, if the rule has one."""
    evidence: dict[str, float | None]
    """The values that triggered it: ``name`` at this bar, ``name.prev`` one bar before."""
    quality: SignalQuality | None = None
    condition: str = ""
    """The normal form of the user's condition that held, if ``rule`` is ``condition``; only its owners get an alert."""
    sequence: str = ""
    """The normal form of the sequence that this signal completes, if ``rule`` is ``sequence``."""
    provisional: bool = False
    """True when the rule held on a forming bar: it may not hold when the bar closes. ``ts_event`` is then the close of the minute
    inside the bar at which it held."""
    bar_close: SafeInt | None = None
    """When the forming bar of a provisional signal closes."""
    source: str = ""
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return self.id


def signal_id(
    rule: str,
    version: int,
    params: Mapping[str, float],
    direction: str,
    symbol: str,
    timeframe: str,
    ts_close: int,
    *,
    provisional: bool = False,
) -> str:
    """The id of a signal: 128 bits of SHA-256 over its content, as hex. A bar's provisional and its final signal differ in id.

    >>> signal_id("rsi_oversold", 1, {"period": 14, "level": 30}, "up", "AAPL", "1d", 1700000000000)
    'de7e3da4491a0bde9044f633e7b9fe13'
    """
    wanted = ",".join(f"{name}={params[name]:g}" for name in sorted(params))
    text = "|".join((rule, str(version), wanted, direction, symbol, timeframe, str(ts_close), *(["provisional"] * provisional)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
