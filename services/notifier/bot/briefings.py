"""Gathers briefings from stored data and what is in memory, and sends one a day to each chat that wants them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

from services.notifier.bot.industries import LatestIndustries
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain.briefing import SIGNALS, STORIES, BriefingData, briefing_day, briefing_text
from services.notifier.domain.contents import notice_body
from services.notifier.domain.delivery import DeliveryStatus
from services.notifier.domain.ports import ChatStore, DeliveryStore, MarketStore, NewDelivery, NewsStore, Quotes
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import LANGUAGES
from shared.waiting import Refresher

SECONDS = 60.0
PAGE = 200


class Briefings:
    """Builds the briefing of a chat."""

    def __init__(
        self,
        chats: ChatStore,
        market: MarketStore,
        news: NewsStore,
        quotes: Quotes,
        industries: LatestIndustries,
        instruments: LatestInstruments,
    ) -> None:
        self._chats, self._market, self._news = chats, market, news
        self._quotes, self._industries, self._instruments = quotes, industries, instruments

    async def text(self, chat: Chat, now: int) -> str:
        """The briefing as HTML. Raises TransientError."""
        watched = [] if chat.watch_all else await self._chats.watched(chat.address)
        mine = set(await self._chats.industries(chat.address))
        views = self._industries.current.views
        labels = [*(("symbol", symbol) for symbol in watched), *(("industry", slug) for slug in sorted(mine))]
        data = BriefingData(
            markets=[view for view in views if view.kind == "market"],
            industries=[view for view in views if view.kind == "industry" and (view.industry in mine or not mine)],
            quotes=[quote for symbol in watched if (quote := self._quotes.get(symbol)) is not None],
            signals=await self._market.signals(watched or None, SIGNALS),
            stories=await self._news.newest(labels, STORIES),
        )
        return briefing_text(data, chat, self._instruments.current, now)


class DailyBriefings:
    """Inserts the deliveries of due briefings. The id comes from the chat and the day, so each is sent once, over restarts too."""

    def __init__(
        self, briefings: Briefings, chats: ChatStore, deliveries: DeliveryStore, clock: TimeAndRandom, wake: Callable[[], None]
    ) -> None:
        self._briefings, self._chats, self._deliveries = briefings, chats, deliveries
        self._clock, self._wake = clock, wake
        self._done: dict[str, str] = {}

    async def run(self, stopping: asyncio.Event) -> None:
        """Look once a minute until stopped."""
        await Refresher(self.once, "briefings", SECONDS, stopping).run()

    async def once(self) -> None:
        """Insert what is due. Raises TransientError."""
        now, after = self._clock.now(), ""
        while page := await self._chats.wanting_briefings("telegram", after, PAGE):
            due = [(chat, day) for chat in page if (day := briefing_day(chat, now)) and self._done.get(chat.chat_id) != day]
            new = [await self._new(chat, day, now) for chat, day in due]
            await self._deliveries.add(new, now)
            self._done |= {chat.chat_id: day for chat, day in due}
            if new:
                self._wake()
            after = page[-1].chat_id

    async def _new(self, chat: Chat, day: str, now: int) -> NewDelivery:
        notice_id = hashlib.sha256(f"briefing {chat.channel} {chat.chat_id} {day}".encode()).hexdigest()[:32]
        body = notice_body(dict.fromkeys(LANGUAGES, await self._briefings.text(chat, now)))
        return NewDelivery(notice_id, chat, DeliveryStatus.PENDING, body, kind="notice", paced=False)
