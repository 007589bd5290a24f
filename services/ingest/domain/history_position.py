"""How far a symbol's history has been published, what to request next, and which bars of a response are published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from services.ingest.domain.gaps import MissingRange, expected_closes
from services.ingest.domain.source import MAX_BARS
from shared.calendars import Sessions
from shared.events import CorporateAction, History, ProviderBar, Timeframe

DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000

DEPTH_MS: Final = MappingProxyType(
    {
        Timeframe.D1: 3_653 * DAY_MS,
        Timeframe.H1: 730 * DAY_MS - HOUR_MS,
        Timeframe.M15: 60 * DAY_MS - HOUR_MS,
        Timeframe.M5: 60 * DAY_MS - HOUR_MS,
        Timeframe.M1: 8 * DAY_MS - HOUR_MS,
    }
)
"""How far back history is requested: ten years of days; for the others Yahoo's limit less an hour, in case the clocks differ."""
BUILT: Final = MappingProxyType(
    {base: tuple(each for each in Timeframe if each not in DEPTH_MS and each.built_from is base) for base in DEPTH_MS}
)
"""Requested timeframe -> the timeframes that are built from its bars, since they are not requested."""
INTRADAY: Final = tuple(timeframe for timeframe in DEPTH_MS if timeframe.row.length_ms)
"""In the order of the requests: the timeframes that signals need most come first."""
MAX_TRIES: Final = 2
"""A gap that remains after this many responses is accepted: there was no trade."""
RECENT: Final = 10
"""This many of the newest daily bars (two weeks) are compared with later responses of the provider."""
PRICE_REVISED: Final = 1e-4
"""A price that changed by more than this fraction has been revised; less is rounding."""
VOLUME_REVISED: Final = 0.02
"""The same for volume: providers add late trades for days."""
OUTDATED: Final = "outdated"
"""Fingerprint of history that was stamped with other session hours, or lacks the bars of a built timeframe. No corporate actions
have this fingerprint."""
MAX_GAPS: Final = 20
"""More gaps than this are merged into fewer, longer ones."""


class Gap(msgspec.Struct, frozen=True, array_like=True):
    """Bars that the calendar expects from ``first`` to ``last`` (close times) and that the provider has not delivered so far."""

    first: int
    last: int
    tries: int = 0


class PublishedBar(msgspec.Struct, frozen=True, array_like=True):
    """A daily bar as it was published, raw."""

    ts_close: int
    open: float
    high: float
    low: float
    close: float
    volume: float


class HistoryPosition(msgspec.Struct, frozen=True, kw_only=True):
    """How far one symbol and timeframe has been published; stored as JSON."""

    until: int = 0
    """Close time of the newest published bar; 0 before the first."""
    fingerprint: str = ""
    """Fingerprint of the corporate actions in its factors."""
    gaps: tuple[Gap, ...] = ()
    recent: tuple[PublishedBar, ...] = ()
    """The newest published daily bars. If the provider revises one, it is published again."""
    hours: str = ""
    """Digest of the calendar corrections up to ``until`` with which the bars were stamped."""
    built: tuple[str, ...] = ()
    """The timeframes that were built from these bars and published with them."""


def read_position(text: str | None) -> HistoryPosition:
    """Read a stored position. An unreadable one is treated as missing: history is published again, which is harmless to
    consumers.

    >>> read_position('{"until":5,"gaps":[[1,2,1]]}').gaps
    (Gap(first=1, last=2, tries=1),)
    >>> read_position("nonsense").until
    0
    """
    try:
        return msgspec.json.decode(text or "{}", type=HistoryPosition)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return HistoryPosition()


def write_position(position: HistoryPosition) -> str:
    """The position as JSON."""
    return msgspec.json.encode(position).decode()


def brought_up_to_date(position: HistoryPosition, timeframe: Timeframe, hours: str) -> HistoryPosition:
    """The position with the current digest ``hours`` and built timeframes; if one has changed, history will be published again."""
    built = tuple(each.value for each in BUILT[timeframe])
    if (position.hours, position.built) == (hours, built):
        return position
    return msgspec.structs.replace(position, fingerprint=OUTDATED, recent=(), hours=hours, built=built)


