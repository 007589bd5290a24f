"""Handles input of the bot's users: permissions, rate limit, dispatch to commands."""

from __future__ import annotations

import difflib
from dataclasses import replace

from services.notifier.domain.commands import UserInput
from services.notifier.domain.messages import Reply
from services.notifier.domain.phrases import phrase
from services.notifier.domain.rate_limits import RateLimit, SlidingWindows
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.handlers import metrics
from services.notifier.handlers.bot_context import BotContext
from services.notifier.handlers.commands import COMMANDS
from shared.failures import TransientError

CHANNEL = "telegram"


class CommandBot:
    """Replies to user input, independent of Telegram's protocol."""

    def __init__(self, context: BotContext, commands_minute: int) -> None:
        self._context = context
        self._limits = (RateLimit(commands_minute, 60.0),)
        self._users = SlidingWindows()
        self._warned = SlidingWindows()

    async def answer(self, incoming: UserInput) -> Reply | None:
        """The reply, or None where none should be sent. Never raises for user input or for a database that is not available."""
        person = incoming.user_id or incoming.chat_id
        if not self._allowed(person):
            return self._slow_down(person)
        try:
            return await self._answer(incoming)
        except TransientError:
            metrics.UPDATES.labels("database").inc()
            return Reply(phrase(self._context.language, "trouble"))

    async def added(self, chat_id: str, user_id: str) -> None:
        """A user added the bot to a group: that user may change its settings. Raises TransientError."""
        known = await self._context.chats.get(CHANNEL, chat_id)
        fresh = Chat(CHANNEL, chat_id, user_id, "group", self._context.language)
        await self._context.chats.save(replace(known, active=True, user_id=user_id) if known else fresh, self._context.clock.now())

    async def removed(self, chat_id: str) -> None:
        """The bot was blocked or removed. Raises TransientError."""
        await self._context.chats.deactivate(CHANNEL, chat_id)

    async def migrated(self, old: str, new: str) -> None:
        """A group became a supergroup. Raises TransientError."""
        await self._context.chats.migrate(CHANNEL, old, new, self._context.clock.now())

    def dropped(self, reason: str) -> None:
        """Count an update that got no reply."""
        metrics.UPDATES.labels(reason).inc()

    async def _answer(self, incoming: UserInput) -> Reply | None:
        chat = await self._context.chats.get(CHANNEL, incoming.chat_id)
        if chat is None:
            chat = Chat(CHANNEL, incoming.chat_id, incoming.user_id, incoming.kind, self._context.language)
        chat = replace(chat, thread_id=incoming.thread_id)
        parsed = incoming.command
        if not parsed.name:
            if incoming.kind == "group" or not parsed.arguments:
                return None  # conversation in a group is not for the bot
            metrics.UPDATES.labels("text").inc()
            return Reply(phrase(chat.language, "not_command", text=escape(parsed.arguments, 40)))
        command = COMMANDS.get(parsed.name)
        if command is None:
            metrics.UPDATES.labels("unknown").inc()
            return None if incoming.kind == "group" else _unknown(parsed.name, chat.language)
        if command.changes and (parsed.arguments or command.bare) and not await self._may_change(chat, incoming):
            metrics.UPDATES.labels("forbidden").inc()
            return Reply(phrase(chat.language, "not_allowed"))
        metrics.UPDATES.labels("answered").inc()
        return await command.run(self._context, chat, parsed.arguments)

    async def _may_change(self, chat: Chat, incoming: UserInput) -> bool:
        if incoming.trusted:
            return True
        if incoming.kind == "private":
            return chat.user_id in {"", incoming.user_id}
        known = await self._context.chats.get(CHANNEL, chat.chat_id)
        if known is not None and known.user_id == incoming.user_id:
            return True
        return await self._context.admins.is_admin(incoming.chat_id, incoming.user_id)

    def _allowed(self, person: str) -> bool:
        now = self._context.clock.ticking()
        window = self._users.get(person, self._limits, now)
        if window.delay(now) > 0:
            return False
        window.add(now)
        return True

    def _slow_down(self, person: str) -> Reply | None:
        """One warning a minute, then None: the bot must not answer a flood with a flood."""
        metrics.UPDATES.labels("flood").inc()
        now = self._context.clock.ticking()
        warned = self._warned.get(person, (RateLimit(1, 60.0),), now)
        if warned.delay(now) > 0:
            return None
        warned.add(now)
        return Reply(phrase(self._context.language, "slow_down"))


def _unknown(name: str, language: str) -> Reply:
    near = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.6)
    if near:
        return Reply(phrase(language, "meant_command", name=escape(name), near=near[0]))
    return Reply(phrase(language, "unknown_command", name=escape(name)))
