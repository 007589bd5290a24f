"""Every fact that crosses a topic, as frozen structs.

Times are integer milliseconds since the epoch in UTC: ``ts_event`` is when something happened, ``ts_init`` when the mesh learned of
it. Prices are in the instrument's own currency; changes are fractions (0.05 is 5 %). Inside a version only optional fields are ever
added; readers ignore fields that they do not know.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import msgspec


class Timeframe(enum.StrEnum):
    """The length of a bar. A bar is stamped with its close time."""

    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    H1 = "1h"
    D1 = "1d"
    W1 = "1w"


Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""A whole number that every JSON reader keeps exactly; what lies beyond is refused when a message is decoded."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What all events share: the tag ``type`` in the body, the version in the headers."""

    version: ClassVar[int] = 1

    @property
    def event_id(self) -> str:
        """Names this event for ever: the same content gives the same id."""
        raise NotImplementedError(f"{type(self).__name__} has no event_id")


class Tick(Event, frozen=True, kw_only=True, tag="tick", gc=False):
    """A price was seen."""

    symbol: str
    price: float
    """Last price, in the instrument's currency (never in pence or cents)."""
    ts_event: Whole
    ts_init: Whole
    source: str
    """Who said it: ``yahoo-stream``, ``yahoo-poll`` or ``replay``."""
    seq: Whole = 0
    """Gap-free number per symbol within a source that counts (replay, from 1); 0 where the source does not count."""
    size: float = 0.0
    """Volume of this trade. Ignored where ``day_volume`` is given."""
    day_volume: float | None = None
    """Volume of the session so far; the engine takes the differences, so that a lost tick loses no volume."""
    finest: Timeframe = Timeframe.M1
    """The finest timeframe that may be built from this tick: a tape of daily bars says ``1d``."""
    replayed: bool = False
    """True when this is recorded data, played back."""

    @property
    def event_id(self) -> str:
        return f"tick:{self.symbol}:{self.source}:{self.ts_event}:{self.seq}"


class Heartbeat(Event, frozen=True, kw_only=True, tag="heartbeat", gc=False):
    """Event time of an exchange has reached ``ts_event``: every tick before it has been published. Sent to every partition."""

    exchange: str
    ts_event: Whole
    ts_init: Whole
    source: str
    mark: Literal["beat", "session_open", "session_close"] = "beat"
    """``session_close`` carries the calendar's close time, whatever the clock says when it is sent."""
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return f"heartbeat:{self.exchange}:{self.mark}:{self.ts_event}"


class HistoryReady(Event, frozen=True, kw_only=True, tag="history-ready", gc=False):
    """Closed bars of a symbol lie in market.history.v1, same partition, offsets ``first`` to ``last`` inclusive.

    It stands in the log of ticks so that history takes effect at one definite place in the order of things,
    the same after a restart.
    """

    symbol: str
    ts_event: Whole
    """Close time of the newest bar in it."""
    ts_init: Whole
    source: str
    first: Whole
    last: Whole
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return f"history-ready:{self.symbol}:{self.first}:{self.last}"


TickLog = Tick | Heartbeat | HistoryReady


