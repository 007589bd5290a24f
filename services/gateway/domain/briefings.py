"""Briefings as the API returns them: those for everyone, one for each market, session, kind and language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

import msgspec

from services.gateway.domain.calendar_models import DateParameter
from services.gateway.domain.page_tokens import parse_page_token
from services.gateway.domain.parameter_types import PageToken, Slug
from services.gateway.domain.times import SessionDate, Time, rfc3339, session_date
from shared import briefings
from shared.briefings import BriefingGroup, BriefingMove, BriefingStory


class BriefingsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which briefings, newest first."""

    market: Slug | None = None
    kind: Literal["daily", "weekly"] | None = None
    language: Literal["en", "ko"] | None = None
    date: DateParameter | None = None
    """The session; of a weekly briefing the last one of the week."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=100, description="At most this many results.")] = 20
    page_token: PageToken | None = None


@dataclass(frozen=True)
class BriefingsFilter:
    """Which briefings; None matches everything. ``before``: the (day, id) of the last one on the previous page."""

    limit: int
    market: str | None = None
    kind: str | None = None
    language: str | None = None
    day: int | None = None
    before: tuple[int, str] | None = None


class FiredSignal(msgspec.Struct, frozen=True, kw_only=True):
    """A signal of the period."""

    id: str
    symbol: str
    name: str
    rule: str
    direction: str
    timeframe: str
    date: Time
    validated: bool
    """Whether its record is validated."""
    record: str
    """Its out-of-sample record as a sentence."""


class SignalOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a signal."""

    id: str
    symbol: str
    name: str
    rule: str
    direction: str
    date: Time
    move: float
    """From the open of the next session to the last close, whatever the direction of the signal."""


class SignalOutcomes(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the signals of the seven days before the period."""

    signals: int
    known: int
    """Those with a stored open after them."""
    favourable: int
    """Of the known ones, those whose move has the direction of the signal."""
    mean_move: float | None
    """Mean of the moves in the direction of the signal."""
    newest: list[SignalOutcome]


class NextSession(msgspec.Struct, frozen=True, kw_only=True):
    """The next session of exchanges that trade at the same hours."""

    exchanges: tuple[str, ...]
    date: SessionDate | None
    open: Time
    close: Time
    early: bool
    """Whether it is shorter than usual."""


class Holiday(msgspec.Struct, frozen=True, kw_only=True):
    """A coming weekday without a session."""

    exchanges: tuple[str, ...]
    date: SessionDate | None


class BriefingView(msgspec.Struct, frozen=True, kw_only=True):
    """What a market did in a session or a week. Moves are fractions: 0.05 is 5 %. Null where a value is unknown."""

    id: str
    kind: Literal["daily", "weekly"]
    market: str
    market_name: str
    date: SessionDate | None
    """The session; of a weekly briefing the last one of the week."""
    since: Time
    """The last close before the period."""
    until: Time
    """The close of the session."""
    language: str
    text: str
    """All of it in words. Times are those of Seoul in Korean, and UTC in English."""
    picture: str | None
    """The path of its picture, a PNG; null where there is none."""
    indices: tuple[BriefingMove, ...]
    breadth: BriefingGroup
    industries: tuple[BriefingGroup, ...]
    """Those with the largest median moves."""
    signals: int
    newest_signals: list[FiredSignal]
    """Validated records first, then the newest."""
    outcomes: SignalOutcomes
    stories: tuple[BriefingStory, ...]
    sessions: list[NextSession]
    holidays: list[Holiday]
    replayed: bool


@dataclass(frozen=True)
class StoredBriefing:
    """A briefing with its id, and whether it has a picture."""

    id: str
    content: briefings.Briefing
    has_picture: bool


class BriefingStore(Protocol):
    """Reads stored briefings for everyone. All raise TransientError."""

    async def newest(self, filter_: BriefingsFilter) -> list[StoredBriefing]: ...

    async def one(self, briefing_id: str) -> StoredBriefing | None: ...

    async def picture(self, briefing_id: str) -> bytes | None: ...


def briefings_filter(query: BriefingsQuery) -> BriefingsFilter:
    """The filter of a query; one more briefing is asked for than the page holds. Raises RequestError: the page token."""
    before = parse_page_token("g", query.page_token, int, str) if query.page_token is not None else None
    return BriefingsFilter(
        query.limit + 1,
        query.market,
        query.kind,
        query.language,
        None if query.date is None else _number(query.date),
        (before[0], before[1]) if before else None,
    )


def briefing_view(stored: StoredBriefing) -> BriefingView:
    """The view of a briefing."""
    of = stored.content
    return BriefingView(
        id=stored.id,
        kind=of.kind,
        market=of.market,
        market_name=of.market_name,
        date=session_date(of.day),
        since=rfc3339(of.since),
        until=rfc3339(of.until),
        language=of.language,
        text=of.text,
        picture=f"/v1/briefings/{stored.id}/picture" if stored.has_picture else None,
        indices=of.indices,
        breadth=of.breadth,
        industries=of.industries,
        signals=of.signals,
        newest_signals=[
            FiredSignal(
                id=each.id,
                symbol=each.symbol,
                name=each.name,
                rule=each.rule,
                direction=each.direction,
                timeframe=each.timeframe,
                date=rfc3339(each.ts_event),
                validated=each.validated,
                record=each.record,
            )
            for each in of.newest_signals
        ],
        outcomes=_outcomes(of.outcomes),
        stories=of.stories,
        sessions=[
            NextSession(
                exchanges=each.exchanges,
                date=session_date(each.day),
                open=rfc3339(each.open),
                close=rfc3339(each.close),
                early=each.early,
            )
            for each in of.sessions
        ],
        holidays=[Holiday(exchanges=each.exchanges, date=session_date(each.day)) for each in of.holidays],
        replayed=of.replayed,
    )


def _outcomes(of: briefings.BriefingOutcomes) -> SignalOutcomes:
    return SignalOutcomes(
        signals=of.signals,
        known=of.known,
        favourable=of.favourable,
        mean_move=of.mean_move,
        newest=[
            SignalOutcome(
                id=each.id,
                symbol=each.symbol,
                name=each.name,
                rule=each.rule,
                direction=each.direction,
                date=rfc3339(each.ts_event),
                move=each.move,
            )
            for each in of.newest
        ],
    )


def _number(date: dt.date) -> int:
    return date.year * 10_000 + date.month * 100 + date.day
