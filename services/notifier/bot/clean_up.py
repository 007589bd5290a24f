"""Deletes what is stored about chats that cannot be reached any more, and tells the operators how many there were."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection
from typing import Final

import structlog

from services.notifier.bot.channel import CHANNEL
from services.notifier.delivery import metrics
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.contents import notice_body
from services.notifier.domain.delivery import DeliveryStatus
from services.notifier.domain.ports.chats import ChatStore, PersonalData
from services.notifier.domain.ports.deliveries import NewDeliveries, NewDelivery
from services.notifier.words.catalogue import LANGUAGES, phrase
from shared.waiting import Refresher

SECONDS: Final = 3_600.0
DAY: Final = 86_400_000
PAGE: Final = 50
MOST: Final = 1_000
"""Chats that go in one run, so that the table is never held for long."""
_log: Final = structlog.get_logger(__name__)


class CleanUp:
    """Looks once an hour for chats that were blocked ``days`` ago."""

    def __init__(
        self,
        chats: ChatStore,
        personal_data: PersonalData,
        deliveries: NewDeliveries,
        operators: Collection[str],
        days: int,
        clock: TimeAndRandom,
        wake: Callable[[], None],
    ) -> None:
        self._chats, self._personal_data, self._deliveries = chats, personal_data, deliveries
        self._operators, self._days, self._clock, self._wake = operators, days, clock, wake

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until stopped."""
        await Refresher(self.once, "blocked chats", SECONDS, stopping).run()

    async def once(self) -> None:
        """Delete those that are due. Raises TransientError."""
        now, removed = self._clock.now(), 0
        while removed < MOST and (page := await self._chats.blocked(CHANNEL, now - self._days * DAY, now, PAGE)):
            for chat_id in page:
                await self._personal_data.forget(CHANNEL, chat_id)
            removed += len(page)
        if removed:
            metrics.FORGOTTEN.inc(removed)
            _log.info("chats that blocked the bot are deleted", count=removed)
            await self._tell(removed, now)

    async def _tell(self, removed: int, now: int) -> None:
        texts = {language: phrase(language, "notice-clean-up", count=removed, days=self._days) for language in LANGUAGES}
        new = []
        for operator in sorted(self._operators):
            chat = await self._chats.get(CHANNEL, operator)
            if chat is not None and chat.active:
                notice_id = hashlib.sha256(f"clean-up {operator} {now}".encode()).hexdigest()[:32]
                new.append(NewDelivery(notice_id, chat, DeliveryStatus.PENDING, notice_body(texts), kind="notice", paced=False))
        await self._deliveries.add(new, now)
        self._wake()
