"""Prices: ticks, heartbeats, provider history, closed bars and quotes."""

from __future__ import annotations

from typing import Literal

import msgspec

from shared.events.event import Event, SafeInt
from shared.events.timeframe import Timeframe


class Tick(Event, frozen=True, kw_only=True, tag="tick", gc=False):
    """A price was received."""

    symbol: str
    price: float
    """Last price, in the instrument's currency (never in pence or cents)."""
    ts_event: SafeInt
    ts_init: SafeInt
    source: str
    """Where it comes from: ``yahoo-stream``, ``yahoo-poll`` or ``replay``."""
    seq: SafeInt = 0
    """Sequence number per symbol and source, without gaps (replay, from 1); 0 if the source has none."""
    size: float = 0.0
    """Volume of this trade. Ignored if ``day_volume`` is given."""
    day_volume: float | None = None
    """Volume of the session so far; the engine takes differences, so a lost tick loses no volume."""
    finest: Timeframe = Timeframe.M1
    """The finest timeframe that may be built from this tick: ``1d`` for a tape of daily bars."""
    replayed: bool = False
    """True when this is replayed recorded data."""

    @property
    def event_id(self) -> str:
        return f"tick:{self.symbol}:{self.source}:{self.ts_event}:{self.seq}"


class Heartbeat(Event, frozen=True, kw_only=True, tag="heartbeat", gc=False):
    """Event time of an exchange has reached ``ts_event``: every tick before it has been published. Sent to every partition."""

    exchange: str
    ts_event: SafeInt
    ts_init: SafeInt
    source: str
    mark: Literal["beat", "session_open", "session_close"] = "beat"
    """``session_close`` has the calendar's close time as ``ts_event``, whenever it is sent."""
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return f"heartbeat:{self.exchange}:{self.mark}:{self.ts_event}"


class HistoryReady(Event, frozen=True, kw_only=True, tag="history-ready", gc=False):
    """Closed bars of a symbol are in market.history.v1, same partition, offsets ``first`` to ``last`` inclusive.

    It is in the log of ticks so that history takes effect at one definite offset, the same after a restart.
    """

    symbol: str
    ts_event: SafeInt
    """Close time of the newest of these bars."""
    ts_init: SafeInt
    source: str
    first: SafeInt
    last: SafeInt
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return f"history-ready:{self.symbol}:{self.first}:{self.last}"


TickLog = Tick | Heartbeat | HistoryReady


class ProviderBar(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A closed bar as a provider reports it, raw; adjusted price = raw x price_factor, adjusted volume = raw / split_factor."""

    ts_open: SafeInt
    ts_close: SafeInt
    open: float
    high: float
    low: float
    close: float
    volume: float
    price_factor: float = 1.0
    """Splits and dividends after this bar, as one factor."""
    split_factor: float = 1.0
    """Splits alone: 0.25 before a 4:1 split."""
    incomplete: bool = False
    """True for a bar that lacks a finer one, such as a week of which a session has no bar: its prices are those of the others."""


class CorporateAction(msgspec.Struct, frozen=True, kw_only=True):
    """A split or a cash dividend."""

    kind: Literal["split", "dividend"]
    ts_event: SafeInt
    """Open of the ex-date's session."""
    value: float
    """New shares for an old one (4.0 for 4:1), or cash per share in the instrument's currency."""


class History(Event, frozen=True, kw_only=True, tag="history"):
    """A run of closed bars of one timeframe, oldest first, and the corporate actions within it and, in the newest run, after it."""

    symbol: str
    exchange: str
    timeframe: Timeframe
    bars: tuple[ProviderBar, ...]
    ts_event: SafeInt
    """Close of the newest bar."""
    ts_init: SafeInt
    source: str
    reason: Literal["backfill", "repair"] = "backfill"
    actions: tuple[CorporateAction, ...] = ()
    replayed: bool = False

    @property
    def event_id(self) -> str:
        first = self.bars[0].ts_close if self.bars else 0
        return f"history:{self.symbol}:{self.timeframe}:{first}:{self.ts_event}:{self.ts_init}"


class Bar(Event, frozen=True, kw_only=True, tag="bar", gc=False):
    """A closed bar, raw, built by the engine. Final: it is published once and never changed."""

    symbol: str
    timeframe: Timeframe
    ts_open: SafeInt
    ts_event: SafeInt
    """Close of the interval."""
    ts_init: SafeInt
    session: SafeInt
    """The exchange's session date as yyyymmdd."""
    open: float
    high: float
    low: float
    close: float
    volume: float
    price_factor: float = 1.0
    split_factor: float = 1.0
    source: str = ""
    replayed: bool = False
    incomplete: bool = False
    """True for a bar that lacks a finer one, such as a week of which a session has no bar: its prices are those of the others."""

    @property
    def event_id(self) -> str:
        return f"bar:{self.symbol}:{self.timeframe}:{self.ts_event}"


class Quote(Event, frozen=True, kw_only=True, tag="quote", gc=False):
    """The latest price of an instrument, with its change and ranges. Unknown values are ``None``."""

    symbol: str
    last_price: float
    ts_event: SafeInt
    ts_init: SafeInt
    source: str
    prev_close: float | None = None
    """Close of the previous session."""
    change: float | None = None
    change_percent: float | None = None
    """A fraction: 0.05 is 5 %. None too where the previous close is not above 0."""
    day_open: float | None = None
    day_high: float | None = None
    day_low: float | None = None
    day_volume: float | None = None
    year_high: float | None = None
    """Highest high of the last 252 daily bars, adjusted, and today."""
    year_low: float | None = None
    session: SafeInt = 0
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return f"quote:{self.symbol}:{self.ts_event}"
