"""Builds the briefing of an audience from what is stored about a market."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.notifier.domain.briefings.closing import first_day, holidays, next_sessions
from services.notifier.domain.briefings.fired import Named, newest_signals, outcomes
from services.notifier.domain.briefings.moves import Bars, group, is_complete, moved
from services.notifier.domain.briefings.universe import Market, Universe
from services.notifier.domain.instruments import InstrumentIndex
from services.notifier.domain.preferences import DEFAULT_ZONES, zone_of
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import display_name
from shared.briefings import Briefing, BriefingGroup, BriefingMove, BriefingReaction, BriefingStory, Kind
from shared.calendars import Sessions
from shared.events import Signal, Story

INDUSTRIES: Final = 10
WATCHED: Final = 30
STORIES: Final = 5


class Audience(NamedTuple):
    """Whom a briefing is for: all with the same language, zone, watchlist and industries in the market."""

    language: str
    zone: str
    symbols: tuple[str, ...] = ()
    """In alphabetical order, as the industries."""
    industries: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Names it in the table; empty for those who chose nothing, in the usual zone of the language."""
        if not self.symbols and not self.industries and self.zone == DEFAULT_ZONES[self.language]:
            return ""
        return hashlib.sha256(repr(tuple(self)).encode()).hexdigest()[:32]


def audience_of(chat: Chat, market: Market, universe: Universe, symbols: Collection[str], industries: Collection[str]) -> Audience:
    """The audience that a chat belongs to. ``symbols`` and ``industries``: what it watches anywhere."""
    zone, held = zone_of(chat).key, set(universe.symbols(market))
    if chat.watch_all:
        return Audience(chat.language, zone)
    mine = (slug for slug in industries if universe.members.get(slug, frozenset()) & held)
    return Audience(chat.language, zone, tuple(sorted(held.intersection(symbols))), tuple(sorted(mine)))


def chosen_markets(chat: Chat, universe: Universe, symbols: Collection[str], industries: Collection[str]) -> list[Market]:
    """The markets of a chat's briefings: those that it chose, else those of what it watches."""
    chosen = set(chat.briefing_markets.split(","))
    found = [market for market in universe.briefed() if market.slug in chosen]
    return found or (universe.main_markets() if chat.watch_all else universe.markets_of(symbols, industries))


def everyone(language: str) -> Audience:
    """The audience of the briefings that anyone may read."""
    return Audience(language, DEFAULT_ZONES[language])


@dataclass(frozen=True)
class MarketPeriod:
    """All that is stored about a market and a period."""

    kind: Kind
    market: Market
    universe: Universe
    day: int
    since: int
    until: int
    bars: Bars
    """Of all instruments of the market, with the three weeks before the period."""
    index_closes: tuple[float, ...]
    signals: Sequence[Signal]
    """Of the period."""
    earlier: Sequence[Signal]
    """Of the seven days before it."""
    stories: Sequence[Story]
    """Of the period, the most important first."""
    calendars: Sequence[Sessions]

    @property
    def replayed(self) -> bool:
        """Whether any of its newest bars is replayed recorded data."""
        return any(bar.replayed for bars in self.bars.values() for bar in bars[-1:])

    @property
    def complete(self) -> bool:
        """Whether most instruments that traded before have a bar of the session."""
        symbols = self.universe.counted(self.bars) or sorted(self.bars)
        return is_complete(symbols, self.bars, first_day(self.kind, self.day), self.day)


def briefing_id(period: MarketPeriod, audience: Audience) -> str:
    """The permanent id of a briefing."""
    return stable_id("briefing", period.kind, period.market.slug, period.day, *audience)


