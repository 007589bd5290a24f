"""Events and table rows as the API returns them. Field names are OpenBB's where it has them; times are RFC 3339 in UTC."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Generic, Literal, TypeVar

import msgspec

from services.gateway.domain import timeframes
from services.gateway.domain.filters import StoredQuality
from services.gateway.domain.service_states import ServiceState
from services.gateway.domain.source_health import SourceHealth
from services.gateway.domain.times import SessionDate, Time, rfc3339, session_date
from shared import events
from shared.topics import QUARANTINE

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """The envelope of every answer."""

    results: list[T]
    provider: str | None
    """Source of the newest result: ``yahoo-stream``, ``yahoo-poll``, ``replay``; ``finstage`` for reference data."""
    warnings: list[str]
    next_page_token: str | None
    """Pass it as ``page_token`` to get the next page; null on the last page."""


class Instrument(msgspec.Struct, frozen=True):
    """An instrument."""

    symbol: str
    name: str
    name_ko: str
    exchange: str
    currency: str
    kind: str
    """index, future, stock, etf, fx or crypto."""
    sector: str
    industries: list[str]
    active: bool


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """The latest price of an instrument. ``change_percent`` is a fraction: 0.05 is 5 %. Null where a value is unknown."""

    symbol: str
    date: Time
    session: SessionDate | None
    """The exchange's session date."""
    last_price: float
    prev_close: float | None
    change: float | None
    change_percent: float | None
    open: float | None
    high: float | None
    low: float | None
    volume: float | None
    year_high: float | None
    year_low: float | None
    source: str
    replayed: bool


