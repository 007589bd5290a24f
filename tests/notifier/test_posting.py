"""Signals are posted to channels by a setting, with a filter, and without buttons that a reader could press."""

from __future__ import annotations

import msgspec
import pytest
from pydantic import ValidationError

from services.notifier.adapters.telegram.api import open_bot
from services.notifier.adapters.telegram.channel import TelegramChannel
from services.notifier.delivery.posting import apply_channels
from services.notifier.domain.posting import PostingChannel
from services.notifier.settings import NotifierSettings
from shared.db import open_database
from shared.events import Timeframe
from tests.databases import on_sqlite
from tests.notifier.parts import NOW, list_instruments, records, signal, wire
from tests.notifier.telegram import TOKEN, open_telegram
from tests.notifier.test_bot import bot_user
from tests.notifier.test_sending import finished
from tests.notifier.test_setup import list_industries


@on_sqlite
async def test_a_channel_gets_what_its_filter_lets_through(database_url: str) -> None:
    async with open_telegram() as telegram, open_database(database_url) as database, open_bot(TOKEN, telegram.base, 5) as bot:
        await list_instruments(database)
        await list_industries(database)
        parts = wire(database, [TelegramChannel(bot, 5)])
        await parts.instruments.refresh()
        hourly = PostingChannel(chat="-1001", timeframes=("1h",), unproven=True, pace="each", language="en")
        chips = PostingChannel(chat="@chips", industries=("semiconductors",), rules=("golden_cross",), pace="each")
        proven = PostingChannel(chat="-1002", symbols=("AAPL",), pace="each")
        await apply_channels([hourly, chips, proven], parts.chats, parts.chats, "telegram", NOW)
        fired = [
            signal(0, "AAPL", timeframe=Timeframe.H1),
            signal(1, "AAPL"),
            signal(2, "005930.KS"),
            signal(3, "005930.KS", rule="rsi_mid", params={}),
            signal(4, "AAPL", rule="gap", params={"move": 0.01}),
            signal(5, "005930.KS", rule="gap", params={"move": 0.01}),
        ]
        await parts.fan_out.handle(records(fired))
        rows = await parts.rows()
        assert {(row.chat_id, row.signal_id) for row in rows} == {
            ("-1001", fired[0].id), ("@chips", fired[2].id), ("-1002", fired[4].id)
        }  # fmt: skip
        await apply_channels([hourly, chips], parts.chats, parts.chats, "telegram", NOW)
        gone = await parts.chats.get("telegram", "-1002")
        assert gone is not None
        assert not gone.active
        async with parts.sending():
            await finished(parts, 3)
        assert await parts.statuses() == {"sent": 2, "failed": 1}
        assert [each.buttons for each in telegram.accepted] == [(), ()]


@on_sqlite
async def test_who_presses_a_button_in_a_channel_changes_nothing(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await apply_channels([PostingChannel(chat="-1001")], user.parts.chats, user.parts.chats, "telegram", NOW)
        before = await user.parts.chats.get("telegram", "-1001")
        number = await user.telegram.press_button("mute 1h", -1001, 9, "channel")
        assert await user.gets_no_answer("/mute 1h", -1001, 9, "channel")
        assert user.telegram.confirmed >= number
        assert await user.parts.chats.get("telegram", "-1001") == before


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("chat", "5", "chat is '5'"),
        ("rules", ["gold"], "rules has 'gold'"),
        ("timeframes", ["2h"], "timeframes has '2h'"),
        ("colour", "red", "colour"),
    ],
)
def test_a_wrong_channel_is_refused_with_its_field(field: str, value: object, said: str) -> None:
    body = msgspec.json.encode([{"chat": "@signals", field: value}]).decode()
    with pytest.raises(ValidationError, match=f"(?s)TELEGRAM_CHANNELS.*{said}"):
        NotifierSettings(_env_file=None, telegram_channels=body)
    with pytest.raises(ValidationError, match="two have the same chat"):
        NotifierSettings(_env_file=None, telegram_channels='[{"chat": "@a"}, {"chat": "@a"}]')
