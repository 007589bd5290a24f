"""The routes of updates: which handler answers a command, a pressed button, a text, a change of membership.

aiogram's dispatcher only routes; ``adapters.telegram`` fetches updates, keeps the order of each chat, and sends the replies.
"""

from __future__ import annotations

import re
from typing import Any, Final

from aiogram import Bot, Dispatcher, F, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.base import BaseStorage
from aiogram.fsm.strategy import FSMStrategy
from aiogram.types import CallbackQuery, Message, Update

from services.notifier.bot.admission import admission
from services.notifier.bot.commands.table import COMMANDS
from services.notifier.bot.conversation import Conversation, NormalText
from services.notifier.bot.dialogs import Dialog, expected_command
from services.notifier.bot.incoming import Incoming, must_not_be_lost
from services.notifier.bot.inline import inline
from services.notifier.bot.keyboards import Press, is_genuine
from services.notifier.bot.membership import membership
from services.notifier.bot.payments import payments
from services.notifier.bot.people import People
from services.notifier.bot.ports import BotPorts, bind
from services.notifier.bot.runner import Runner
from services.notifier.delivery import metrics
from services.notifier.domain.messages import Answer, Reply
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.failures import TransientError

INLINE: Final = 4
"""Inline queries for each command that a person may send: a query is sent while the person types."""
ANY_COMMAND: Final = re.compile(r"^[A-Za-z_]{1,32}$")


class CommandBot:
    """Replies to updates."""

    def __init__(self, ports: BotPorts, storage: BaseStorage, commands_minute: int) -> None:
        self._language = ports.language
        self._dispatcher = Dispatcher(storage=storage, fsm_strategy=FSMStrategy.USER_IN_TOPIC)
        self._dispatcher.include_routers(
            membership(ports.chats, ports.clock, ports.language),
            payments(
                ports.payments,
                ports.chats,
                ports.tiers,
                ports.flags,
                ports.clock,
                ports.language,
                channel=ports.premium_channel is not None,
            ),
            admission(ports.premium_channel, ports.members, ports.chats, ports.tiers, ports.clock),
            inline(
                People(INLINE * commands_minute),
                ports.allowed and ports.allowed | ports.operators,
                ports.market,
                ports.quotes,
                ports.instruments,
                ports.flags,
                ports.clock,
                ports.language,
            ),
            conversations(
                Runner(
                    COMMANDS,
                    {name: bind(command.run, ports) for name, command in COMMANDS.items()},
                    ports.chats,
                    ports.admins,
                    ports.clock,
                    ports.flags,
                    ports.tiers,
                    ports.operators,
                ),
                Conversation(ports.chats, ports.clock, People(commands_minute), ports.language, ports.allowed, ports.operators),
            ),
        )

    async def answer(self, bot: Bot, update: Update) -> Answer | None:
        """The answer, or None where none should be sent. Never raises for user input.

        Raises:
            TransientError: the database is not available, and the update must be handled again: it says what was paid.
        """
        try:
            reply = await self._dispatcher.feed_update(bot, update)
        except TransientError:
            if must_not_be_lost(update):
                raise
            metrics.UPDATES.labels("database").inc()
            return Reply(phrase(self._language, "trouble"), notice=True)
        return None if reply is UNHANDLED else reply

    def dropped(self, reason: str) -> None:
        """Count an update that got no reply."""
        metrics.UPDATES.labels(reason).inc()


def conversations(runner: Runner, conversation: Conversation) -> Router:
    """Texts and buttons. The order of the routes decides: a command, then a text that a dialog expects, then any other text."""

    async def command(message: Message, command: CommandObject, chat: Chat, incoming: Incoming) -> Reply | None:  # noqa: ARG001
        return await runner.run(command.command.lower(), command.args or "", chat, incoming)

    async def completed(message: Message, state: FSMContext, chat: Chat, incoming: Incoming) -> Reply | None:
        name, _, arguments = f"{await expected_command(state)} {message.text}".partition(" ")
        return await runner.run(name, arguments.strip(), chat, incoming)

    async def other_text(message: Message, chat: Chat) -> Reply | None:
        if "@" in (message.text or "").split(" ")[0] and (message.text or "").startswith("/"):
            return None  # another bot's command
        metrics.UPDATES.labels("text").inc()
        return Reply(phrase(chat.language, "not-command", text=escape(message.text or "", 40)))

    async def pressed(query: CallbackQuery, callback_data: Press, bot: Bot, chat: Chat, incoming: Incoming) -> Reply | None:
        if not is_genuine(callback_data, incoming.chat_id, bot.token):
            return await old_button(query, chat)
        name, _, arguments = callback_data.action.partition(" ")
        return await runner.run(name, arguments, chat, incoming)

    async def old_button(query: CallbackQuery, chat: Chat) -> Reply:  # noqa: ARG001
        metrics.UPDATES.labels("old button").inc()
        return Reply(phrase(chat.language, "old-button"), notice=True)

    router = Router(name="conversations")
    router.message.outer_middleware(NormalText())
    observers: tuple[Any, ...] = (router.message, router.callback_query)
    for observer in observers:
        observer.middleware(conversation)
    router.message.register(command, Command(ANY_COMMAND))
    router.message.register(completed, StateFilter(Dialog.typing), ~F.text.startswith("/"))
    router.message.register(other_text, F.chat.type == "private")
    router.callback_query.register(pressed, Press.filter())
    router.callback_query.register(old_button)
    return router
