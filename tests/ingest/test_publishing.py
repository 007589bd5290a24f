"""Publishing to a real broker: order, keys, history before its HistoryReady, a killed broker, and a killed ingest."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from infra.kafka.node import free_ports
from services.ingest.adapters.clock import SystemClock
from services.ingest.adapters.cursor_table import CursorTable
from services.ingest.adapters.feeds.news_tape import read_news_tape
from services.ingest.adapters.replay import TapePosition
from services.ingest.domain.inspector import Inspector
from services.ingest.domain.source import Backfill, Item
from services.ingest.domain.tape_schedule import schedule_of
from services.ingest.handlers.publishing import SourcePublisher, publish_steps
from shared.db import open_database
from shared.events import Event, Heartbeat, History, HistoryReady, ProviderBar, Tick, Timeframe
from shared.kafka import open_producer, partition_of
from shared.settings import MeshSettings
from shared.tables import metadata
from shared.topics import ARTICLES, HISTORY, TICKS
from tests.ingest import small_tape
from tests.ingest.kafka_log import open_size, read_log
from tests.preloading.process import Process
from tests.servers import Broker
from tests.until import until

ROOT = Path(__file__).parents[2]
Log = dict[int, list[tuple[int, str, Event]]]


def tick(symbol: str, seq: int, price: float = 10.0, **more: Any) -> Tick:
    return Tick(symbol=symbol, price=price, ts_event=1_000 + seq, ts_init=1_000 + seq, source="replay", seq=seq, **more)


def history(symbol: str, timeframe: Timeframe, first: int, closes: Sequence[float]) -> History:
    bars = tuple(
        ProviderBar(ts_open=(first + i) * 100, ts_close=(first + i + 1) * 100, open=10, high=12, low=9, close=close, volume=1)
        for i, close in enumerate(closes)
    )
    last = bars[-1].ts_close
    return History(symbol=symbol, exchange="NYSE", timeframe=timeframe, bars=bars, ts_event=last, ts_init=last, source="replay")


class Script:
    """A source that yields the given batches."""

    name = "script"

    def __init__(self, batches: Sequence[Sequence[Item]]) -> None:
        self._batches = batches

    async def events(self) -> AsyncIterator[Sequence[Item]]:
        for batch in self._batches:
            yield batch


async def publish(bootstrap: str, batches: Sequence[Sequence[Item]]) -> SourcePublisher:
    stopping = asyncio.Event()
    async with open_producer(MeshSettings(kafka_bootstrap=bootstrap), "test-ingest") as producer:
        publisher = SourcePublisher(producer, SystemClock(stopping), stopping, Inspector(), random.Random(1))
        await publisher.publish_all(Script(batches))
    return publisher


def test_publish_steps_keep_the_order_and_drop_rejected_items() -> None:
    heartbeat = Heartbeat(exchange="NYSE", ts_event=5, ts_init=5, source="replay")
    batch: list[Item] = [
        tick("AAA", 1),
        tick("BBB", 1, price=float("nan")),
        tick("BBB", 2, price=-1.0),
        tick("BBB", 3, price=float("inf")),
        tick("BBB", 4, size=-1.0),
        tick("BBB", 5, day_volume=float("nan")),
        msgspec.structs.replace(tick("BBB", 6), ts_event=10**9),
        tick("AAA", 2),
        heartbeat,
        Backfill("CCC", (history("CCC", Timeframe.D1, 1, [10, 0, 11]), history("CCC", Timeframe.W1, 1, [99]))),
        Backfill("DDD", (history("DDD", Timeframe.D1, 1, [float("nan")]),)),
        tick("AAA", 3),
    ]
    inspector = Inspector()
    found = list(publish_steps(batch, inspector))
    assert found[0] == [tick("AAA", 1), tick("AAA", 2)]
    assert found[1] == heartbeat
    assert isinstance(found[2], Backfill)
    assert [[bar.close for bar in each.bars] for each in found[2].histories] == [[10, 11]]
    assert found[3] == [tick("AAA", 3)]
    (reports,) = found[4:]
    assert isinstance(reports, tuple)
    assert [(event.symbol, event.what, event.reason) for event in reports] == [
        *(("BBB", "tick", reason) for reason in ("price", "price", "price", "size", "size", "time")),
        ("CCC", "bar", "price"), ("CCC", "bar", "order"), ("DDD", "bar", "price"),
    ]  # fmt: skip
    assert reports[0].values == {"price": None, "size": 0.0}
    assert sum(inspector.counts.values()) == 9


async def test_everything_is_published_in_order_and_history_before_its_history_ready(empty_kafka: Broker) -> None:
    heartbeat = Heartbeat(exchange="NYSE", ts_event=5_000, ts_init=5_000, source="replay", mark="session_open")
    backfill = Backfill(
        "AAA", tuple(history("AAA", frame, 1 + 3 * run, [10, 11, 12]) for frame in (Timeframe.D1, Timeframe.W1) for run in range(2))
    )
    symbols = ["AAA", "BBB", "CCC-USD", "KKK.KS", "^GSPC"]
    ticks = [tick(symbol, seq) for seq in range(1, 301) for symbol in symbols]
    publisher = await publish(
        empty_kafka.bootstrap, [[backfill], [*ticks[:700], heartbeat, *ticks[700:]], [tick("BBB", 0, price=0.0)]]
    )
    assert publisher.healthy
    log = await read_log(empty_kafka.bootstrap, TICKS)
    for number, records in log.items():
        events = [event for _, _, event in records]
        assert [event for event in events if isinstance(event, Heartbeat)] == [heartbeat]
        for _, key, event in records:
            if isinstance(event, Tick):
                assert key == event.symbol
                assert partition_of(key, TICKS.partitions) == number
        place = events.index(heartbeat)
        assert all(event.seq <= 140 for event in events[:place] if isinstance(event, Tick))
        assert all(event.seq > 140 for event in events[place:] if isinstance(event, Tick))
    everything = [event for records in log.values() for _, _, event in records]
    for symbol in symbols:
        assert [event.seq for event in everything if isinstance(event, Tick) and event.symbol == symbol] == list(range(1, 301))
    home = partition_of("AAA", HISTORY.partitions)
    runs = [(offset, event) for offset, key, event in (await read_log(empty_kafka.bootstrap, HISTORY))[home] if key == "AAA"]
    ready = next(event for event in everything if isinstance(event, HistoryReady))
    assert (ready.first, ready.last) == (runs[0][0], runs[-1][0])
    assert [event for _, event in runs] == list(backfill.histories)
    mine = [event for _, key, event in log[home] if key == "AAA"]
    assert mine[0] == ready


def sequences(log: Log) -> dict[str, list[Tick]]:
    """Ticks by symbol in the order of the log."""
    found: dict[str, list[Tick]] = {}
    for records in log.values():
        for _, _, event in records:
            if isinstance(event, Tick):
                found.setdefault(event.symbol, []).append(event)
    return found


def assert_whole(log: Log, wanted: dict[str, list[Tick]]) -> None:
    """All ticks are present, repetitions are equal, and without repeated numbers they are in order."""
    found = sequences(log)
    assert found.keys() == wanted.keys()
    for symbol, ticks in found.items():
        first: list[Tick] = []
        for each in ticks:
            if each.seq == len(first) + 1:
                first.append(each)
            else:
                assert each.seq <= len(first), f"{symbol}: {each.seq} comes after {len(first)}"
                assert first[each.seq - 1] == each
        assert first == wanted[symbol]


def expected() -> dict[str, list[Tick]]:
    schedule = schedule_of(small_tape.mixed(), small_tape.calendars())
    wanted: dict[str, list[Tick]] = {}
    for i in range(len(schedule)):
        item = schedule.item(i)
        if isinstance(item, Tick):
            wanted.setdefault(item.symbol, []).append(item)
    return wanted


@pytest.mark.thorough
@pytest.mark.kill
async def test_a_killed_broker_loses_and_reorders_nothing(own_kafka: Broker) -> None:
    schedule = schedule_of(small_tape.mixed(), small_tape.calendars())
    items = [schedule.item(i) for i in range(len(schedule))]
    batches = [items[i : i + 40] for i in range(0, len(items), 40)]
    sent = asyncio.Event()

    class Killing(Script):
        async def events(self) -> AsyncIterator[Sequence[Item]]:
            for number, batch in enumerate(self._batches):
                if number == len(self._batches) // 2:
                    own_kafka.kill()
                    sent.set()
                yield batch

    stopping = asyncio.Event()
    async with open_producer(MeshSettings(kafka_bootstrap=own_kafka.bootstrap), "test-ingest") as producer:
        publisher = SourcePublisher(producer, SystemClock(stopping), stopping, Inspector())
        pumping = asyncio.create_task(publisher.publish_all(Killing(batches)))
        await asyncio.wait_for(sent.wait(), 60)
        await own_kafka.restart()
        await asyncio.wait_for(pumping, 120)
    assert_whole(await read_log(own_kafka.bootstrap, TICKS), expected())


async def fetch(port: int, path: str) -> tuple[int, bool]:
    """The status of a probe, and whether its text mentions the broker (or the metric of ticks)."""
    limit = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=limit) as session, session.get(f"http://127.0.0.1:{port}/{path}") as answer:
        text = await answer.text()
        return answer.status, "broker" in text if path == "readyz" else "finstage_ingest_ticks_total" in text


async def _tables(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()


@pytest.mark.thorough
@pytest.mark.kill
async def test_a_killed_ingest_continues_without_a_gap(empty_kafka: Broker, tmp_path: Path) -> None:
    """SIGKILL twice at random places, then an orderly stop by SIGTERM, then run to the end."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'ingest.db'}"
    await _tables(url)
    (tmp_path / "universe.jsonl").write_text(small_tape.UNIVERSE)
    (port,) = free_ports(1)
    tapes = small_tape.written(tmp_path / "tapes", small_tape.mixed())
    small_tape.write_news(tapes)
    articles = read_news_tape(tapes, "small").articles
    environment = os.environ | {
        "KAFKA_BOOTSTRAP": empty_kafka.bootstrap,
        "DATABASE_URL": url,
        "UNIVERSE": str(tmp_path / "universe.jsonl"),
        "TAPES": str(tapes),
        "TAPE": "small",
        "SOURCE": "replay",
        "SPEED": "6000",
        "LONGEST_PAUSE": "0.1",
        "PROBE_PORT": str(port),
        "VAR": str(tmp_path),
    }
    rng = random.Random(7)
    async with open_database(url) as database, open_size(empty_kafka.bootstrap, TICKS) as size:
        schedule = schedule_of(small_tape.mixed(), small_tape.calendars())

        async def over() -> bool:
            text = await CursorTable(database).load("replay:small")
            news = int(await CursorTable(database).load("news:small") or 0)
            played = text is not None and msgspec.json.decode(text, type=TapePosition).played == len(schedule)
            return played and news >= articles[-1].ts_init

        for how in (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, None):
            process = await asyncio.to_thread(Process, ("services.ingest",), environment, tmp_path / "log")
            try:
                goal = await size() + rng.randint(100, 1500)

                async def enough(goal: int = goal, process: Process = process) -> bool:
                    assert process.returncode is None, f"ingest ended with {process.returncode}"
                    return await size() >= goal

                await until(over if how is None else enough, seconds=60, what=f"{goal} records")
                assert await fetch(port, "readyz") == (200, True)
                assert await fetch(port, "metrics") == (200, True)
                process.send_signal(how or signal.SIGTERM)
                code = await process.ended(30)
                assert code == (-signal.SIGKILL if how is signal.SIGKILL else 0)
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.ended()
    log = await read_log(empty_kafka.bootstrap, TICKS)
    assert_whole(log, expected())
    ready = [event for records in log.values() for _, _, event in records if isinstance(event, HistoryReady)]
    assert {event.symbol for event in ready} == {"AAA", "KKK.KS"}
    published = [event for records in (await read_log(empty_kafka.bootstrap, ARTICLES)).values() for _, _, event in records]
    assert {event.event_id: event for event in published} == {article.event_id: article for article in articles}