def stable_id(*parts: object) -> str:
    """128 bits of SHA-256 over the parts, as hex."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class MeasuredPeriod:
    """A period with the moves of its instruments and industries, which all audiences of a language share."""

    period: MarketPeriod
    language: str
    named: Named
    moves: Mapping[str, BriefingMove]
    """Of the instruments that traded."""
    breadth: BriefingGroup
    industries: Sequence[BriefingGroup]
    """Those with members that moved, the largest median moves first."""


def measured(period: MarketPeriod, language: str, index: InstrumentIndex) -> MeasuredPeriod:
    """The period measured, with names in a language."""

    def named(symbol: str) -> str:
        return display_name(index.get(symbol), language)

    first, universe = first_day(period.kind, period.day), period.universe
    found = ((symbol, moved(symbol, named(symbol), bars, first, period.day)) for symbol, bars in period.bars.items())
    moves = {symbol: move for symbol, move in found if move is not None}
    breadth = group(period.market.slug, period.market.names.of(language), universe.counted(period.bars), moves)
    groups = [
        group(
            slug, names.of(language) or slug, universe.counted(universe.members.get(slug, frozenset()) & period.bars.keys()), moves
        )
        for slug, names in universe.industries.items()
    ]
    known = sorted(
        (each for each in groups if each.median_move is not None), key=lambda each: (-abs(each.median_move or 0), each.slug)
    )
    return MeasuredPeriod(period, language, named, moves, breadth, known)


def built(of: MeasuredPeriod, audience: Audience) -> Briefing:
    """The briefing, without its text. Unknown values are left out or None. The audience has the language of the period."""
    period, named, moves = of.period, of.named, of.moves
    own = set(audience.symbols)
    shown = own.union(*(period.universe.members.get(slug, frozenset()) for slug in audience.industries)) or set(period.bars)
    signals = [each for each in period.signals if each.symbol in shown]
    watched = sorted((moves[symbol] for symbol in own if symbol in moves), key=lambda each: (-abs(each.move or 0), each.symbol))
    return Briefing(
        kind=period.kind,
        market=period.market.slug,
        market_name=period.market.names.of(of.language),
        day=period.day,
        since=period.since,
        until=period.until,
        language=of.language,
        zone=audience.zone,
        indices=tuple(moves[symbol] for symbol in period.market.benchmarks if symbol in moves),
        breadth=of.breadth,
        industries=tuple(each for each in of.industries if not audience.industries or each.slug in audience.industries)[
            :INDUSTRIES
        ],
        watched=tuple(watched[:WATCHED]),
        signals=len(signals),
        newest_signals=newest_signals(signals, named, of.language),
        outcomes=outcomes([each for each in period.earlier if each.symbol in shown], period.bars, period.day, named),
        stories=_stories(period, audience, shown, named),
        sessions=next_sessions(period.calendars, period.day),
        holidays=holidays(period.calendars, period.day, period.kind),
        replayed=period.replayed,
        index_closes=period.index_closes,
        industry_moves=tuple((each.name, each.median_move or 0.0) for each in of.industries[:INDUSTRIES]),
    )


def _stories(period: MarketPeriod, audience: Audience, shown: set[str], named: Named) -> tuple[BriefingStory, ...]:
    wanted = set(audience.industries) or (set() if audience.symbols else set(period.universe.industries))
    found = [
        story
        for story in period.stories
        if any(link.name in shown for link in story.instruments) or any(link.name in wanted for link in story.industries)
    ]
    return tuple(_story(story, audience.language, shown, named) for story in found[:STORIES])


def _story(story: Story, language: str, shown: set[str], named: Named) -> BriefingStory:
    known = [each for each in story.reactions if each.symbol in shown and (each.hour is not None or each.day is not None)]
    return BriefingStory(
        id=story.id,
        title=(story.title_ko if language == "ko" else None) or story.title,
        url=story.articles[0].url if story.articles else "",
        publishers=len({article.publisher for article in story.articles}),
        importance=story.importance,
        reactions=tuple(
            BriefingReaction(symbol=each.symbol, name=named(each.symbol), hour=each.hour, day=each.day) for each in known
        ),
    )
