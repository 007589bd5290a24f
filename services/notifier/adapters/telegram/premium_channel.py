"""The premium channel by requests to Telegram."""

from __future__ import annotations

from typing import Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from services.notifier.adapters.telegram.requests import requests
from services.notifier.domain.members import Member

NO_LINK: Final = ("invite_hash",)
ABSENT: Final = ("user_not_participant", "participant_id_invalid", "user not found", "member not found", "user_id_invalid")
ADMIN: Final = ("user is an administrator", "can't remove chat owner")
"""Who runs the channel stays in it."""
ANSWERED: Final = ("hide_requester_missing", "user_already_participant")


class TelegramPremiumChannel:
    """``PremiumChannel`` of one bot, which is an administrator there."""

    def __init__(self, bot: Bot, place: str) -> None:
        self._bot, self.place = bot, place

    async def invite(self, user_id: str) -> str:
        """The link makes a request to join, not a member: passing it on is useless, and who was removed once can come back.

        With a plain link, whom a bot removed waits for an administrator (github.com/python-telegram-bot/python-telegram-bot,
        issue 3183).
        """
        with requests(self._bot.token):
            link = await self._bot.create_chat_invite_link(self.place, name=user_id[:32], creates_join_request=True)
            return link.invite_link

    async def admit(self, user_id: str, *, accepted: bool) -> None:
        answer = self._bot.approve_chat_join_request if accepted else self._bot.decline_chat_join_request
        with requests(self._bot.token):
            try:
                await answer(self.place, int(user_id))
            except TelegramBadRequest as error:
                if not _says(error, ANSWERED):
                    raise

    async def remove(self, member: Member) -> None:
        with requests(self._bot.token):
            try:
                await self._bot.revoke_chat_invite_link(member.place, member.invite_link)
            except TelegramBadRequest as error:
                if not _says(error, NO_LINK):
                    raise
            if member.joined_at:
                await self._leave(member.place, int(member.chat_id))

    async def _leave(self, place: str, user_id: int) -> None:
        """Ban, which removes, and end the ban, so that the person can come back."""
        try:
            await self._bot.ban_chat_member(place, user_id)
        except TelegramBadRequest as error:
            if not _says(error, (*ABSENT, *ADMIN)):
                raise
            return
        await self._bot.unban_chat_member(place, user_id, only_if_banned=True)


def _says(error: TelegramBadRequest, words: tuple[str, ...]) -> bool:
    text = str(error).casefold()
    return any(each in text for each in words)
