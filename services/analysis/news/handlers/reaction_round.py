"""Fills in what linked instruments did after a story, as bars are stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

import msgspec
import structlog

from services.analysis.news.domain.reactions import Close, Moves, mean, move, next_due
from services.analysis.news.domain.stored import StoredStory, StoryStore
from services.analysis.news.domain.stories import with_reactions
from services.analysis.news.handlers import metrics
from services.analysis.news.handlers.story_publisher import StoryPublisher
from shared.events import Reaction

log: Final = structlog.get_logger("analysis.news")
AT_A_TIME: Final = 50


class Closes(Protocol):
    """Closes of stored bars; all methods raise ``TransientError``."""

    async def event_time(self) -> int: ...

    async def last(self, symbol: str, at: int, since: int | None = None, daily: bool = False) -> Close | None: ...

    async def an_hour_after(self, symbol: str, at: int) -> Close | None: ...

    async def a_day_after(self, symbol: str, at: int) -> Close | None: ...

    async def others(self, symbol: str) -> list[str]: ...


class ReactionRound:
    """Looks at the stories whose reactions may be known by now, in event time: the close of the newest stored bar."""

    def __init__(self, tables: StoryStore, closes: Closes, publisher: StoryPublisher, clock: Callable[[], int]) -> None:
        self._tables = tables
        self._closes = closes
        self._publisher = publisher
        self._clock = clock

    async def look(self) -> None:
        """Fill in what is known. Raises TransientError, FencedError."""
        now = await self._closes.event_time()
        for due in await self._tables.due("reaction_due", now, AT_A_TIME):
            await self._fill(due, now)

    async def _fill(self, due: StoredStory, now: int) -> None:
        first_seen = due.story.first_seen
        found = {each.symbol: await self._reaction(each, first_seen, now) for each in due.story.reactions}
        async with self._publisher.lock:
            await self._publisher.flush()
            newest = await self._tables.newest(due.story.id)
            reactions = tuple(found.get(each.symbol, each) for each in newest.story.reactions)
            at = next_due(first_seen, reactions, now)
            if reactions == newest.story.reactions:
                await self._tables.postpone("reaction_due", {due.story.id: at})
                return
            story = with_reactions(newest.story, reactions, now, self._clock())
            await self._publisher.store([], [replace(newest, story=story, reaction_due=at)])
            metrics.reactions.inc()

    async def _reaction(self, known: Reaction, first_seen: int, now: int) -> Reaction:
        """What is known of an instrument by now; what was known stays, though an adjustment may have changed the bars."""
        if known.day is not None:
            return known
        before = await self._closes.last(known.symbol, first_seen)
        price = known.price if known.price is not None or before is None else before.price
        hour, day = Moves(known.hour, known.hour_industry), Moves()
        if known.hour is None:
            hour = await self._moves(
                known.symbol, first_seen, before, await self._closes.an_hour_after(known.symbol, first_seen), now
            )
        if (after := await self._closes.a_day_after(known.symbol, first_seen)) is not None:
            day = await self._moves(known.symbol, first_seen, before, after, now, daily=True)
        return msgspec.structs.replace(
            known, price=price, hour=hour.own, hour_industry=hour.industry, day=day.own, day_industry=day.industry
        )

    async def _moves(
        self, symbol: str, first_seen: int, before: Close | None, after: Close | None, now: int, *, daily: bool = False
    ) -> Moves:
        own = move(before, after)
        if own is None or after is None or after.at > now:
            return Moves()
        others = [
            move(
                await self._closes.last(other, first_seen),
                await self._closes.last(other, after.at, since=first_seen, daily=daily),
            )
            for other in await self._closes.others(symbol)
        ]
        return Moves(own, mean(others))
