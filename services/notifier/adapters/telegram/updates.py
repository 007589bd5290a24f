"""Handles one update of the bot: decodes it, has it answered, and contains every failure."""

from __future__ import annotations

import asyncio
from typing import Any, Final, Protocol

import structlog
from aiogram import Bot
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update

from services.notifier.adapters.telegram.api import ERRORS, redacted
from services.notifier.adapters.telegram.forum_topics import topic_of
from services.notifier.adapters.telegram.reply_sender import LONGEST_WAIT, ReplySender
from services.notifier.domain.address import Address
from services.notifier.domain.commands import UserInput, parse
from services.notifier.domain.messages import Reply
from shared.failures import TransientError

CHANNEL: Final = "telegram"
HANDLE_SECONDS: Final = 20.0
"""Timeout of computing a reply, seconds."""
UPDATE_SECONDS: Final = HANDLE_SECONDS + 60.0 + LONGEST_WAIT
"""Timeout of an update, including waits for the rate limit of a group (a minute) and Telegram's ``retry_after``."""
KINDS: Final = ["message", "callback_query", "my_chat_member"]
GROUPS: Final = frozenset({"group", "supergroup"})
log = structlog.get_logger(__name__)


class UpdateHandler(Protocol):
    """Answers updates."""

    async def answer(self, incoming: UserInput) -> Reply | None:
        """The reply to a text or a pressed button, or None."""

    async def added(self, chat_id: str, user_id: str) -> None:
        """A user added the bot to a group."""

    async def removed(self, chat_id: str) -> None:
        """The bot was blocked or removed."""

    async def migrated(self, old: str, new: str) -> None:
        """A group has a new id."""

    def dropped(self, reason: str) -> None:
        """An update got no reply. ``reason``: ``waiting`` (its chat had too many waiting) or ``failed``."""


class UpdateProcessor:
    """Passes updates to ``handler``, at most ``concurrency`` at once. Sending a reply does not count."""

    def __init__(self, bot: Bot, handler: UpdateHandler, answers: ReplySender, concurrency: int) -> None:
        self._bot, self._handler, self._answers = bot, handler, answers
        self._slots = asyncio.Semaphore(concurrency)

    async def handle(self, update: Update, bot_name: str) -> None:
        """Handle it within ``UPDATE_SECONDS``. A failure is logged and counted, and the update is dropped.

        A failed update is not retried: it would be fetched after every restart, only to fail again.
        """
        try:
            async with asyncio.timeout(UPDATE_SECONDS):
                await self._dispatch(update, bot_name)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            self._handler.dropped("failed")
            log.exception("update not answered: unexpected cancellation", update=update.update_id)
        except (*ERRORS, TransientError) as error:
            self._handler.dropped("failed")
            log.warning("update not answered", update=update.update_id, error=self._shown(error))
        except Exception as error:
            self._handler.dropped("failed")
            log.exception("update not answered: unexpected error", update=update.update_id, error=self._shown(error))

    def _shown(self, error: Exception) -> str:
        return redacted(f"{type(error).__name__}: {error}", self._bot.token)

    async def _dispatch(self, update: Update, bot_name: str) -> None:
        if update.message is not None:
            await self._message(update.message, bot_name)
        elif update.callback_query is not None:
            await self._pressed(update.callback_query, bot_name)
        elif update.my_chat_member is not None:
            async with self._slots, asyncio.timeout(HANDLE_SECONDS):
                await self._membership(update.my_chat_member)

    async def _message(self, message: Message, bot_name: str) -> None:
        if message.migrate_to_chat_id is not None:
            async with self._slots, asyncio.timeout(HANDLE_SECONDS):
                await self._handler.migrated(str(message.chat.id), str(message.migrate_to_chat_id))
            return
        group = message.chat.type in GROUPS
        if not message.text or not (group or message.chat.type == "private"):
            return
        command = parse(message.text, bot_name)
        if command is None:
            return
        anonymous = message.sender_chat is not None and message.sender_chat.id == message.chat.id
        user = "" if anonymous or message.from_user is None else str(message.from_user.id)
        if not anonymous and not user:
            return
        kind: Any = "group" if group else "private"
        await self._answer(UserInput(str(message.chat.id), user, kind, command, anonymous, topic_of(message)))

    async def _pressed(self, pressed: CallbackQuery, bot_name: str) -> None:
        await self._bot.answer_callback_query(pressed.id)
        command = parse("/" + (pressed.data or ""), bot_name)
        if pressed.message is None or command is None or not command.name:
            return
        chat = pressed.message.chat
        kind: Any = "group" if chat.type in GROUPS else "private"
        await self._answer(UserInput(str(chat.id), str(pressed.from_user.id), kind, command, thread_id=topic_of(pressed.message)))

    async def _membership(self, change: ChatMemberUpdated) -> None:
        if change.new_chat_member.status in {"kicked", "left"}:
            await self._handler.removed(str(change.chat.id))
        elif change.chat.type in GROUPS and change.old_chat_member.status in {"kicked", "left"}:
            await self._handler.added(str(change.chat.id), str(change.from_user.id))

    async def _answer(self, incoming: UserInput) -> None:
        async with self._slots, asyncio.timeout(HANDLE_SECONDS):
            reply = await self._handler.answer(incoming)
        if reply is not None:
            await self._answers.send(Address(CHANNEL, incoming.chat_id, incoming.thread_id), reply)


def chat_of(update: Update) -> int:
    """The chat id of an update; 0 where there is none."""
    if update.message is not None:
        return update.message.chat.id
    if update.callback_query is not None and update.callback_query.message is not None:
        return update.callback_query.message.chat.id
    return update.my_chat_member.chat.id if update.my_chat_member is not None else 0
