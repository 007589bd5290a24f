"""Handles one update of the bot: has it answered, sends the reply, and contains every failure."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Final, Protocol

import structlog
from aiogram import Bot
from aiogram.types import CallbackQuery, Message, Update

from services.notifier.adapters.telegram.api import ERRORS, redacted
from services.notifier.adapters.telegram.inline_results import answer_inline
from services.notifier.adapters.telegram.reply_sender import LONGEST_WAIT, ReplySender
from services.notifier.bot.channel import CHANNEL
from services.notifier.bot.incoming import must_not_be_lost, topic_of
from services.notifier.domain.address import Address
from services.notifier.domain.messages import Answer, CheckoutAnswer, InlineAnswer, Reply
from services.notifier.domain.telegram_html import plain
from shared.backoff import Backoff
from shared.failures import TransientError

HANDLE_SECONDS: Final = 20.0
"""Timeout of computing a reply, seconds."""
UPDATE_SECONDS: Final = HANDLE_SECONDS + 60.0 + LONGEST_WAIT
"""Timeout of an update, including waits for the rate limit of a group (a minute) and Telegram's ``retry_after``."""
CHECKOUT_SECONDS: Final = 8.0
"""Timeout of judging a checkout: Telegram cancels it after ten seconds."""
KINDS: Final = [
    "message",
    "callback_query",
    "my_chat_member",
    "pre_checkout_query",
    "subscription",
    "chat_join_request",
    "inline_query",
]
NOTICE_LENGTH: Final = 200
"""Most characters over a chat after a button was pressed."""
log = structlog.get_logger(__name__)


class UpdateHandler(Protocol):
    """Answers updates."""

    async def answer(self, bot: Bot, update: Update) -> Answer | None:
        """The answer, or None. Raises TransientError where the update must be handled again."""

    def dropped(self, reason: str) -> None:
        """An update got no reply. ``reason``: ``waiting`` (its chat had too many waiting) or ``failed``."""


class UpdateProcessor:
    """Passes updates to ``handler``, at most ``concurrency`` at once. Sending a reply does not count."""

    def __init__(self, bot: Bot, handler: UpdateHandler, answers: ReplySender, concurrency: int) -> None:
        self._bot, self._handler, self._answers = bot, handler, answers
        self._slots = asyncio.Semaphore(concurrency)

    async def handle(self, update: Update) -> None:
        """Handle it within ``UPDATE_SECONDS``. A failure is logged and counted, and the update is dropped.

        A failed update is not retried: it would be fetched after every restart, only to fail again. One that says what was paid is
        retried while the database is not available, and is not finished until it is stored.
        """
        backoff = Backoff(Random())  # noqa: S311 - jitter
        while True:
            if await self._attempt(update):
                return
            await asyncio.sleep(backoff.next())

    async def _attempt(self, update: Update) -> bool:
        """Handle it; False where it must be handled again."""
        try:
            async with asyncio.timeout(UPDATE_SECONDS):
                await self._handle(update)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            self._handler.dropped("failed")
            log.exception("update not answered: unexpected cancellation", update=update.update_id)
        except (*ERRORS, TransientError) as error:
            if isinstance(error, TransientError) and must_not_be_lost(update):
                log.warning("a payment is not stored yet, trying again", update=update.update_id, error=self._shown(error))
                return False
            self._handler.dropped("failed")
            log.warning("update not answered", update=update.update_id, error=self._shown(error))
        except Exception as error:
            self._handler.dropped("failed")
            log.exception("update not answered: unexpected error", update=update.update_id, error=self._shown(error))
        return True

    def _shown(self, error: Exception) -> str:
        return redacted(f"{type(error).__name__}: {error}", self._bot.token)

    async def _handle(self, update: Update) -> None:
        if update.pre_checkout_query is not None:
            await self._checkout(update, update.pre_checkout_query.id)
            return
        reply: Answer | None = None
        try:
            async with self._slots, asyncio.timeout(HANDLE_SECONDS):
                reply = await self._handler.answer(self._bot, update)
        finally:
            if update.callback_query is not None:
                await self._acknowledge(update.callback_query, reply if isinstance(reply, Reply) else None)
        if isinstance(reply, InlineAnswer) and update.inline_query is not None:
            await answer_inline(self._bot, update.inline_query.id, reply)
        if not isinstance(reply, Reply):
            return
        message = update.message or (update.callback_query.message if update.callback_query else None)
        if message is None or (reply.notice and update.callback_query):
            return
        to = Address(CHANNEL, str(message.chat.id), topic_of(message))
        pressed = update.callback_query is not None and isinstance(message, Message)
        await self._answers.send(to, reply, message.message_id if pressed and reply.edits else None)

    async def _checkout(self, update: Update, query_id: str) -> None:
        """Answer in time, even where other updates take all slots. Without an answer nobody pays."""
        async with asyncio.timeout(CHECKOUT_SECONDS):
            answer = await self._handler.answer(self._bot, update)
        if isinstance(answer, CheckoutAnswer):
            await self._bot.answer_pre_checkout_query(query_id, ok=answer.accepted, error_message=answer.reason or None)

    async def _acknowledge(self, pressed: CallbackQuery, reply: Reply | None) -> None:
        """End the button's waiting state. A press that cannot be acknowledged, such as an old one, still gets its reply."""
        notice = plain(reply.text)[:NOTICE_LENGTH] if reply is not None and reply.notice else None
        try:
            await self._bot.answer_callback_query(pressed.id, text=notice)
        except ERRORS as error:
            log.info("a pressed button not acknowledged", error=self._shown(error))
