"""Who gets a signal: the database decides as the domain does, for every mix of settings."""

from __future__ import annotations

import itertools
from collections import Counter
from random import Random
from typing import Any

from services.notifier.adapters.conditions import ConditionTable
from services.notifier.adapters.notices import NoticeTable
from services.notifier.domain.address import Address
from services.notifier.domain.notices import Notice, same_text
from services.notifier.domain.recipients import ALL_RULES, PROVISIONAL, Chat
from shared.db import open_database
from shared.events import Signal, Timeframe
from shared.tables import alert_rules, chats, watched_industries, watchlists
from tests.notifier.parts import NOW, list_instruments, records, signal, wire
from tests.notifier.test_conditions import CONDITION, fired, wanted
from tests.notifier.test_sending import RecordingChannel
from tests.notifier.test_setup import list_industries
from tests.notifier.test_texts import QUALITY

EVENT, PREDICTION = ("gap", {"move": 0.01}), ("golden_cross", {"fast": 50.0, "slow": 200.0})
CHOICES: tuple[dict[str, bool], ...] = (
    {}, {"gap": False}, {"golden_cross": True}, {"golden_cross": False, ALL_RULES: True}, {ALL_RULES: False, "gap": True},
    {PROVISIONAL: True}, {PROVISIONAL: True, ALL_RULES: False}, {PROVISIONAL: False, "gap": True},
)  # fmt: skip


SHOWN = ("", "", "1m,1d", "1M,1h", "1w")


def every_chat() -> list[tuple[Chat, set[Address], set[Address]]]:
    """Chats of every mix of settings, with the addresses that watch AAPL and those that watch its industry."""
    random, found = Random(7), []
    mixes = itertools.product((True, False), (True, False), (True, False), CHOICES, range(2))  # each twice: timeframes are drawn
    for number, (active, everything, unvalidated, rules, _) in enumerate(mixes, start=1):
        chat = Chat("telegram", f"{number}", active=active, watch_all=everything, unvalidated=unvalidated, rules=rules,
                    watch_all_thread_id=random.choice((0, 5)), timeframes=random.choice(SHOWN))  # fmt: skip
        at = [Address("telegram", chat.chat_id, thread) for thread in (0, 5)]
        found.append((chat, {one for one in at if random.random() < 0.4}, {one for one in at if random.random() < 0.4}))
    return found


def expected(found: list[tuple[Chat, set[Address], set[Address]]], of: Signal) -> set[Address]:
    addresses: set[Address] = set()
    for chat, by_name, by_industry in found:
        if chat.active and chat.wants(of):
            addresses |= by_name | by_industry
            addresses |= {Address("telegram", chat.chat_id, chat.watch_all_thread_id)} if chat.watch_all else set()
    return addresses


async def test_the_database_decides_as_the_domain(database_url: str) -> None:
    found = every_chat()
    signals = [
        signal(number, rule=rule, params=params, quality=quality, provisional=provisional)
        for number, ((rule, params), quality, provisional) in enumerate(
            itertools.product((EVENT, PREDICTION), (None, QUALITY), (False, True))
        )
    ]
    async with open_database(database_url) as database:
        await list_instruments(database)
        await list_industries(database)
        parts = wire(database, [])
        rows: dict[Any, list[dict[str, Any]]] = {chats: [], watchlists: [], watched_industries: [], alert_rules: []}
        for chat, by_name, by_industry in found:
            await parts.chats.save(chat, NOW)
            where = {"channel": "telegram", "chat_id": chat.chat_id, "created_at": NOW}
            rows[watchlists] += [where | {"thread_id": at.thread_id, "symbol": "AAPL"} for at in by_name]
            rows[watched_industries] += [where | {"thread_id": at.thread_id, "industry": "phones"} for at in by_industry]
        async with database.begin() as connection:
            for table in (watchlists, watched_industries):
                await connection.execute(table.insert(), rows[table])
        signals.append(signal(8, rule="gap", params={"move": 0.01}, timeframe=Timeframe.M1))
        assert {chat.timeframes for chat, *_ in found if chat.active and chat.wants(signals[-1])} == {"", "1m,1d"}, (
            "1M is another one"
        )
        decided = await parts.chats.recipients(
            ("telegram",), [*signals, signal(9, symbol="005930.KS", rule="gap", params={"move": 0.01})]
        )
        for of, chosen in zip(signals, decided, strict=False):
            addresses = [chat.address for chat in chosen]
            assert len(addresses) == len(set(addresses)), "each once"
            assert set(addresses) == expected(found, of), (of.rule, of.quality is not None, of.provisional)
        everything = {chat.chat_id for chat, *_ in found if chat.watch_all and chat.active and chat.wants(signals[0])}
        assert {chat.chat_id for chat in decided[-1]} == everything, "another instrument"
        assert await parts.chats.recipients(("console",), signals[:1]) == [[]]
        watching = await parts.chats.watched_at([("telegram", chat.chat_id) for chat, *_ in found], ["AAPL", "MSFT"])
        assert watching == {at: frozenset({"AAPL"}) for _, by_name, by_industry in found for at in by_name | by_industry}
        assert len(expected(found, signals[0])) > 20


async def test_own_conditions_then_premium_come_before_what_was_due_earlier(database_url: str) -> None:
    async with open_database(database_url) as database:
        await list_instruments(database)
        parts = wire(database, [RecordingChannel()])
        where = [
            {"channel": "telegram", "chat_id": f"{n}", "kind": "private", "created_at": NOW, "watch_all": True} for n in range(40)
        ]
        async with database.begin() as connection:
            await connection.execute(chats.insert(), [row | {"premium_until": 0 if n else 10**15} for n, row in enumerate(where)])
        await NoticeTable(database).add(Notice("n", "broadcast", "all", same_text("x"), state="sending"), NOW)
        await NoticeTable(database).send_page("telegram", NOW)
        await parts.fan_out.handle(records([signal(rule="gap", params={"move": 0.01}, replayed=True)]))
        await ConditionTable(database).add(wanted(CONDITION, "30", scope="symbols", targets=("AAPL",)), NOW)
        await parts.fan_out.handle(records([fired()]))
        page = await parts.deliveries.due(10**15, 45)
        assert [row.chat_id for row in page[:2]] == ["30", "0"], "the own condition, then the chat that has paid"
        assert Counter(row.kind for row in page) == {"signal": 41, "notice": 4}, "texts for many come last"
