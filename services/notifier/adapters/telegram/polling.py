"""Long polling: updates in, answers out.

Updates are confirmed only after they were handled, so a crash repeats a command and never swallows it (commands are idempotent).
Those of one chat are handled in their order, different chats at the same time, each within a time limit.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramConflictError, TelegramRetryAfter, TelegramUnauthorizedError
from aiogram.types import BotCommand, CallbackQuery, ChatMemberUpdated, InlineKeyboardMarkup, Message, Update

from services.notifier.adapters.telegram.api import ERRORS, redacted
from services.notifier.adapters.telegram.channel import keyboard_of
from services.notifier.domain.commands import Asked, Incoming, parse
from services.notifier.domain.markup import split
from services.notifier.domain.messages import Reply
from services.notifier.domain.pace import Pace
from shared.failures import classify

POLL_SECONDS: Final = 25
MOST: Final = 100
LONGEST_WAIT: Final = 30.0
"""Seconds; also how long a person waits for an answer that Telegram put off."""
UPDATE_SECONDS: Final = 20.0 + LONGEST_WAIT
KINDS: Final = ["message", "callback_query", "my_chat_member"]
GROUPS: Final = frozenset({"group", "supergroup"})
ADMINS: Final = frozenset({"creator", "administrator"})
MENU: Final = (
    ("price", "현재가 · Price"),
    ("watch", "관심 종목 등록 · Watch"),
    ("unwatch", "관심 종목 해제 · Unwatch"),
    ("list", "관심 종목 · Watchlist"),
    ("signals", "최근 신호 · Latest signals"),
    ("alert", "조건 알림 만들기 · Alert on a condition"),
    ("alerts", "내 조건 알림 · Your alerts"),
    ("unalert", "조건 알림 삭제 · Remove an alert"),
    ("industry", "산업별 흐름 · Industries"),
    ("rules", "신호 종류 · Rule types"),
    ("mute", "잠시 끄기 · Mute"),
    ("settings", "설정 · Settings"),
    ("lang", "언어 · Language"),
    ("status", "상태 · Status"),
    ("help", "도움말 · Help"),
)
_log = structlog.get_logger(__name__)


class People(Protocol):
    """Who answers."""

    async def answer(self, incoming: Incoming) -> Reply | None:
        """The answer to what somebody typed or pressed."""

    async def added(self, chat_id: str, user_id: str) -> None:
        """Somebody put the bot into a group."""

    async def removed(self, chat_id: str) -> None:
        """The bot was blocked or put out."""

    async def migrated(self, old: str, new: str) -> None:
        """A group has another id now."""


class BotAdmins:
    """``Admins`` by asking Telegram."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def is_admin(self, chat_id: str, user_id: str) -> bool:
        try:
            member = await self._bot.get_chat_member(chat_id, int(user_id))
        except (*ERRORS, ValueError) as error:
            _log.warning("administrators not known", error=redacted(f"{type(error).__name__}: {error}", self._bot.token))
            return False
        return member.status in ADMINS


