"""What went wrong in other bots with aiogram and the Bot API, tried on this one."""

from __future__ import annotations

from typing import Any

import pytest

from services.notifier.adapters.telegram.administrators import BotAdmins
from services.notifier.adapters.telegram.api import open_bot
from tests.databases import on_sqlite
from tests.notifier.telegram import TOKEN, open_telegram
from tests.notifier.telegram.faults import Fault
from tests.notifier.test_bot import bot_user
from tests.until import until

GROUP = {"id": -1001, "type": "supergroup", "title": "G"}
BOT = {"id": 4242424242, "is_bot": True, "first_name": "F"}
PERSON = {"id": 7, "is_bot": False, "first_name": "P"}
RESTRICTED = {"status": "restricted", "user": BOT, "is_member": True, "can_send_messages": True, "until_date": 0}
"""Without ``can_react_to_messages``, which aiogram requires: github.com/aiogram/aiogram, issue 1812."""
CHANGED = {"chat": GROUP, "from": PERSON, "date": 1, "old_chat_member": RESTRICTED, "new_chat_member": RESTRICTED}


@on_sqlite
@pytest.mark.parametrize(
    "update",
    [
        {"my_chat_member": CHANGED},
        {"message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "of another version"}, "text": "/help"}},
        {"a_kind_of_update_of_another_version": {"id": 1}},
    ],
    ids=["restricted member", "kind of chat", "kind of update"],
)
async def test_an_update_that_aiogram_cannot_read_stops_nobody(database_url: str, update: dict[str, Any]) -> None:
    async with bot_user(database_url) as user:
        await user.telegram.update(**update)
        assert "/watch" in await user.ask("/help")


async def test_administrators_that_aiogram_cannot_read_are_unknown() -> None:
    """github.com/aiogram/aiogram, issue 1427."""
    async with open_telegram() as server, open_bot(TOKEN, server.base, 20) as bot:
        server.results["getChatMember"] = lambda _: {"status": "of another version", "user": PERSON}
        server.results["getChatAdministrators"] = lambda _: [{"status": "administrator", "user": PERSON}]
        assert await BotAdmins(bot).is_admin("-1001", "7") is False
        assert await BotAdmins(bot).admins("-1001") == []


@on_sqlite
async def test_a_button_that_was_pressed_long_ago_is_still_obeyed(database_url: str) -> None:
    """Telegram refuses the notice over the chat: "query is too old"; the message with the button may be inaccessible."""
    async with bot_user(database_url) as user:
        refused = "Bad Request: query is too old and response timeout expired or query ID is invalid"
        user.telegram.choose = lambda method, _: Fault("400", text=refused) if method == "answerCallbackQuery" else None
        await user.telegram.press_button("settings pace each")
        await until(lambda: user.telegram.accepted)
        known = await user.parts.chats.get("telegram", "7")
        assert known is not None
        assert known.pace == "each"
        await user.telegram.press_button("list", text=None, date=0)
        await until(lambda: len(user.telegram.accepted) == 2)
