"""Ends premium that is not renewed: the chat is told once, and the person leaves the premium channel."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Final

import structlog

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.contents import notice_body
from services.notifier.domain.delivery import DeliveryStatus, Priority
from services.notifier.domain.members import Member
from services.notifier.domain.ports.deliveries import NewDelivery
from services.notifier.domain.ports.payments import MemberStore, PaymentStore, PremiumChannel, RequestFailedError
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import LANGUAGES, phrase
from shared.conditions.user_limits import PREMIUM_GRACE
from shared.waiting import Refresher

SECONDS: Final = 60.0
PAGE: Final = 50
AGAIN: Final = 900_000
"""Milliseconds until removing a person is tried again."""
_log: Final = structlog.get_logger(__name__)


class PremiumExpiry:
    """Looks once a minute for premium that ended ``PREMIUM_GRACE`` ago."""

    def __init__(
        self,
        payments: PaymentStore,
        members: MemberStore,
        channel: PremiumChannel | None,
        clock: TimeAndRandom,
        wake: Callable[[], None],
    ) -> None:
        self._payments, self._members, self._channel = payments, members, channel
        self._clock, self._wake = clock, wake

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until stopped."""
        await Refresher(self.once, "premium", SECONDS, stopping).run()

    async def once(self) -> None:
        """End what is due. Raises TransientError."""
        now = self._clock.now()
        more = True
        while more:
            ended = await self._payments.expire(now - PREMIUM_GRACE, PAGE, _ended, now)
            more = ended == PAGE
            if ended:
                self._wake()
        if self._channel is not None:
            for member in await self._members.without_premium(now - PREMIUM_GRACE, now, PAGE):
                await self._remove(self._channel, member, now)

    async def _remove(self, channel: PremiumChannel, member: Member, now: int) -> None:
        """The row goes last: after a kill the person is removed again, which changes nothing."""
        try:
            await channel.remove(member)
        except RequestFailedError as error:
            _log.warning("a person is not removed from the premium channel, trying later", error=str(error))
            await self._members.postpone(member.chat_id, now + AGAIN)
        else:
            await self._members.remove(member.chat_id)


def _ended(chat: Chat) -> NewDelivery:
    """The notice; its id comes from the chat and the time, so there is one for each end."""
    name = f"premium ended {chat.channel} {chat.chat_id} {chat.premium_until}"
    texts = {language: phrase(language, "premium-ended") for language in LANGUAGES}
    notice_id = hashlib.sha256(name.encode()).hexdigest()[:32]
    return NewDelivery(
        notice_id, chat, DeliveryStatus.PENDING, notice_body(texts), kind="notice", paced=False, priority=Priority.URGENT
    )
