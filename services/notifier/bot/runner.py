"""Runs a command for a person: unknown names, permissions."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from services.notifier.bot.channel import CHANNEL
from services.notifier.bot.commands.table import Command
from services.notifier.bot.incoming import Incoming
from services.notifier.bot.ports import BotPorts, bind
from services.notifier.delivery import metrics
from services.notifier.domain.messages import Reply
from services.notifier.domain.premium_replies import needs_premium
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase


class Runner:
    """The commands with their ports."""

    def __init__(self, commands: Mapping[str, Command], ports: BotPorts) -> None:
        self._commands, self._ports = commands, ports
        self._bound = {name: bind(command.run, ports) for name, command in commands.items()}

    async def run(self, name: str, arguments: str, chat: Chat, incoming: Incoming) -> Reply | None:
        """The reply of a command; None for an unknown one in a group, since it may be another bot's. Raises TransientError."""
        command = self._commands.get(name)
        hidden = command is not None and command.operator and incoming.user_id not in self._ports.operators
        if command is None or hidden:
            metrics.UPDATES.labels("unknown").inc()
            return None if incoming.kind == "group" else self._unknown(name, chat.language)
        if command.alters(arguments) and not await self._may_change(chat, incoming):
            metrics.UPDATES.labels("forbidden").inc()
            return Reply(phrase(chat.language, "not-allowed"), notice=True)
        if command.flag and not self._ports.flags.is_on(command.flag):
            metrics.UPDATES.labels("switched off").inc()
            return Reply(phrase(chat.language, "feature-off"), notice=True)
        if command.premium and not self._ports.tiers.is_full(chat, self._ports.clock.now()):
            metrics.UPDATES.labels("premium").inc()
            return needs_premium(chat, command.premium)
        metrics.UPDATES.labels("answered").inc()
        return await self._bound[name](chat=chat, arguments=arguments)

    async def _may_change(self, chat: Chat, incoming: Incoming) -> bool:
        if incoming.trusted:
            return True
        if incoming.kind == "private":
            return chat.user_id in {"", incoming.user_id}
        known = await self._ports.chats.get(CHANNEL, chat.chat_id)
        if known is not None and known.user_id == incoming.user_id:
            return True
        return await self._ports.admins.is_admin(incoming.chat_id, incoming.user_id)

    def _unknown(self, name: str, language: str) -> Reply:
        known = [each for each, command in self._commands.items() if not command.operator]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        if near:
            return Reply(phrase(language, "meant-command", name=escape(name), near=near[0]))
        return Reply(phrase(language, "unknown-command", name=escape(name)))