class Bar(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A closed bar."""

    date: Time
    """Close of the interval."""
    open_date: Time
    """Start of the interval."""
    session: SessionDate | None
    """The exchange's session date."""
    open: float
    high: float
    low: float
    close: float
    volume: float
    replayed: bool = False
    incomplete: bool = False
    """True for a bar that lacks a finer one, such as a week of which a session has no bar; left out where it is not so."""


class CorporateAction(msgspec.Struct, frozen=True, kw_only=True):
    """A split or a dividend, as the factors of the daily bars say: a value is rounded to six decimals."""

    date: Time
    """Open of the ex-date's session."""
    session: SessionDate | None
    """The ex-date."""
    kind: Literal["split", "dividend"]
    value: float
    """New shares for an old one (4.0 for 4:1), or cash per share before the session, in the instrument's currency."""
    replayed: bool


class Indicators(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All indicators at the close of one bar, on adjusted prices; null where not warmed up."""

    date: Time
    close: float
    values: dict[str, float | None]
    replayed: bool = False


class SignalQuality(events.SignalQuality, frozen=True, kw_only=True, omit_defaults=False):
    """What followed past signals, out of sample, with every field. docs/research.md has the formulas; shares, not per cent."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """A rule fired on a closed bar."""

    id: str
    date: Time
    symbol: str
    timeframe: timeframes.TimeframeName
    rule: str
    rule_version: int
    params: dict[str, float]
    direction: Literal["up", "down"]
    price: float
    level: float | None
    evidence: dict[str, float | None]
    """The values that the rule was evaluated on: ``name`` at this bar, ``name.prev`` one bar before."""
    sequence: str
    """The completed sequence, where ``rule`` is ``sequence``; else empty."""
    quality: SignalQuality | None
    """What followed such signals in the past, out of sample; null: not computed yet."""
    provisional: bool
    source: str
    replayed: bool


class QualityRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What followed past signals of one rule in one direction; docs/research.md has the formulas."""

    id: str
    rule: str
    params: dict[str, float]
    direction: Literal["up", "down"]
    timeframe: timeframes.TimeframeName
    shown: bool
    """Of the horizons of one rule, direction and group this is the one that signals carry."""
    as_of: Time
    """Close of the newest bar that was read."""
    quality: SignalQuality


class ProvisionalSignal(Signal, frozen=True, kw_only=True):
    """A rule held at ``date`` on a bar that was still forming; it may no longer hold when the bar closes."""

    bar_close: Time | None
    """When that bar closes."""


class Pivot(msgspec.Struct, frozen=True):
    """A pivot of a pattern."""

    kind: Literal["high", "low"]
    date: Time
    """Close of its bar."""
    bars: int
    """Number of bars after the first pivot."""
    price: float


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """A chart pattern at its newest status."""

    id: str
    date: Time
    """Close of the bar of this status."""
    symbol: str
    timeframe: timeframes.TimeframeName
    pattern: str
    status: Literal["forming", "confirmed", "failed", "target"]
    reason: str
    """Why it failed: invalidated, expired, absorbed or displaced; else empty."""
    direction: Literal["up", "down", "either"]
    """Direction of the breakout; either: unknown before the breakout."""
    price: float
    pivots: list[Pivot]
    upper: events.Line | None
    """The upper line: ``price`` at the first pivot, plus ``slope`` each bar."""
    lower: events.Line | None
    quality: float
    """0 to 1: how regular the shape is; no measure of success."""
    level: float | None
    target: float | None
    """The measured target, derived from the height of the shape; not a forecast."""
    invalidation: float | None
    volume_ratio: float | None
    source: str
    replayed: bool


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Whether prices arrive and are processed. Null where a value is unknown."""

    ticks_grew: Time | None
    """When new messages were last found in the tick topic: ingest writes prices and heartbeats there."""
    analysis_heard: Time | None
    """When analysis last published anything: a quote, a bar, a row of indicators, a signal, a pattern."""
    waiting: int | None
    """Ticks and heartbeats that analysis has not read yet; null while broker or database do not answer."""
    silent: bool | None
    """True where messages wait and analysis has read and published nothing for 30 s."""
    sources: list[SourceHealth]
    """The connections to a live provider; none while a tape is played."""
    quarantined: int | None
    """Ticks, bars and feeds that were not used as they came, of the last 30 days; null while the broker does not answer."""
    dead_letters: dict[str, int] | None
    """Messages that could not be handled, by their topic; those without any are left out. Null while the broker does not answer."""
    services: list[ServiceState]
    """The services of the mesh: what runs, and how far behind each is."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a page shows of one instrument."""

    instrument: Instrument | None
    """Null while ingest has not stored it."""
    quote: Quote | None
    bars: list[Bar]
    """The newest bars, oldest first."""
    indicators: Indicators | None
    """The newest row."""
    signals: list[Signal]
    """Newest first."""
    patterns: list[Pattern]


def quote(event: events.Quote) -> Quote:
    """The view of a quote."""
    return Quote(
        symbol=event.symbol,
        date=rfc3339(event.ts_event),
        session=session_date(event.session),
        last_price=event.last_price,
        prev_close=event.prev_close,
        change=_difference(event.change, event.last_price),
        change_percent=None if event.change_percent is None else round(event.change_percent, 10),
        open=event.day_open,
        high=event.day_high,
        low=event.day_low,
        volume=event.day_volume,
        year_high=event.year_high,
        year_low=event.year_low,
        source=event.source,
        replayed=event.replayed,
    )


def _difference(change: float | None, price: float) -> float | None:
    """A difference of prices, rounded at the twelfth digit of the price to remove floating-point noise.

    >>> _difference(269.77 - 270.54, 269.77), _difference(118000.12 - 118000.11, 118000.12)
    (-0.77, 0.01)
    """
    if change is None or price == 0 or not math.isfinite(price):
        return change
    return round(change, 11 - math.floor(math.log10(abs(price))))


def bar(event: events.Bar, *, adjusted: bool) -> Bar:
    """The view of a bar, raw or adjusted for splits and dividends."""
    price = event.price_factor if adjusted else 1.0
    shares = event.split_factor if adjusted and event.split_factor > 0 else 1.0
    return Bar(
        date=rfc3339(event.ts_event),
        open_date=rfc3339(event.ts_open),
        session=session_date(event.session),
        open=event.open * price,
        high=event.high * price,
        low=event.low * price,
        close=event.close * price,
        volume=event.volume / shares,
        replayed=event.replayed,
        incomplete=event.incomplete,
    )


def indicators(event: events.IndicatorRow) -> Indicators:
    """The view of a row of indicators."""
    return Indicators(date=rfc3339(event.ts_event), close=event.close, values=event.values, replayed=event.replayed)


def signal(event: events.Signal) -> Signal:
    """The view of a signal."""
    return Signal(
        id=event.id,
        date=rfc3339(event.ts_event),
        symbol=event.symbol,
        timeframe=timeframes.NAME_BY_TIMEFRAME[event.timeframe],
        rule=event.rule,
        rule_version=event.rule_version,
        params=event.params,
        direction=event.direction,
        price=event.price,
        level=event.level,
        evidence=event.evidence,
        sequence=event.sequence,
        quality=None if event.quality is None else _quality(event.quality),
        provisional=event.provisional,
        source=event.source,
        replayed=event.replayed,
    )


def _quality(found: events.SignalQuality) -> SignalQuality:
    return SignalQuality(**msgspec.structs.asdict(found))


def quality_record(row: StoredQuality) -> QualityRecord:
    """The view of a record of past signals."""
    pairs = (part.partition("=") for part in row.params.split(",") if part)
    return QualityRecord(
        id=row.id,
        rule=row.rule,
        params={name: float(value) for name, _, value in pairs},
        direction="up" if row.direction == "up" else "down",
        timeframe=timeframes.NAME_BY_TIMEFRAME[events.Timeframe(row.timeframe)],
        shown=row.shown,
        as_of=rfc3339(row.quality.as_of),
        quality=_quality(row.quality),
    )


def provisional(event: events.Signal) -> ProvisionalSignal:
    """The view of a signal on a forming bar."""
    closes = None if event.bar_close is None else rfc3339(event.bar_close)
    return ProvisionalSignal(**msgspec.structs.asdict(signal(event)), bar_close=closes)


def pattern(event: events.Pattern) -> Pattern:
    """The view of a chart pattern."""
    return Pattern(
        id=event.id,
        date=rfc3339(event.ts_event),
        symbol=event.symbol,
        timeframe=timeframes.NAME_BY_TIMEFRAME[event.timeframe],
        pattern=event.pattern,
        status=event.status,
        reason=event.reason,
        direction=event.direction,
        price=event.price,
        pivots=[Pivot(pivot.kind, rfc3339(pivot.ts_close), pivot.bars, pivot.price) for pivot in event.pivots],
        upper=event.upper,
        lower=event.lower,
        quality=event.quality,
        level=event.level,
        target=event.target,
        invalidation=event.invalidation,
        volume_ratio=event.volume_ratio,
        source=event.source,
        replayed=event.replayed,
    )


def status(
    ticks_grew: int,
    analysis_heard: int,
    waiting: int | None,
    silent: bool | None,
    sources: list[SourceHealth],
    rejected: Mapping[str, int] | None,
    services: list[ServiceState],
) -> Status:
    """The view of the status; a time of 0 is unknown."""
    return Status(
        ticks_grew=rfc3339(ticks_grew) if ticks_grew else None,
        analysis_heard=rfc3339(analysis_heard) if analysis_heard else None,
        waiting=waiting,
        silent=silent,
        sources=sources,
        quarantined=None if rejected is None else rejected.get(QUARANTINE.name),
        dead_letters=None if rejected is None else {name: n for name, n in rejected.items() if n and name != QUARANTINE.name},
        services=services,
    )
