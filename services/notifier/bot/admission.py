"""The route of requests to join the premium channel: who has premium is admitted."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import structlog
from aiogram import Bot, Router
from aiogram.types import ChatJoinRequest

from services.notifier.bot.channel import CHANNEL
from services.notifier.bot.ports import BotPorts
from services.notifier.domain.ports.payments import RequestFailedError
from services.notifier.domain.recipients import Chat

_log: Final = structlog.get_logger(__name__)


def admission(ports: BotPorts) -> Router:
    """The router."""

    async def asked(request: ChatJoinRequest, bot: Bot) -> None:
        """Requests by links of others are theirs to answer."""
        channel, link = ports.premium_channel, request.invite_link
        if channel is None or ports.members is None or link is None or link.creator.id != bot.id:
            return
        user_id, now = str(request.from_user.id), ports.clock.now()
        chat = await ports.chats.get(CHANNEL, user_id) or Chat(CHANNEL, user_id, user_id)
        member = await ports.members.get(user_id)
        accepted = member is not None and ports.tiers.is_full(chat, now)
        if member is not None and accepted:  # before the request: who was admitted must be known when premium ends
            await ports.members.save(replace(member, joined_at=now))
        try:
            await channel.admit(user_id, accepted=accepted)
        except RequestFailedError as error:
            _log.warning("a request to join the premium channel is not answered", error=str(error))

    router = Router(name="admission")
    router.chat_join_request.register(asked)
    return router
