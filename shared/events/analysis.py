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


class SignalQuality(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What followed such signals in the past, out of sample. Absent until it has been computed; never estimated. In shares.

    Returns are those of a position in the signal's direction from the next open, after costs (docs/research.md).
    """

    n: SafeInt
    """Signals."""
    years: float
    """From the first of them to ``as_of``."""
    horizon_bars: SafeInt
    """Bars that the position is held."""
    win_rate: float
    """Share of the signals that gained."""
    win_rate_low: float
    """Wilson interval (95 %) by the effective number of signals, likewise ``win_rate_high``."""
    win_rate_high: float
    mean_return: float
    worst: float
    """Lowest return."""
    base_rate: float
    """Mean return of any bar of the same instruments and years."""
    q_value: float
    """Expected share of false discoveries among all keys with a value as low; 1 without a test."""
    validated: bool
    """The mean return is above the base rate beyond chance (q < 0.10, at least 30 effective signals), and the newest yearly
    decision follows such signals. The figures are then those of the followed signals; otherwise of all after the first decision."""
    dates: SafeInt = 0
    """Dates with such a signal."""
    effective_n: SafeInt = 0
    """Signals whose windows do not overlap; those of one date count once."""
    level: Literal["instrument", "industry", "all"] = "all"
    """Whose signals these are: the most specific with at least 30 effective signals."""
    group: str = ""
    """The symbol or the industry; ``*`` for all."""
    mean_low: float | None = None
    """Block bootstrap interval (95 %) of the mean; null where it was not computed, likewise ``mean_high``."""
    mean_high: float | None = None
    adverse: float | None = None
    """Mean of the furthest moves against the position."""
    worst_adverse: float | None = None
    tried: SafeInt = 0
    """Tests that the q-values were computed over."""
    last_year_n: SafeInt = 0
    """Signals of the newest 365 days."""
    last_year_mean: float | None = None
    as_of: SafeInt = 0
    """Close of the newest bar that was read."""


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
    """The newest record of such signals when this one was published. Two copies of one signal may differ in it."""
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
    text = "|".join(
        (rule, str(version), parameters_text(params), direction, symbol, timeframe, str(ts_close), *(["provisional"] * provisional))
    )
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def parameters_text(params: Mapping[str, float]) -> str:
    """The parameters of a rule as one text, in the order of their names.

    >>> parameters_text({"slow": 200.0, "fast": 50.0})
    'fast=50,slow=200'
    """
    return ",".join(f"{name}={params[name]:g}" for name in sorted(params))
