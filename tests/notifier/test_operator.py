"""The operator's commands, the list of allowed chats, and broadcasts that lose and double nothing over restarts."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import ValidationError

from services.notifier.adapters.deliveries import DeliveryTable
from services.notifier.adapters.flags import FlagTable
from services.notifier.adapters.notices import PAGE, NoticeTable
from services.notifier.adapters.statistics import StatisticsTables
from services.notifier.bot.clean_up import CleanUp
from services.notifier.bot.flags import LatestFlags
from services.notifier.delivery.broadcasting import Broadcasting
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.address import Address
from services.notifier.domain.delivery import DeliveryStatus
from services.notifier.domain.notices import Notice, same_text
from services.notifier.domain.payments import Payment
from services.notifier.domain.ports.deliveries import NewDelivery
from services.notifier.settings import NotifierSettings
from shared.db import open_database
from shared.tables import chats
from tests.databases import on_sqlite
from tests.notifier.parts import NOW, ManualClock, chat, wire
from tests.notifier.test_bot import bot_user
from tests.notifier.test_sending import RecordingChannel, finished
from tests.until import until

OPERATOR = frozenset({"1"})


@on_sqlite
async def test_a_broadcast_is_previewed_sent_and_counted(database_url: str) -> None:
    async with bot_user(database_url, operators=OPERATOR) as user:
        await user.ask("/settings silent on", chat=8, user=8)
        await user.ask("/lang en", chat=1, user=1)
        assert "/broadcast 명령은 없습니다" in await user.ask("/broadcast hello", chat=8, user=8)
        assert "up to 900" in await user.ask("/broadcast", chat=1, user=1)
        assert "<b>Preview</b>" in await user.ask("/broadcast Maintenance <b>tonight</b>", chat=1, user=1)
        notices = NoticeTable(user.parts.database)
        assert await notices.send_page("telegram", NOW) == 0, "nothing is sent before it is confirmed"
        assert "being sent" in (await user.press("📣 Send", chat=1, user=1)).text
        broadcasting = Broadcasting(notices, "telegram", TimeAndRandom(), user.parts.sender.wake)
        await broadcasting.once()
        await broadcasting.once()
        assert "chats private active: 2" in await user.ask("/stats", chat=1, user=1)
        await user.ask("/lang ko", chat=1, user=1)
        korean = await user.ask("/stats", chat=1, user=1)
        assert "채팅 개인 켜짐: 2" in korean
        assert "알림 telegram 대기: 2" in korean, "names of channels stay"
        await user.ask("/lang en", chat=1, user=1)
        async with user.parts.sending():
            await finished(user.parts, 2)
        assert user.telegram.texts("8")[-1] == "Maintenance &lt;b&gt;tonight&lt;/b&gt;"
        assert not [row for row in await user.parts.rows() if row.to_report]


@on_sqlite
async def test_a_broadcast_can_be_cancelled(database_url: str) -> None:
    async with bot_user(database_url, operators=OPERATOR) as user:
        await user.ask("/lang en", chat=1, user=1)
        await user.ask("/broadcast oops", chat=1, user=1)
        await user.press("📣 Send", chat=1, user=1)
        await NoticeTable(user.parts.database).send_page("telegram", NOW)
        assert "Not sent: 1" in (await user.press("✖️ Cancel", chat=1, user=1)).text
        assert await user.parts.statuses() == {"failed": 1}
        assert "failed 1" in (await user.press("🔄 Status", chat=1, user=1)).text


async def test_a_broadcast_continues_after_a_restart_without_gaps_or_repeats(database_url: str) -> None:
    count, channel = PAGE * 2 + 7, RecordingChannel()
    rows = [
        {"channel": "telegram", "chat_id": str(i), "kind": "private", "active": i != 5, "created_at": NOW} for i in range(count)
    ]
    async with open_database(database_url) as database:
        async with database.begin() as connection:
            await connection.execute(chats.insert(), rows)
        await NoticeTable(database).add(Notice("n" * 16, "broadcast", "all", same_text("x"), "sending"), NOW)
        assert await NoticeTable(database).send_page("telegram", NOW) == PAGE
    async with open_database(database_url) as database:  # another process
        parts = wire(database, [channel])
        while await NoticeTable(database).send_page("telegram", parts.sender._clock.now()):
            pass
        assert Counter(row.chat_id for row in await parts.rows()) == {str(i): 1 for i in range(count) if i != 5}
        assert await NoticeTable(database).change("n" * 16, "sent", "sent")


@on_sqlite
async def test_features_are_switched_off_and_on(database_url: str) -> None:
    async with open_database(database_url) as database:
        table = FlagTable(database)
        async with bot_user(database_url, operators=OPERATOR, flags=LatestFlags(table)) as user:
            await user.ask("/lang en", chat=1, user=1)
            await user.ask("/lang en")
            assert "There is no feature" in await user.ask("/flags nothing off", chat=1, user=1)
            assert "▫️ backtest" in (await user.ask_shown("/flags backtest off", 1)).labels
            assert "switched off" in await user.ask("/backtest AAPL rsi_14 < 30")
            assert "mean /flags" not in await user.ask("/flags backtest on"), "an operator's command is not suggested to others"
            assert await table.all() == {"backtest": False}
            assert "✅ backtest" in (await user.press("flags backtest on", chat=1, user=1)).labels
            assert "switched off" not in await user.ask("/backtest AAPL rsi_14 < 30")
        fresh = LatestFlags(table)
        await table.save("news", NOW, enabled=False)
        await fresh.refresh()
        assert [fresh.is_on(name) for name in ("news", "backtest", "inline")] == [False, True, True]


async def test_chats_that_block_the_bot_are_deleted_after_some_days(database_url: str) -> None:
    clock, day = ManualClock(), 86_400
    async with bot_user(database_url, operators=OPERATOR, clock=clock.clock()) as user:
        parts, ports = user.parts, user.ports
        for number in (1, 7, 8, 9, 10):
            await parts.chats.save(chat(number, language="en"), NOW)
            await parts.chats.watch(Address("telegram", str(number)), ["AAPL"], NOW)
        for number in (7, 8, 9):
            await parts.chats.deactivate("telegram", str(number), NOW)
        assert ports.payments is not None
        await ports.payments.credit(Payment("c", "9", "9", "", 1, NOW + 99 * day * 1000, NOW), NOW)
        await user.ask("/start", chat=8, user=8)  # came back
        job = CleanUp(parts.chats, ports.personal_data, parts.deliveries, OPERATOR, 30, clock.clock(), parts.sender.wake)
        clock.at = 29 * day
        await parts.chats.deactivate("telegram", "7", NOW + 29 * day * 1000)  # a second refusal does not begin anew
        await job.once()
        assert await parts.chats.get("telegram", "7") is not None
        clock.at = 30 * day
        await job.once()
        await job.once()
        assert [await parts.chats.get("telegram", each) is None for each in ("7", "8", "9", "10")] == [True, False, False, False]
        assert await parts.chats.watched(Address("telegram", "7")) == []
        async with parts.sending():
            await until(lambda: user.telegram.texts("1"), 10, "the operator to be told")
        assert user.telegram.texts("1") == ["🧹 Chats deleted: 1. They blocked the bot over 30 days ago."]


@on_sqlite
async def test_outcomes_are_counted_by_hour(database_url: str) -> None:
    async with open_database(database_url) as database:
        table, hour = DeliveryTable(database, ("telegram",)), 3_600_000
        for number, (at, status) in enumerate([(0, "pending"), (1, "pending"), (hour, "pending"), (-9 * hour, "pending")]):
            await table.add([NewDelivery(f"{number}", chat(), DeliveryStatus(status), "")], NOW + at)
        await table.add([NewDelivery("m", chat(), DeliveryStatus.MUTED, "")], NOW)
        found = await StatisticsTables(database).hourly(NOW - 5 * hour)
    assert list(found.items()) == [(NOW + hour, {"pending": 1}), (NOW, {"muted": 1, "pending": 2})]


@on_sqlite
async def test_only_allowed_chats_are_answered(database_url: str) -> None:
    async with bot_user(database_url, allowed=frozenset({"7"}), operators=OPERATOR) as user:
        assert "/price" in await user.ask("/help")
        assert "허용된 채팅" in await user.ask("/help", chat=8, user=8)
        assert await user.gets_no_answer("/help", chat=8, user=8)
        assert await user.parts.chats.get("telegram", "8") is None
        assert "/price" in await user.ask("/help", chat=1, user=1)


def test_ids_in_the_settings_are_checked() -> None:
    assert NotifierSettings(_env_file=None, telegram_operators="1, -100").operators == {"1", "-100"}
    with pytest.raises(ValidationError, match="'bob' is no id"):
        NotifierSettings(_env_file=None, telegram_allowed="1,bob")
    with pytest.raises(ValidationError, match="PUBLIC_URL"):
        NotifierSettings(_env_file=None, public_url="example.com")
