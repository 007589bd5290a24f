"""Routes of what happens to the bot in a chat: it is added, removed or blocked, or its group becomes a supergroup."""

from __future__ import annotations

from dataclasses import replace

from aiogram import F, Router
from aiogram.filters import IS_MEMBER, IS_NOT_MEMBER, ChatMemberUpdatedFilter
from aiogram.types import ChatMemberUpdated, Message

from services.notifier.bot.channel import CHANNEL
from services.notifier.bot.incoming import GROUPS
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.recipients import Chat


def membership(chats: ChatStore, clock: TimeAndRandom, language: str) -> Router:
    """The router. ``language``: of new groups."""

    async def added(change: ChatMemberUpdated) -> None:
        """The user who adds the bot to a group may change its settings."""
        chat_id, user_id = str(change.chat.id), str(change.from_user.id)
        known = await chats.get(CHANNEL, chat_id)
        fresh = Chat(CHANNEL, chat_id, user_id, "group", language)
        await chats.save(replace(known, active=True, user_id=user_id) if known else fresh, clock.now())

    async def removed(change: ChatMemberUpdated) -> None:
        await chats.deactivate(CHANNEL, str(change.chat.id), clock.now())

    async def migrated(message: Message) -> None:
        await chats.migrate(CHANNEL, str(message.chat.id), str(message.migrate_to_chat_id), clock.now())

    router = Router(name="membership")
    router.my_chat_member.register(removed, ChatMemberUpdatedFilter(IS_NOT_MEMBER))
    router.my_chat_member.register(added, ChatMemberUpdatedFilter(IS_NOT_MEMBER >> IS_MEMBER), F.chat.type.in_(GROUPS))
    router.message.register(migrated, F.migrate_to_chat_id)
    return router
