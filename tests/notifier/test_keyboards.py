"""Buttons: signed for their chat, and answered politely where they are old; replies that edit, and that Telegram cannot parse."""

from __future__ import annotations

import inspect
from typing import cast

import pytest
from aiogram.filters.callback_data import MAX_CALLBACK_LENGTH
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.bot.commands.table import COMMANDS
from services.notifier.bot.keyboards import Press, is_genuine, press
from services.notifier.bot.ports import GIVEN, BotPorts, bind
from services.notifier.domain.messages import ACTION_LENGTH, Button, Reply
from tests.databases import on_sqlite
from tests.notifier.telegram import TOKEN
from tests.notifier.telegram.faults import Fault
from tests.notifier.test_bot import bot_user
from tests.until import until

CHATS = st.integers(-(10**15), 10**15).map(str)


@given(st.text(st.characters(exclude_characters="|", codec="utf-8"), min_size=1, max_size=ACTION_LENGTH), CHATS)
def test_a_signed_action_fits_and_is_genuine_in_its_chat_alone(action: str, chat: str) -> None:
    if len(action.encode()) > ACTION_LENGTH:
        with pytest.raises(ValueError, match="must have 1 to"):
            Button("x", action)
        return
    data = press(action, chat, TOKEN).pack()
    assert len(data.encode()) <= MAX_CALLBACK_LENGTH
    assert is_genuine(Press.unpack(data), chat, TOKEN)
    assert not is_genuine(Press.unpack(data), chat + "1", TOKEN)
    assert not is_genuine(Press.unpack(data), chat, TOKEN + "x")
    assert not is_genuine(Press(signature=Press.unpack(data).signature, action=action + "x"), chat, TOKEN)


@on_sqlite
@pytest.mark.parametrize(
    "data",
    ["mute 1h", "p|AAAAAAAA|mute 1h", press("mute 1h", "8", TOKEN).pack(), "p|x", "p|" + "ü" * 20 + "|mute 1h", "x" * 64],
    ids=["unsigned", "forged", "of another chat", "short", "not ASCII", "long"],
)
async def test_a_button_that_was_not_sent_to_this_chat_is_answered_politely(database_url: str, data: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/start")
        number = await user.telegram.press_data(data)
        await until(lambda: user.telegram.confirmed >= number)
        assert ["오래된 버튼" in notice for notice in user.telegram.notices] == [True]
        assert len(user.telegram.texts()) == 1, "nothing is written into the chat"
        found = await user.parts.chats.get("telegram", "7")
        assert found is not None
        assert found.muted_until == 0


@on_sqlite
async def test_settings_are_edited_in_place_and_a_button_is_acknowledged(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/settings")
        shown = user.telegram.accepted[-1]
        assert "settings unproven on" in shown.actions
        number = await user.telegram.press_button("settings unproven on", message_id=shown.message_id)
        await until(lambda: user.telegram.confirmed >= number)
        edited = user.telegram.accepted[-1]
        assert (edited.method, edited.message_id) == ("editMessageText", shown.message_id)
        assert "settings unproven off" in edited.actions
        assert user.telegram.notices == [""]


UNACKNOWLEDGED = (Fault("400", text="Bad Request: query is too old"), Fault("429", 1), Fault("502"), Fault("cut-before"))


@on_sqlite
async def test_a_button_works_where_its_press_cannot_be_acknowledged(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/settings")
        for number, fault in enumerate(UNACKNOWLEDGED):
            user.telegram.choose = lambda method, _: fault if method == "answerCallbackQuery" else None  # noqa: B023
            now, other = ("on", "off") if number % 2 == 0 else ("off", "on")
            assert f"settings unproven {other}" in (await user.press(f"settings unproven {now}")).actions, fault


@on_sqlite
async def test_a_text_that_telegram_cannot_parse_is_sent_as_plain_text(database_url: str) -> None:
    async with bot_user(database_url) as user:
        user.telegram.faults.append(Fault("400", text="Bad Request: can't parse entities: unsupported start tag"))
        assert "<b>" not in await user.ask("/help")
        assert user.telegram.calls.count("sendMessage") == 2


@on_sqlite
async def test_the_menu_of_commands_is_in_the_language_of_the_user(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/help")
        listed = [name for name, command in COMMANDS.items() if command.listed and name != "premium"]  # nothing is sold here
        assert user.telegram.menus == {"": listed, "ko": listed, "en": listed}


def test_every_command_names_ports_that_exist() -> None:
    fields = set(BotPorts.__dataclass_fields__)
    for name, command in COMMANDS.items():
        assert set(inspect.signature(command.run).parameters) >= GIVEN, name
        assert set(inspect.signature(command.run).parameters) - GIVEN <= fields, name


def test_a_command_with_an_unknown_port_is_refused() -> None:
    async def command(chat: object, arguments: str, weather: object) -> Reply:
        raise NotImplementedError

    with pytest.raises(TypeError, match="no port is called weather"):
        bind(command, cast("BotPorts", None))
