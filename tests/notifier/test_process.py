"""The notifier as a process: real Kafka, real databases, the Bot API's stand-in."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.notifier.domain import formatting
from services.notifier.domain.address import Address
from services.notifier.domain.delivery import NEVER
from services.notifier.domain.recipients import Chat
from shared.db import open_database
from shared.events import Delivery, Signal
from shared.kafka import Record, open_producer, open_tail
from shared.settings import MeshSettings
from shared.topics import DELIVERIES, INDUSTRIES
from tests.databases import on_mariadb, on_sqlite
from tests.notifier.parts import industry, list_instruments, signal, store_bars, wire
from tests.notifier.process import Notifier, environment, publish, running
from tests.notifier.telegram import TOKEN, Telegram, open_telegram
from tests.notifier.telegram.faults import by_chance
from tests.servers import Broker
from tests.until import until


def unique_symbol() -> str:
    """A symbol that no other test uses on the shared topic."""
    return f"T{uuid4().hex[:10].upper()}"


async def test_signals_become_alerts_and_outcomes_are_published(kafka: Broker, database_url: str, tmp_path: Path) -> None:
    symbol = unique_symbol()
    fired = [signal(i, symbol, ts_init=int(time.time() * 1000)) for i in range(3)]
    old = signal(9, symbol, ts_init=1)
    reported: list[Record[Delivery]] = []
    stopping = asyncio.Event()

    async def keep(records: Sequence[Record[Delivery]]) -> None:
        reported.extend(record for record in records if record.key in {found.id for found in [*fired, old]})

    async with open_telegram() as telegram, open_database(database_url) as database:
        parts = wire(database, [])
        await parts.chats.save(Chat("telegram", "7", "7", unvalidated=True, pace="each"), 0)
        await parts.chats.watch(Address("telegram", "7"), [symbol], 0)
        await parts.chats.save(Chat("telegram", "8", "8", muted_until=10**15, unvalidated=True, pace="each"), 0)
        await parts.chats.watch(Address("telegram", "8"), [symbol], 0)
        variables = environment(
            kafka.bootstrap,
            database_url,
            symbol,
            25101,
            tmp_path,
            TELEGRAM_BOT_TOKEN=TOKEN,
            TELEGRAM_API=telegram.base,
            CHARTS="false",
        )
        settings = MeshSettings(kafka_bootstrap=kafka.bootstrap)
        async with (
            open_tail(settings, {DELIVERIES: None}, "test") as tail,
            running(Notifier(variables, tmp_path / "log")) as notifier,
        ):
            follow = asyncio.create_task(tail.run(keep, stopping))
            await publish(kafka.bootstrap, [*fired, *fired, old])
            await until(lambda: len(telegram.texts("7")) == 3, 60, "three alerts")
            await until(lambda: len(reported) == 8, 30, "eight outcomes")
            assert Counter(record.event.outcome for record in reported) == {"sent": 3, "expired": 1, "muted": 4}
            assert "finstage_notifier_unknowns_total" in await notifier.metrics()
            assert await notifier.stop() == 0
            stopping.set()
            await follow
        assert telegram.problems == []
        assert await parts.statuses() == {"sent": 3, "expired": 1, "muted": 4}
    assert TOKEN not in (tmp_path / "log").read_text()


GAP: Any = {"rule": "gap", "params": {"move": 0.01}}
"""An event, which is sent as it is; a prediction is sent only while its record is validated."""


@on_sqlite
async def test_without_a_token_alerts_go_to_the_console(kafka: Broker, database_url: str, tmp_path: Path) -> None:
    symbol = unique_symbol()
    variables = environment(kafka.bootstrap, database_url, symbol, 25102, tmp_path, ALERT_LANGUAGE="en")
    log = tmp_path / "log"
    async with open_database(database_url) as database:
        await list_instruments(database)
    async with running(Notifier(variables, log)) as notifier:
        await publish(kafka.bootstrap, [signal(0, symbol, ts_init=int(time.time() * 1000), replayed=True, **GAP)])
        await until(lambda: f"▲ {symbol}" in log.read_text(), 60, "an alert on the console")
        assert await notifier.stop() == 0
    text = log.read_text()
    for words in ("Gap", "no record yet", "Replayed data", "Not investment advice", "KST"):
        assert words in text


@on_mariadb
async def test_the_console_uses_the_language_of_this_start(kafka: Broker, database_url: str, tmp_path: Path) -> None:
    symbol = unique_symbol()
    korean, english = "갭 상승 출발", "opened above"
    for i, (language, expected, unexpected) in enumerate(
        [("ko", korean, english), ("en", english, korean), ("ko", korean, english)]
    ):
        variables = environment(kafka.bootstrap, database_url, symbol, 25105, tmp_path, ALERT_LANGUAGE=language)
        text = await printed(
            kafka.bootstrap, Notifier(variables, tmp_path / f"log{i}"), signal(i, symbol, ts_init=int(time.time() * 1000), **GAP)
        )
        assert expected in text
        assert unexpected not in text


async def printed(bootstrap: str, notifier: Notifier, fired: Signal) -> str:
    """The output of a notifier from its start until it has printed one alert."""
    async with running(notifier):
        await publish(bootstrap, [fired])
        await until(lambda: f"▲ {fired.symbol}" in notifier.log.read_text(), 60, "an alert on the console")
        assert await notifier.stop() == 0
    return notifier.log.read_text()


@on_sqlite
async def test_a_token_never_reaches_a_log_whatever_fails(kafka: Broker, database_url: str, tmp_path: Path) -> None:
    """The token is a canary; the API cannot be reached."""
    symbol = unique_symbol()
    async with open_database(database_url) as database:
        parts = wire(database, [])
        await parts.chats.save(Chat("telegram", "7", "7", unvalidated=True, pace="each"), 0)
        await parts.chats.watch(Address("telegram", "7"), [symbol], 0)
        base = "http://127.0.0.1:1"
        variables = environment(
            kafka.bootstrap, database_url, symbol, 25103, tmp_path, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API=base, LOG_LEVEL="debug"
        )
        log = tmp_path / "log"
        async with running(Notifier(variables, log)) as notifier:
            await publish(kafka.bootstrap, [signal(0, symbol, ts_init=int(time.time() * 1000))])

            async def refused() -> bool:
                return any(row.tries > 1 for row in await parts.rows())

            await until(refused, 60, "a second try")
            await until(lambda: "no updates" in log.read_text(), 20)
            await notifier.stop()
        assert TOKEN not in log.read_text()
        assert TOKEN.split(":")[1] not in log.read_text()


@pytest.mark.thorough
@pytest.mark.kill
@pytest.mark.parametrize(
    ("database_url", "processes"), [("sqlite", 1), pytest.param("mariadb", 2, marks=pytest.mark.mariadb)], indirect=["database_url"]
)
async def test_killed_notifiers_lose_nothing_and_duplicate_only_unknowns(
    kafka: Broker, database_url: str, tmp_path: Path, processes: int
) -> None:
    rng = random.Random(processes)
    symbol = unique_symbol()
    chats = [str(number) for number in range(101, 105)]
    choose = by_chance(processes, refuse=0.05, cut_before=0.02, cut_after=0.03)
    async with open_telegram(choose) as telegram, open_database(database_url) as database:
        parts = wire(database, [])
        for name in chats:
            await parts.chats.save(Chat("telegram", name, name, unvalidated=True, pace="each"), 0)
            await parts.chats.watch(Address("telegram", name), [symbol], 0)
        more = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API": telegram.base, "CHARTS": "false", "TELEGRAM_POLLING": "false"}
        notifiers = [
            Notifier(environment(kafka.bootstrap, database_url, symbol, 25110 + i, tmp_path, **more), tmp_path / f"log{i}")
            for i in range(processes)
        ]
        fired = [signal(i, symbol, ts_init=int(time.time() * 1000)) for i in range(15)]
        try:
            for notifier in notifiers:
                await notifier.start()
            for i, found in enumerate(fired):
                await publish(kafka.bootstrap, [found])
                await until(partial(accepted_more_than, telegram, 2 * i), 150, "alerts to flow")
                if i % 4 == 3:
                    await asyncio.sleep(rng.uniform(0, 0.5))  # a random moment, not a wait
                    victim = rng.choice(notifiers)
                    await victim.kill()
                    await victim.start()
            due = len(fired) * len(chats)

            async def settled() -> bool:
                rows = await parts.rows()
                return len(rows) == due and all(row.next_try_at == NEVER for row in rows)

            await until(settled, 120, "all rows to settle")
        finally:
            for notifier in notifiers:
                await notifier.kill()
        check_guarantee(telegram, await parts.rows(), fired, chats)


def accepted_more_than(telegram: Telegram, count: int) -> bool:
    """Whether Telegram accepted more messages than that."""
    return len(telegram.accepted) > count


def check_guarantee(telegram: Telegram, rows: Sequence[Any], fired: Sequence[Signal], chats: Sequence[str]) -> None:
    """Every due delivery was made; it has at most as many duplicates as its row counts unknowns."""
    assert telegram.problems == []
    made = Counter((message.chat_id, bar_time(message.text)) for message in telegram.accepted)
    assert {(row.signal_id, row.chat_id) for row in rows} == {(found.id, name) for found in fired for name in chats}
    times = {found.id: formatting.format_time(found.ts_event) for found in fired}
    for row in rows:
        count = made[row.chat_id, times[row.signal_id]]
        assert count >= 1 or row.unknowns > 1, f"lost: {row}"
        assert count - 1 <= row.unknowns, f"doubled {count} times with {row.unknowns} unknowns"
        assert row.status == "sent" or row.unknowns > 0
    repeats = sum(count - 1 for count in made.values())
    assert repeats <= sum(row.unknowns for row in rows)


def bar_time(text: str) -> str:
    """The time of the bar in an alert; it identifies the signals of a test."""
    return next(line for line in text.split("\n") if line.startswith("봉: ")).split(", ", 1)[1]


async def publish_industry(bootstrap: str, name: str) -> None:
    """Publish a view of an industry of that name."""
    view = industry(name.lower(), name, name, median_move=0.07).event
    async with open_producer(MeshSettings(kafka_bootstrap=bootstrap), "test") as producer:
        await producer.publish(INDUSTRIES, view, key=view.industry)


async def answered(telegram: Telegram, text: str, words: str) -> bool:
    """Whether the bot's next reply contains these words."""
    before = len(telegram.texts("7"))
    await telegram.type_text(text)
    await until(lambda: len(telegram.texts("7")) > before, 20, f"an answer to {text}")
    return words in telegram.texts("7")[before]


