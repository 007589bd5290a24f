"""Inserts the deliveries of briefings after the close of each market."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog

from services.notifier.delivery.briefings import DAY_MS, Briefings
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.briefings.building import Audience, MarketPeriod, audience_of, chosen_markets, everyone, stable_id
from services.notifier.domain.briefings.closing import PARTIAL, ClosedSession, last_closed
from services.notifier.domain.briefings.universe import Market, Universe
from services.notifier.domain.contents import briefing_body
from services.notifier.domain.delivery import DeliveryStatus, Priority
from services.notifier.domain.ports.briefings import BriefingReaders, Calendars
from services.notifier.domain.ports.deliveries import NewDeliveries, NewDelivery
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import LANGUAGES
from shared.briefings import Kind
from shared.waiting import Refresher

SECONDS: Final = 60.0
PAGE: Final = 500
"""Chats that get their delivery in one transaction."""
KEPT: Final = 400 * DAY_MS
"""How long briefings for everyone are kept."""
PERSONAL_KEPT: Final = 7 * DAY_MS
"""How long the others are kept."""
_log: Final = structlog.get_logger(__name__)


class BriefingSchedule:
    """Has each briefing built once, and one delivery inserted for each chat that wants it, over restarts too.

    The id of a delivery comes from kind, market and session.
    """

    def __init__(
        self,
        briefings: Briefings,
        calendars: Calendars,
        readers: BriefingReaders,
        deliveries: NewDeliveries,
        channel: str,
        clock: TimeAndRandom,
        wake: Callable[[], None],
    ) -> None:
        """``channel``: whose chats get briefings; empty: none."""
        self._briefings, self._calendars, self._readers, self._deliveries = briefings, calendars, readers, deliveries
        self._channel, self._clock, self._wake = channel, clock, wake
        self._done: dict[tuple[str, Kind], int] = {}

    async def run(self, stopping: asyncio.Event) -> None:
        """Look once a minute until stopped."""
        await Refresher(self.once, "briefings", SECONDS, stopping).run()

    async def once(self) -> None:
        """Insert what is due. Raises TransientError."""
        now = self._clock.now()
        today = dt.datetime.fromtimestamp(now / 1000, dt.UTC).date()
        universe = await self._briefings.store.universe()
        for market in universe.briefed():
            closed = last_closed(await self._calendars.around(market.exchanges, today), now)
            if closed is None:
                continue
            kinds: tuple[Kind, ...] = ("daily", "weekly") if closed.ends_week else ("daily",)
            for kind in kinds:
                if self._done.get((market.slug, kind)) != closed.day and await self._send(market, kind, universe, closed, now):
                    self._done[market.slug, kind] = closed.day
                    await self._briefings.store.remove_old(now - PERSONAL_KEPT, now - KEPT)

    async def _send(self, market: Market, kind: Kind, universe: Universe, closed: ClosedSession, now: int) -> bool:
        """Whether the briefing of this session is on record for everyone; not yet where its bars are not stored."""
        period = await self._briefings.period(market, kind, universe, now)
        if period is None or (period.day != closed.day and not period.replayed):
            return False
        if not period.complete and now < closed.close + PARTIAL:
            return False
        await self._briefings.build(period, [everyone(language) for language in LANGUAGES], now, drawn=True)
        count = await self._to_chats(period, now) if self._channel else 0
        _log.info("briefing built", market=market.slug, kind=kind, day=period.day, chats=count)
        return True

    async def _to_chats(self, period: MarketPeriod, now: int) -> int:
        after, count = "", 0
        delivery_id = stable_id("briefing", period.kind, period.market.slug, period.day)
        while page := await self._readers.wanting_briefings(self._channel, period.kind, after, PAGE):
            after = page[-1].chat_id
            wanting = await self._wanting(page, period)
            ids = await self._briefings.build(period, set(wanting.values()), now)
            await self._deliveries.add(
                [_delivery(delivery_id, chat, ids[wanting[chat.chat_id]], now) for chat in page if chat.chat_id in wanting], now
            )
            count += len(wanting)
            self._wake()
        return count

    async def _wanting(self, page: list[Chat], period: MarketPeriod) -> dict[str, Audience]:
        """The audience of each chat that wants the briefings of this market."""
        watched = await self._readers.watched_by(self._channel, [chat.chat_id for chat in page])
        found: dict[str, Audience] = {}
        for chat in page:
            symbols, industries = watched.get(chat.chat_id, (set(), set()))
            if period.market in chosen_markets(chat, period.universe, symbols, industries):
                found[chat.chat_id] = audience_of(chat, period.market, period.universe, symbols, industries)
        return found


def _delivery(delivery_id: str, chat: Chat, briefing: str, now: int) -> NewDelivery:
    status = DeliveryStatus.MUTED if chat.muted_until > now else DeliveryStatus.PENDING
    at = replace(chat, thread_id=chat.briefing_thread_id)
    return NewDelivery(delivery_id, at, status, briefing_body(briefing), kind="briefing", paced=False, priority=Priority.FOR_MANY)
