"""Runs a command for a person: unknown names, permissions."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from services.notifier.bot.channel import CHANNEL
from services.notifier.bot.commands.table import Command
from services.notifier.bot.flags import LatestFlags
from services.notifier.bot.incoming import Incoming
from services.notifier.bot.ports import CommandFunction
from services.notifier.delivery import metrics
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import Admins, ChatStore
from services.notifier.domain.premium_replies import needs_premium
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.domain.tiers import Tiers
from services.notifier.words.catalogue import phrase


class Runner:
    """The commands, and who may give which."""

    def __init__(
        self,
        commands: Mapping[str, Command],
        bound: Mapping[str, CommandFunction],
        chats: ChatStore,
        admins: Admins,
        clock: TimeAndRandom,
        flags: LatestFlags,
        tiers: Tiers,
        operators: frozenset[str],
    ) -> None:
        """``bound``: the function of each command with its ports; ``operators``: user ids."""
        self._commands, self._bound = commands, bound
        self._chats, self._admins, self._clock = chats, admins, clock
        self._flags, self._tiers, self._operators = flags, tiers, operators

    async def run(self, name: str, arguments: str, chat: Chat, incoming: Incoming) -> Reply | None:
        """The reply of a command; None for an unknown one in a group, since it may be another bot's. Raises TransientError."""
        command = self._commands.get(name)
        hidden = command is not None and command.operator and incoming.user_id not in self._operators
        if command is None or hidden:
            metrics.UPDATES.labels("unknown").inc()
            return None if incoming.kind == "group" else self._unknown(name, chat.language)
        if command.alters(arguments) and not await self._may_change(chat, incoming):
            metrics.UPDATES.labels("forbidden").inc()
            return Reply(phrase(chat.language, "not-allowed"), notice=True)
        if command.flag and not self._flags.is_on(command.flag):
            metrics.UPDATES.labels("switched off").inc()
            return Reply(phrase(chat.language, "feature-off"), notice=True)
        if command.premium and not self._tiers.is_full(chat, self._clock.now()):
            metrics.UPDATES.labels("premium").inc()
            return needs_premium(chat, command.premium)
        metrics.UPDATES.labels("answered").inc()
        return await self._bound[name](chat=chat, arguments=arguments)

    async def _may_change(self, chat: Chat, incoming: Incoming) -> bool:
        if incoming.trusted:
            return True
        if incoming.kind == "private":
            return chat.user_id in {"", incoming.user_id}
        known = await self._chats.get(CHANNEL, chat.chat_id)
        if known is not None and known.user_id == incoming.user_id:
            return True
        return await self._admins.is_admin(incoming.chat_id, incoming.user_id)

    def _unknown(self, name: str, language: str) -> Reply:
        known = [each for each, command in self._commands.items() if not command.operator]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        if near:
            return Reply(phrase(language, "meant-command", name=escape(name), near=near[0]))
        return Reply(phrase(language, "unknown-command", name=escape(name)))