def recent_bars(bars: Sequence[ProviderBar]) -> tuple[PublishedBar, ...]:
    """The newest daily bars, to be stored in the position."""
    return tuple(PublishedBar(bar.ts_close, bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in bars[-RECENT:])


def revised_bars(position: HistoryPosition, bars: Sequence[ProviderBar]) -> tuple[tuple[PublishedBar, ProviderBar], ...]:
    """Bars that the provider has revised: as published before, and as delivered now."""
    known = {each.ts_close: each for each in position.recent}
    return tuple((known[bar.ts_close], bar) for bar in bars if bar.ts_close in known and _differs(known[bar.ts_close], bar))


def _differs(before: PublishedBar, now: ProviderBar) -> bool:
    prices = ((before.open, now.open), (before.high, now.high), (before.low, now.low), (before.close, now.close))
    return any(abs(new / old - 1.0) > PRICE_REVISED for old, new in prices) or abs(
        now.volume - before.volume
    ) > VOLUME_REVISED * max(before.volume, now.volume)


def request_from(position: HistoryPosition, timeframe: Timeframe, fingerprint: str, now: int) -> int:
    """First millisecond to request: the whole depth at first and after a change of factors, else from the first new or missing
    bar.
    """
    earliest = now - DEPTH_MS[timeframe]
    if not position.until or position.fingerprint != fingerprint:
        return earliest
    first_missing = [gap.first for gap in position.gaps if gap.tries < MAX_TRIES]
    return max(earliest, min([position.until, *first_missing]) - DAY_MS)


def is_up_to_date(position: HistoryPosition, timeframe: Timeframe, fingerprint: str, sessions: Sessions, final_until: int) -> bool:
    """True if every bar that can exist by now has been published with these factors and no gap needs another request."""
    if not position.until or position.fingerprint != fingerprint or any(gap.tries < MAX_TRIES for gap in position.gaps):
        return False
    return not len(expected_closes(sessions, timeframe, position.until + 1, final_until))


def fresh_bars(position: HistoryPosition, fingerprint: str, bars: Sequence[ProviderBar]) -> tuple[ProviderBar, ...]:
    """Those of ``bars`` that have not been published with these factors yet: newer ones, ones that fill a gap, and
    ones that the provider has revised.
    """
    if position.fingerprint != fingerprint:
        return tuple(bars)
    revised_closes = {bar.ts_close for _, bar in revised_bars(position, bars)}
    return tuple(
        bar
        for bar in bars
        if bar.ts_close > position.until
        or bar.ts_close in revised_closes
        or any(gap.first <= bar.ts_close <= gap.last for gap in position.gaps)
    )


def reason_for(position: HistoryPosition, bars: Sequence[ProviderBar]) -> Literal["backfill", "repair"]:
    """``repair`` if bars are published that are older than the newest published one."""
    return "repair" if bars and bars[0].ts_close <= position.until else "backfill"


def advance_position(
    position: HistoryPosition, fingerprint: str, newest: int, requested_from: int, missing: Iterable[MissingRange]
) -> HistoryPosition:
    """The position after everything that was read has been published; a gap that was requested again has one more try."""
    kept = [gap for gap in position.gaps if gap.last < requested_from]
    tries = {
        run: max((gap.tries for gap in position.gaps if gap.first <= run[1] and run[0] <= gap.last), default=0) for run in missing
    }
    gaps = [*kept, *(Gap(first, last, tries[first, last] + 1) for first, last in tries)]
    return HistoryPosition(
        until=max(position.until, newest),
        fingerprint=fingerprint,
        gaps=_merged(sorted(gaps, key=lambda gap: gap.first)),
        hours=position.hours,
        built=position.built,
    )


def _merged(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """At most ``MAX_GAPS``: adjacent gaps are merged and keep the largest number of tries among them."""
    size = -(-len(gaps) // MAX_GAPS) or 1
    groups = [gaps[i : i + size] for i in range(0, len(gaps), size)]
    return tuple(Gap(group[0].first, max(gap.last for gap in group), max(gap.tries for gap in group)) for group in groups)


def history_messages(
    symbol: str,
    exchange: str,
    timeframe: Timeframe,
    bars: Sequence[ProviderBar],
    actions: Sequence[CorporateAction],
    ts_init: int,
    source: str,
    reason: Literal["backfill", "repair"],
) -> Iterator[History]:
    """Messages of at most ``MAX_BARS`` bars; each carries the actions between the bar before its first and its last.

    The last one carries those after it too: an action takes effect at an open, before its session has a closed bar.
    """
    before = bars[0].ts_open - 1 if bars else 0
    for first in range(0, len(bars), MAX_BARS):
        run = tuple(bars[first : first + MAX_BARS])
        upto = run[-1].ts_close
        ends = upto if first + MAX_BARS < len(bars) else 2**62
        yield History(
            symbol=symbol,
            exchange=exchange,
            timeframe=timeframe,
            bars=run,
            ts_event=upto,
            ts_init=ts_init,
            source=source,
            reason=reason,
            actions=tuple(action for action in actions if before < action.ts_event <= ends),
        )
        before = upto
