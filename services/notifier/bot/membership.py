"""Routes of what happens to the bot in a chat: it is added, removed or blocked, or its group becomes a supergroup."""

from __future__ import annotations

from dataclasses import replace

from aiogram import F, Router
from aiogram.filters import IS_MEMBER, IS_NOT_MEMBER, ChatMemberUpdatedFilter
from aiogram.types import ChatMemberUpdated, Message

from services.notifier.bot.channel import CHANNEL
from services.notifier.bot.incoming import GROUPS
from services.notifier.bot.ports import BotPorts
from services.notifier.domain.recipients import Chat


def membership(ports: BotPorts) -> Router:
    """The router."""

    async def added(change: ChatMemberUpdated) -> None:
        """The user who adds the bot to a group may change its settings."""
        chat_id, user_id = str(change.chat.id), str(change.from_user.id)
        known = await ports.chats.get(CHANNEL, chat_id)
        fresh = Chat(CHANNEL, chat_id, user_id, "group", ports.language)
        await ports.chats.save(replace(known, active=True, user_id=user_id) if known else fresh, ports.clock.now())

    async def removed(change: ChatMemberUpdated) -> None:
        await ports.chats.deactivate(CHANNEL, str(change.chat.id), ports.clock.now())

    async def migrated(message: Message) -> None:
        await ports.chats.migrate(CHANNEL, str(message.chat.id), str(message.migrate_to_chat_id), ports.clock.now())

    router = Router(name="membership")
    router.my_chat_member.register(removed, ChatMemberUpdatedFilter(IS_NOT_MEMBER))
    router.my_chat_member.register(added, ChatMemberUpdatedFilter(IS_NOT_MEMBER >> IS_MEMBER), F.chat.type.in_(GROUPS))
    router.message.register(migrated, F.migrate_to_chat_id)
    return router
