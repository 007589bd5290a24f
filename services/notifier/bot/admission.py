"""The route of requests to join the premium channel: who has premium is admitted."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import structlog
from aiogram import Bot, Router
from aiogram.types import ChatJoinRequest

from services.notifier.bot.channel import CHANNEL
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.payments import MemberStore, PremiumChannel, RequestFailedError
from services.notifier.domain.recipients import Chat
from services.notifier.domain.tiers import Tiers

_log: Final = structlog.get_logger(__name__)


def admission(
    channel: PremiumChannel | None, members: MemberStore | None, chats: ChatStore, tiers: Tiers, clock: TimeAndRandom
) -> Router:
    """The router."""

    async def asked(request: ChatJoinRequest, bot: Bot) -> None:
        """Requests by links of others are theirs to answer."""
        link = request.invite_link
        if channel is None or members is None or link is None or link.creator.id != bot.id:
            return
        user_id, now = str(request.from_user.id), clock.now()
        chat = await chats.get(CHANNEL, user_id) or Chat(CHANNEL, user_id, user_id)
        member = await members.get(user_id)
        accepted = member is not None and tiers.is_full(chat, now)
        if member is not None and accepted:  # before the request: who was admitted must be known when premium ends
            await members.save(replace(member, joined_at=now))
        try:
            await channel.admit(user_id, accepted=accepted)
        except RequestFailedError as error:
            _log.warning("a request to join the premium channel is not answered", error=str(error))

    router = Router(name="admission")
    router.chat_join_request.register(asked)
    return router