class Polling:
    """Reads updates of one bot and lets ``people`` answer them."""

    def __init__(self, bot: Bot, people: People, pace: Pace, ticking: Callable[[], float], concurrency: int) -> None:
        self._bot, self._people, self._pace, self._ticking = bot, people, pace, ticking
        self._places = asyncio.Semaphore(concurrency)
        self._name = ""
        self.connected = False
        """True while Telegram answers."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll until stopped; Telegram being away, or another process polling the same token, is waited out."""
        offset: int | None = None
        wait, limit = 1.0, MOST
        while not stopping.is_set():
            try:
                if not self._name:
                    await self._introduce()
                updates = await _unless(stopping, self._poll(offset, limit))
                self.connected, wait, limit = True, 1.0, MOST
            except ClientDecodeError as error:
                if limit == 1:  # this very update is of a kind that the library cannot read: pass it by
                    offset = _first_id(error.data, offset)
                    _log.warning("update passed by: it cannot be read", offset=offset)
                limit = 1
                await _pause(stopping, wait)
            except ERRORS as error:
                self.connected = False
                asked = float(error.retry_after) if isinstance(error, TelegramRetryAfter) else wait
                why = "another process polls this token" if isinstance(error, TelegramConflictError) else type(error).__name__
                level = _log.error if isinstance(error, TelegramUnauthorizedError) else _log.warning
                level("no updates", why=why, error=redacted(str(error), self._bot.token), wait=asked)
                await _pause(stopping, asked)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                if updates:
                    await self._handle(updates)
                    offset = max(update.update_id for update in updates) + 1
        if offset is not None:
            await self._confirm(offset)

    async def _introduce(self) -> None:
        me = await self._bot.get_me()
        await self._bot.set_my_commands([BotCommand(command=name, description=about) for name, about in MENU])
        self._name = me.username or ""

    async def _poll(self, offset: int | None, limit: int) -> list[Update]:
        async with asyncio.timeout(POLL_SECONDS + 15):
            return await self._bot.get_updates(
                offset=offset, timeout=POLL_SECONDS, limit=limit, allowed_updates=KINDS, request_timeout=POLL_SECONDS + 10
            )

    async def _confirm(self, offset: int) -> None:
        """Tell Telegram at the end what was handled, so that the next start does not see it again."""
        try:
            async with asyncio.timeout(5):
                await self._bot.get_updates(offset=offset, timeout=0, limit=1, request_timeout=4)
        except ERRORS as error:
            _log.warning("updates not confirmed", error=type(error).__name__)

    async def _handle(self, updates: Sequence[Update]) -> None:
        by_chat: defaultdict[int, list[Update]] = defaultdict(list)
        for update in updates:
            by_chat[_chat_id(update)].append(update)
        await asyncio.gather(*(self._in_order(some) for some in by_chat.values()))

    async def _in_order(self, updates: Sequence[Update]) -> None:
        async with self._places:
            for update in updates:
                try:
                    async with asyncio.timeout(UPDATE_SECONDS):
                        await self._one(update)
                except Exception as error:  # what an update can provoke must not come back after a restart, again and again
                    if not isinstance(error, ERRORS) and classify(error) == "crash":
                        raise
                    text = redacted(f"{type(error).__name__}: {error}", self._bot.token)
                    _log.warning("update not answered", update=update.update_id, error=text)

    async def _one(self, update: Update) -> None:
        if update.message is not None:
            await self._message(update.message)
        elif update.callback_query is not None:
            await self._pressed(update.callback_query)
        elif update.my_chat_member is not None:
            await self._membership(update.my_chat_member)

    async def _message(self, message: Message) -> None:
        if message.migrate_to_chat_id is not None:
            await self._people.migrated(str(message.chat.id), str(message.migrate_to_chat_id))
            return
        group = message.chat.type in GROUPS
        if not message.text or not (group or message.chat.type == "private"):
            return
        asked = parse(message.text, self._name)
        if asked is None:
            return
        anonymous = message.sender_chat is not None and message.sender_chat.id == message.chat.id
        user = "" if anonymous or message.from_user is None else str(message.from_user.id)
        if not anonymous and not user:
            return
        await self._answer(message.chat.id, Incoming(str(message.chat.id), user, "group" if group else "private", asked, anonymous))

    async def _pressed(self, pressed: CallbackQuery) -> None:
        await self._bot.answer_callback_query(pressed.id)
        asked = parse("/" + (pressed.data or ""), self._name)
        if pressed.message is None or asked is None or not asked.name:
            return
        chat = pressed.message.chat
        kind: Any = "group" if chat.type in GROUPS else "private"
        await self._answer(chat.id, Incoming(str(chat.id), str(pressed.from_user.id), kind, Asked(asked.name, asked.rest)))

    async def _membership(self, change: ChatMemberUpdated) -> None:
        if change.new_chat_member.status in {"kicked", "left"}:
            await self._people.removed(str(change.chat.id))
        elif change.chat.type in GROUPS and change.old_chat_member.status in {"kicked", "left"}:
            await self._people.added(str(change.chat.id), str(change.from_user.id))

    async def _answer(self, chat_id: int, incoming: Incoming) -> None:
        reply = await self._people.answer(incoming)
        if reply is None:
            return
        parts = split(reply.text)
        for i, part in enumerate(parts):
            keyboard = keyboard_of(reply.buttons) if i == len(parts) - 1 else None
            try:
                await self._send(chat_id, incoming, part, keyboard)
            except TelegramRetryAfter as error:
                if error.retry_after > LONGEST_WAIT:
                    raise
                await self._send(chat_id, incoming, part, keyboard)

    async def _send(self, chat_id: int, incoming: Incoming, part: str, keyboard: InlineKeyboardMarkup | None) -> None:
        """Send one message when it is its turn; a pause that Telegram asks for holds back everything."""
        await self._turn(incoming)
        try:
            await self._bot.send_message(chat_id, part, reply_markup=keyboard)
        except TelegramRetryAfter as error:
            self._pace.pause(self._ticking() + error.retry_after)
            raise

    async def _turn(self, incoming: Incoming) -> None:
        delay = 1.0
        while delay > 0:
            delay = self._pace.take(incoming.chat_id, self._ticking())
            await asyncio.sleep(delay)  # the turn may have gone to an alert meanwhile


def _first_id(answer: Any, offset: int | None) -> int | None:
    """The offset behind the first update of an answer; unchanged where there is none."""
    found = answer.get("result") if isinstance(answer, dict) else None
    first = found[0].get("update_id") if isinstance(found, list) and found and isinstance(found[0], dict) else None
    return first + 1 if isinstance(first, int) else offset


def _chat_id(update: Update) -> int:
    if update.message is not None:
        return update.message.chat.id
    if update.callback_query is not None and update.callback_query.message is not None:
        return update.callback_query.message.chat.id
    return update.my_chat_member.chat.id if update.my_chat_member is not None else 0


async def _unless(stopping: asyncio.Event, polling: Any) -> list[Update]:
    """What polling brings; nothing when we are stopped meanwhile."""
    poll: asyncio.Task[list[Update]] = asyncio.create_task(polling, name="getUpdates")
    stop = asyncio.create_task(stopping.wait(), name="getUpdates stop")
    try:
        await asyncio.wait({poll, stop}, return_when=asyncio.FIRST_COMPLETED)
        return poll.result() if poll.done() else []
    finally:
        stop.cancel()
        poll.cancel()


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