class ProviderBar(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A closed bar as a provider reports it, raw; adjusted price = raw x price_factor, adjusted volume = raw / split_factor."""

    ts_open: Whole
    ts_close: Whole
    open: float
    high: float
    low: float
    close: float
    volume: float
    price_factor: float = 1.0
    """Splits and dividends after this bar, as one factor."""
    split_factor: float = 1.0
    """Splits alone: 0.25 before a 4:1 split."""


class CorporateAction(msgspec.Struct, frozen=True, kw_only=True):
    """A split or a cash dividend."""

    kind: Literal["split", "dividend"]
    ts_event: Whole
    """Open of the ex-date's session."""
    value: float
    """New shares for an old one (4.0 for 4:1), or cash per share in the instrument's currency."""


class History(Event, frozen=True, kw_only=True, tag="history"):
    """A run of closed bars of one timeframe, oldest first, and the corporate actions within it."""

    symbol: str
    exchange: str
    timeframe: Timeframe
    bars: tuple[ProviderBar, ...]
    ts_event: Whole
    """Close of the newest bar."""
    ts_init: Whole
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
    ts_open: Whole
    ts_event: Whole
    """Close of the interval."""
    ts_init: Whole
    session: Whole
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

    @property
    def event_id(self) -> str:
        return f"bar:{self.symbol}:{self.timeframe}:{self.ts_event}"


class Quote(Event, frozen=True, kw_only=True, tag="quote", gc=False):
    """The latest price of an instrument and where it stands. ``None`` where nothing is known yet."""

    symbol: str
    last_price: float
    ts_event: Whole
    ts_init: Whole
    source: str
    prev_close: float | None = None
    """Close of the previous session."""
    change: float | None = None
    change_percent: float | None = None
    """A fraction: 0.05 is 5 %."""
    day_open: float | None = None
    day_high: float | None = None
    day_low: float | None = None
    day_volume: float | None = None
    year_high: float | None = None
    """Highest high of the last 252 daily bars and today."""
    year_low: float | None = None
    session: Whole = 0
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return f"quote:{self.symbol}:{self.ts_event}"


class IndicatorRow(Event, frozen=True, kw_only=True, tag="indicators"):
    """All indicators of one instrument and timeframe at the close of one bar; ``null`` where not warmed up."""

    symbol: str
    timeframe: Timeframe
    ts_event: Whole
    ts_init: Whole
    close: float
    values: dict[str, float | None]
    source: str = ""
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return f"indicators:{self.symbol}:{self.timeframe}:{self.ts_event}"


class SignalQuality(msgspec.Struct, frozen=True, kw_only=True):
    """How this signal did out of sample in the past. Absent until research has computed it; never estimated."""

    n: Whole
    years: float
    horizon_bars: Whole
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
    """``signal_id(...)`` of the fields below: the same input gives the same id, for ever."""
    rule: str
    rule_version: Whole
    params: dict[str, float]
    direction: Literal["up", "down"]
    symbol: str
    timeframe: Timeframe
    ts_event: Whole
    """Close of the bar it fired on."""
    ts_init: Whole
    price: float
    """Close of that bar."""
    level: float | None = None
    """The price or value that was crossed, where the rule has one."""
    evidence: dict[str, float | None]
    """The values it fired on: ``name`` now, ``name.prev`` one bar before."""
    quality: SignalQuality | None = None
    provisional: bool = False
    source: str = ""
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return self.id


def signal_id(
    rule: str, version: int, params: Mapping[str, float], direction: str, symbol: str, timeframe: str, ts_close: int
) -> str:
    """The id of a signal: 128 bits of SHA-256 over its content, as hex.

    >>> signal_id("rsi_oversold", 1, {"period": 14, "level": 30}, "up", "AAPL", "1d", 1700000000000)
    'de7e3da4491a0bde9044f633e7b9fe13'
    """
    wanted = ",".join(f"{name}={params[name]:g}" for name in sorted(params))
    text = "|".join((rule, str(version), wanted, direction, symbol, timeframe, str(ts_close)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Article(Event, frozen=True, kw_only=True, tag="article"):
    """What a feed said, as received. Hostile text: escape before showing."""

    id: str
    feed: str
    url: str
    title: str
    summary: str
    ts_event: Whole
    ts_init: Whole
    language: str = ""
    author: str = ""

    @property
    def event_id(self) -> str:
        return self.id


class Story(Event, frozen=True, kw_only=True, tag="story"):
    """One happening, told by one or more articles."""

    id: str
    title: str
    title_ko: str | None
    excerpt: str
    excerpt_ko: str | None
    url: str
    category: str
    industries: tuple[str, ...]
    symbols: tuple[str, ...]
    articles: tuple[str, ...]
    ts_event: Whole
    ts_init: Whole
    revision: Whole = 1

    @property
    def event_id(self) -> str:
        return f"{self.id}:{self.revision}"


class Universe(msgspec.Struct, frozen=True, kw_only=True):
    """Which instruments and which past a job is about."""

    symbols: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    timeframe: Timeframe = Timeframe.D1
    start: Whole | None = None
    end: Whole | None = None


class RunBacktest(Event, frozen=True, kw_only=True, tag="run-backtest"):
    """Command: test one rule or condition on the past."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    universe: Universe
    entry: str
    exit: str
    cost_bps: float = 5.0
    slippage_bps: float = 5.0
    short: bool = False

    @property
    def event_id(self) -> str:
        return self.job_id


class RunGrid(Event, frozen=True, kw_only=True, tag="run-grid"):
    """Command: test every combination of parameters."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    universe: Universe
    entry: str
    exit: str
    grid: dict[str, tuple[float, ...]]
    cost_bps: float = 5.0
    slippage_bps: float = 5.0

    @property
    def event_id(self) -> str:
        return self.job_id


class DiscoverPatterns(Event, frozen=True, kw_only=True, tag="discover-patterns"):
    """Command: look for sequences of signals that precede moves."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    universe: Universe
    horizon_bars: Whole = 5
    max_length: Whole = 3

    @property
    def event_id(self) -> str:
        return self.job_id


class ExportDataset(Event, frozen=True, kw_only=True, tag="export-dataset"):
    """Command: write bars, indicators and signals as a data set."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    universe: Universe
    columns: tuple[str, ...] = ()

    @property
    def event_id(self) -> str:
        return self.job_id


class JobProgress(Event, frozen=True, kw_only=True, tag="job-progress"):
    """A research job has come this far."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    done: Whole
    total: Whole
    note: str = ""

    @property
    def event_id(self) -> str:
        return f"{self.job_id}:{self.done}"


class JobResult(Event, frozen=True, kw_only=True, tag="job-result"):
    """A research job has ended; ``reference`` says where its result lies."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    outcome: Literal["done", "failed", "cancelled"]
    reference: str | None = None
    error: str | None = None

    @property
    def event_id(self) -> str:
        return f"{self.job_id}:{self.outcome}"


ResearchJob = RunBacktest | RunGrid | DiscoverPatterns | ExportDataset
ResearchReport = JobProgress | JobResult


class Delivery(Event, frozen=True, kw_only=True, tag="delivery"):
    """How one alert fared with one recipient."""

    signal_id: str
    channel: str
    recipient: str
    """An opaque name of the chat: 16 hex digits of a hash, never the chat's own id."""
    outcome: Literal["sent", "unknown", "failed", "expired", "muted"]
    ts_event: Whole
    ts_init: Whole
    tries: Whole
    error: str | None = None

    @property
    def event_id(self) -> str:
        return f"{self.signal_id}:{self.channel}:{self.recipient}:{self.tries}:{self.outcome}"
