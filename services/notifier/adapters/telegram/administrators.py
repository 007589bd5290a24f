"""The administrators of groups."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.enums import ChatMemberStatus

from services.notifier.adapters.telegram.api import ERRORS, redacted

ADMINS = frozenset({ChatMemberStatus.CREATOR, ChatMemberStatus.ADMINISTRATOR})
_log = structlog.get_logger(__name__)


class BotAdmins:
    """``Admins`` by requests to Telegram."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def is_admin(self, chat_id: str, user_id: str) -> bool:
        try:
            member = await self._bot.get_chat_member(chat_id, int(user_id))
        except (*ERRORS, ValueError) as error:
            _log.warning("administrators not known", error=redacted(f"{type(error).__name__}: {error}", self._bot.token))
            return False
        return member.status in ADMINS

    async def admins(self, chat_id: str) -> list[str]:
        try:
            members = await self._bot.get_chat_administrators(chat_id)
        except ERRORS as error:
            _log.warning("administrators not known", error=redacted(f"{type(error).__name__}: {error}", self._bot.token))
            return []
        people = [member for member in members if not member.user.is_bot]
        return [str(member.user.id) for member in sorted(people, key=lambda each: each.status != ChatMemberStatus.CREATOR)]
