"""Industries and markets as the API returns them."""

from __future__ import annotations

from typing import Literal

import msgspec

from services.gateway.domain.times import SessionDate, Time, rfc3339, session_date
from shared import events


class Industry(msgspec.Struct, frozen=True):
    """A named group of instruments."""

    industry: str
    """The name in URLs and subscriptions: ``industry:semiconductors``."""
    name: str
    name_ko: str
    instruments: int
    """Number of its instruments; of a market, the number of members of its view."""
    kind: Literal["industry", "market"] = "industry"
    """A ``market`` (``us``, ``all``) has a view and is not a filter of other resources."""
    view: View | None = None
    """Breadth and moves of today; null before its first quote."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Breadth and moves of an industry or a market. Fractions: 0.05 is 5 %. Null where a value is unknown."""

    date: Time
    session: SessionDate | None
    """Newest session date among its members' quotes; the exchanges may be on different dates."""
    advances: int
    declines: int
    unchanged: int
    missing: int
    """Members that have not traded today; they do not count as unchanged."""
    median_move: float | None
    """Median of the members' moves against their previous session's close."""
    above_sma_50: float | None
    """Share of the members above their daily SMA 50."""
    sma_50_of: int
    """Denominator of the share: members that traded today and have an SMA 50."""
    above_sma_200: float | None
    sma_200_of: int
    leaders: tuple[events.Mover, ...]
    laggards: tuple[events.Mover, ...]
    signals_up: int
    signals_down: int
    signals_by_rule: tuple[events.RuleCount, ...]
    source: str
    replayed: bool


class Strength(msgspec.Struct, frozen=True, kw_only=True):
    """Relative strength over the last 20, 63 and 126 sessions: (1 + own return) / (1 + return of the others) - 1."""

    over_20: float | None
    over_63: float | None
    over_126: float | None


class Comovement(msgspec.Struct, frozen=True, kw_only=True):
    """Beta and correlation of daily moves with the benchmark's over the last 63 and 126 sessions; null where unknown."""

    beta_63: float | None
    beta_126: float | None
    correlation_63: float | None
    correlation_126: float | None


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One member of an industry or a market."""

    symbol: str
    session: SessionDate | None
    last_price: float | None
    move: float | None
    """Move against the previous close; null where it has not traded today."""
    above_sma_50: bool | None
    above_sma_200: bool | None
    against_industry: Strength
    """Against the other members with equal weights; all null in a market."""
    benchmark: str | None
    """The index behind ``against_market`` and ``with_market``."""
    against_market: Strength
    with_market: Comovement


class IndustryWithMembers(Industry, frozen=True, kw_only=True):
    """An industry or a market with its members."""

    members: tuple[Member, ...]


def with_view(known: Industry, event: events.IndustryView | None) -> Industry:
    """The industry as the list of industries returns it."""
    if event is None:
        return known
    count = known.instruments if known.kind == "industry" else len(event.members)
    return Industry(known.industry, known.name, known.name_ko, count, known.kind, view(event))


def with_members(known: Industry, event: events.IndustryView | None) -> IndustryWithMembers:
    """The industry with its view and members."""
    shown = with_view(known, event)
    members = () if event is None else tuple(map(_member, event.members))
    return IndustryWithMembers(**msgspec.structs.asdict(shown), members=members)


def industry_of_view(event: events.IndustryView) -> Industry:
    """An industry that is not in the tables yet, from the names in its view."""
    return Industry(event.industry, event.name_en, event.name_ko, len(event.members), event.kind)


def view(event: events.IndustryView) -> View:
    """The view with times and sessions in the API's form."""
    return View(
        date=rfc3339(event.ts_event),
        session=session_date(event.session),
        advances=event.advances,
        declines=event.declines,
        unchanged=event.unchanged,
        missing=event.missing,
        median_move=event.median_move,
        above_sma_50=event.above_sma_50,
        sma_50_of=event.sma_50_of,
        above_sma_200=event.above_sma_200,
        sma_200_of=event.sma_200_of,
        leaders=event.leaders,
        laggards=event.laggards,
        signals_up=event.signals_up,
        signals_down=event.signals_down,
        signals_by_rule=event.signals_by_rule,
        source=event.source,
        replayed=event.replayed,
    )


def _member(member: events.IndustryMember) -> Member:
    return Member(
        symbol=member.symbol,
        session=session_date(member.session),
        last_price=member.last_price,
        move=member.move,
        above_sma_50=member.above_sma_50,
        above_sma_200=member.above_sma_200,
        against_industry=_strength(member.against_industry),
        benchmark=member.benchmark or None,
        against_market=_strength(member.against_market),
        with_market=Comovement(**msgspec.structs.asdict(member.with_market or events.Comovement())),
    )


def _strength(found: events.RelativeStrength | None) -> Strength:
    known = found or events.RelativeStrength()
    return Strength(over_20=known.over_20, over_63=known.over_63, over_126=known.over_126)