@on_mariadb
async def test_an_alert_includes_its_picture_and_the_bot_answers_meanwhile(
    kafka: Broker, database_url: str, tmp_path: Path
) -> None:
    symbol = unique_symbol()
    async with open_telegram() as telegram, open_database(database_url) as database:
        await list_instruments(database, symbol)
        await store_bars(database, 260, symbol)
        variables = environment(
            kafka.bootstrap,
            database_url,
            symbol,
            25104,
            tmp_path,
            TELEGRAM_BOT_TOKEN=TOKEN,
            TELEGRAM_API=telegram.base,
            CHART_TIMEOUT="100",
        )
        async with running(Notifier(variables, tmp_path / "log")) as notifier:
            await telegram.type_text(f"/watch {symbol}")
            await until(lambda: telegram.texts("7"), 60, "an answer")
            assert telegram.texts("7")[0].startswith("관심 종목에 추가"), "the first command is understood"
            await telegram.type_text("/settings unproven on")
            await until(lambda: len(telegram.texts("7")) > 1, 60, "an answer")
            await publish_industry(kafka.bootstrap, symbol)
            await until(partial(answered, telegram, f"/industry {symbol}", "중앙값: +7.00%"), 60, "the view of an industry")
            await publish(kafka.bootstrap, [signal(0, symbol, ts_init=int(time.time() * 1000))])
            await until(lambda: any(message.photo for message in telegram.accepted), 110, "a picture")
            children = await _children(notifier.pid)
            assert len(children) == 2, "the renderer and the parser of conditions"
            await notifier.kill()
            gone = lambda: not any(Path(f"/proc/{child}").exists() for child in children)  # noqa: E731
            await until(gone, 20, "the renderer and the parser to exit with their parent")
        assert telegram.problems == []


async def _children(pid: int) -> list[int]:
    found = await asyncio.to_thread(Path(f"/proc/{pid}/task/{pid}/children").read_text)
    return [int(name) for name in found.split()]
