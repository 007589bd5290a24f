"""Topics of forums: replies and alerts go to the topic of the request, or to the chat itself where the topic is closed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import text

from services.notifier.adapters.conditions import ConditionTable
from services.notifier.adapters.telegram.administrators import BotAdmins
from services.notifier.adapters.telegram.api import open_bot
from services.notifier.adapters.telegram.channel import TelegramChannel
from services.notifier.delivery.outcome_reporter import recipient
from services.notifier.domain.address import Address
from shared.db import open_database
from shared.metrics import REGISTRY
from shared.migrations import command
from tests.databases import on_sqlite
from tests.notifier.parts import chat, records, signal, wire
from tests.notifier.telegram import TOKEN, open_telegram
from tests.notifier.telegram.faults import Fault
from tests.notifier.test_bot import BotUser, bot_user
from tests.notifier.test_conditions import CONDITION, fired, wanted
from tests.notifier.test_conditions import Telegram as Unused
from tests.notifier.test_sending import finished
from tests.until import until

FORUM = -100500
TOPIC = {"message_thread_id": 42, "is_topic_message": True}
PLACES = [
    (TOPIC, 42),
    ({}, 0),
    ({"message_thread_id": 1, "is_topic_message": True}, 0),  # General
    ({"message_thread_id": 777}, 0),  # a reply outside of topics: nothing can be sent to this thread id
]


def answered(user: BotUser, count: int) -> bool:
    """Whether at least ``count`` messages were sent."""
    return len(user.telegram.accepted) >= count


def redirected() -> float:
    """The metric of alerts that were sent to the chat itself."""
    return REGISTRY.get_sample_value("finstage_notifier_redirected_total", {"channel": "telegram"}) or 0.0


@on_sqlite
@pytest.mark.parametrize(("where", "thread"), PLACES, ids=["topic", "no topic", "general", "reply"])
async def test_the_reply_goes_to_the_topic_of_the_question(database_url: str, where: dict[str, int], thread: int) -> None:
    async with bot_user(database_url) as user:
        user.telegram.topics[str(FORUM), 42] = ""
        await user.telegram.type_text("/help", FORUM, 1, "supergroup", **where)
        await until(lambda: user.telegram.accepted)
        await user.telegram.press_button("list", FORUM, 1, "supergroup", **where)
        await until(lambda: len(user.telegram.accepted) == 2)
        assert [message.thread for message in user.telegram.accepted] == [thread, thread]


@on_sqlite
async def test_each_topic_has_its_own_list_and_conditions(database_url: str) -> None:
    async with bot_user(database_url) as user:
        user.telegram.topics = {(str(FORUM), 42): "", (str(FORUM), 43): ""}
        user.telegram.admins.add((str(FORUM), "1"))
        for line, thread in (("/watch AAPL", 42), ("/watch 삼성전자", 43), ("/alert rsi_14 < 30", 42), ("/list", 43)):
            wanted_count = len(user.telegram.accepted) + 1
            await user.telegram.type_text(line, FORUM, 1, "supergroup", message_thread_id=thread, is_topic_message=True)
            await until(partial(answered, user, wanted_count), 20, line)
        assert "005930.KS" in user.telegram.accepted[-1].text
        assert "AAPL" not in user.telegram.accepted[-1].text
        lists = [await user.parts.chats.watched(Address("telegram", str(FORUM), thread)) for thread in (0, 42, 43)]
        assert lists == [[], ["AAPL"], ["005930.KS"]]
        (alert,) = await ConditionTable(user.parts.database).for_chat("telegram", str(FORUM))
        assert alert.thread_id == 42


async def test_an_alert_goes_once_to_each_topic_that_wants_it(database_url: str) -> None:
    async with open_telegram() as server, open_bot(TOKEN, server.base, 20) as bot, open_database(database_url) as database:
        parts, table = wire(database, [TelegramChannel(bot, 20)]), ConditionTable(database)
        server.topics = {(str(FORUM), number): "" for number in (42, 43, 44)}
        await parts.chats.save(chat(FORUM, kind="group", watch_all_thread_id=44), 0)
        await parts.chats.watch(Address("telegram", str(FORUM), 42), ["AAPL"], 0)
        await parts.chats.watch(Address("telegram", str(FORUM), 44), ["AAPL"], 0)
        for thread, scope in ((42, "watched"), (43, "watched"), (43, "symbols")):
            targets = ("AAPL",) if scope == "symbols" else ()
            await table.add(wanted(CONDITION, str(FORUM), thread_id=thread, scope=scope, targets=targets), 0)
        for _ in range(2):
            await parts.fan_out.handle(records([signal(), fired(1)]))
        async with parts.sending():
            rows = await finished(parts, 4)
        assert Counter(message.thread for message in server.accepted) == {42: 2, 44: 1, 43: 1}
        deliveries = await parts.deliveries.unreported(10)
        assert len({recipient(delivery, b"key") for delivery, _ in deliveries}) == 3, "each topic is a recipient"
        assert len(rows) == 4
        assert server.problems == []


@on_sqlite
@pytest.mark.parametrize("reason", ["TOPIC_CLOSED", "message thread not found", "TOPIC_DELETED"])
async def test_an_alert_for_a_closed_topic_goes_to_the_chat_with_a_note(database_url: str, reason: str) -> None:
    before = redirected()
    async with bot_user(database_url) as user:
        user.telegram.topics[str(FORUM), 42] = reason
        await user.parts.chats.save(replace(chat(FORUM, kind="group", watch_all_thread_id=42), user_id="9"), 0)
        await user.parts.chats.save(chat(9, watch_all=False), 0)
        await user.parts.fan_out.handle(records([signal()]))
        async with user.parts.sending():
            await finished(user.parts, 2)
        message, notice = user.telegram.accepted
        assert (notice.chat_id, notice.text[:1]) == ("9", "📌")
        assert (message.chat_id, message.thread) == (str(FORUM), 0)
        assert message.text.startswith("📌")
        assert "AAPL" in message.text
        rows = [(row.kind, row.chat_id, row.status, row.thread_id) for row in await user.parts.rows()]
        assert rows[0] == ("signal", str(FORUM), "sent", 42)
        assert [row[:2] for row in rows[1:]] == [("notice", "9")], "whoever set up the group is told, once"
        assert redirected() == before + 1


class Known:
    """Administrators of every group."""

    def __init__(self, *ids: str) -> None:
        self.ids = list(ids)

    async def is_admin(self, chat_id: str, user_id: str) -> bool:  # noqa: ARG002
        return user_id in self.ids

    async def admins(self, chat_id: str) -> list[str]:  # noqa: ARG002
        return self.ids


@on_sqlite
@pytest.mark.parametrize(("reachable", "told"), [("", str(FORUM)), ("11", "11")])
async def test_who_is_told_of_a_closed_topic_when_its_owner_has_no_chat_with_the_bot(
    database_url: str, reachable: str, told: str
) -> None:
    """Another administrator, else the group, once; no delivery fails."""
    async with open_telegram() as server, open_bot(TOKEN, server.base, 20) as bot, open_database(database_url) as database:
        parts = wire(database, [TelegramChannel(bot, 20)], admins={"telegram": Known("9", "10", "11")})
        server.topics[str(FORUM), 42] = "TOPIC_CLOSED"
        await parts.chats.save(replace(chat(FORUM, kind="group", watch_all_thread_id=42), user_id="9"), 0)
        await parts.chats.save(chat(10, watch_all=False), 0)
        await parts.chats.deactivate("telegram", "10", 0)  # blocked the bot
        if reachable:
            await parts.chats.save(chat(int(reachable), watch_all=False), 0)
        await parts.fan_out.handle(records([signal()]))
        await parts.fan_out.handle(records([signal(1)]))
        async with parts.sending():
            await finished(parts, 3)
        assert await parts.statuses() == {"sent": 3}
        assert [(message.chat_id, message.thread) for message in server.accepted if "42" in message.text] == [(told, 0)]
        assert server.problems == []


@on_sqlite
@pytest.mark.parametrize(("thread", "reachable"), [(42, True), (0, True), (42, False)])
async def test_an_administrator_is_told_once_where_general_is_closed_as_well(
    database_url: str, thread: int, *, reachable: bool
) -> None:
    async with open_telegram() as server, open_bot(TOKEN, server.base, 20) as bot, open_database(database_url) as database:
        parts = wire(database, [TelegramChannel(bot, 20)], admins={"telegram": Known("9", "10")})
        server.topics |= {(str(FORUM), 42): "TOPIC_CLOSED", (str(FORUM), 0): "TOPIC_CLOSED"}
        await parts.chats.save(replace(chat(FORUM, kind="group", watch_all_thread_id=thread), user_id="9"), 0)
        if reachable:
            await parts.chats.save(chat(10, watch_all=False), 0)
        await parts.fan_out.handle(records([signal()]))
        await parts.fan_out.handle(records([signal(1)]))
        async with parts.sending():
            await finished(parts, 3 if reachable else 2)
        assert await parts.statuses() == {"failed": 2} | ({"sent": 1} if reachable else {})
        assert [(message.chat_id, message.text.count("General")) for message in server.accepted] == [("10", 1)] * reachable
        assert server.problems == []


async def test_the_administrators_of_a_group_are_asked_of_telegram() -> None:
    async with open_telegram() as server, open_bot(TOKEN, server.base, 20) as bot:
        server.admins |= {(str(FORUM), "9"), ("-1", "8")}
        assert await BotAdmins(bot).admins(str(FORUM)) == ["9"]
        server.choose = lambda method, _: Fault("403") if method == "getChatAdministrators" else None
        assert await BotAdmins(bot).admins(str(FORUM)) == []


@on_sqlite
async def test_an_answer_to_a_closed_topic_goes_to_the_chat(database_url: str) -> None:
    async with bot_user(database_url) as user:
        user.telegram.topics[str(FORUM), 42] = "TOPIC_CLOSED"
        await user.telegram.type_text("/help", FORUM, 1, "supergroup", **TOPIC)
        await until(lambda: user.telegram.accepted)
        assert user.telegram.accepted[0].thread == 0


async def test_topics_move_with_their_chat(database_url: str) -> None:
    async with open_database(database_url) as database:
        parts, table = wire(database, [Unused()]), ConditionTable(database)
        await parts.chats.save(chat(-1, kind="group", watch_all_thread_id=42), 0)
        await parts.chats.watch(Address("telegram", "-1", 42), ["AAPL"], 0)
        await table.add(wanted(CONDITION, "-1", thread_id=42), 0)
        await parts.fan_out.handle(records([signal()]))
        await parts.chats.migrate("telegram", "-1", "-1001", 0)
        moved = await parts.chats.get("telegram", "-1001")
        assert moved is not None
        assert moved.watch_all_thread_id == 42
        assert await parts.chats.watched(Address("telegram", "-1001", 42)) == ["AAPL"]
        assert [alert.thread_id for alert in await table.for_chat("telegram", "-1001")] == [42]
        assert [(row.chat_id, row.thread_id) for row in await parts.rows()] == [("-1001", 42)]


async def test_the_migration_keeps_watchlists_and_its_downgrade_merges_topics(database_url: str) -> None:
    """Upgrade from the tables without topics, and downgrade to them."""
    await command.downgrade(database_url, "0005")
    async with open_database(database_url) as database:
        async with database.begin() as connection:
            await connection.execute(text("INSERT INTO watchlists VALUES ('telegram', '-1', 'AAPL', 5)"))
        await command.upgrade(database_url)
        assert await command.differences(database_url) == []
        chats = wire(database, []).chats
        assert await chats.watched(Address("telegram", "-1")) == ["AAPL"]
        await chats.watch(Address("telegram", "-1", 42), ["AAPL", "MSFT"], 6)
        await chats.watch(Address("telegram", "-1", 43), ["MSFT"], 7)
        await command.downgrade(database_url, "0005")
        async with database.connect() as connection:
            rows = (await connection.execute(text("SELECT symbol, created_at FROM watchlists ORDER BY symbol"))).all()
        assert [tuple(row) for row in rows] == [("AAPL", 5), ("MSFT", 6)]
        await command.upgrade(database_url)
