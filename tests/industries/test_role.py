"""``python -m services.analysis industries`` on a real broker and real databases."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from shared import wire
from shared.db import open_database
from shared.events import IndustryView
from shared.failures import TransientError
from shared.kafka import open_group_reader, open_producer
from shared.kafka.raw_reader import open_raw_reader
from shared.settings import MeshSettings
from shared.tables import bars, industries, instrument_industries, instruments, markets
from shared.topics import BARS, INDUSTRIES, QUOTES, SIGNALS
from tests.industries.test_view import bar, day, quote, ts
from tests.industries.test_view import signal as fired
from tests.preloading.process import Process
from tests.servers import Broker
from tests.until import until

ROOT = Path(__file__).parents[2]
numbers = itertools.count()


@dataclass
class Stage:
    """A broker, a database with one industry, and the processes beside them."""

    bootstrap: str
    database_url: str
    folder: Path
    slug: str
    symbols: tuple[str, ...]
    running: list[Process] = field(default_factory=list)

    def start(self) -> Process:
        environment = {
            "KAFKA_BOOTSTRAP": self.bootstrap, "DATABASE_URL": self.database_url, "PROBE_PORT": "0", "INDUSTRIES_SECONDS": "0.1",
            "ROSTER_SECONDS": "0.5", "INDUSTRIES_GROUP": self.slug,
        }  # fmt: skip
        made = Process(("services.analysis", "industries"), {**os.environ, **environment}, self.folder / "log")
        self.running.append(made)
        return made

    def text(self) -> str:
        return (self.folder / "log").read_text()

    async def started(self, times: int) -> None:
        await until(lambda: self.text().count('"event":"started"') == times, 60)

    async def publish(self, topic: Any, *events: Any) -> None:
        async with open_producer(MeshSettings(kafka_bootstrap=self.bootstrap), "test") as producer:
            await producer.publish_many(topic, [(event.symbol, event) for event in events])

    async def members(self) -> int:
        """How many processes the broker knows of."""
        async with open_group_reader(MeshSettings(kafka_bootstrap=self.bootstrap), "test") as groups:
            found = (await groups.read([self.slug])).get(self.slug)
            return found.members if found else 0

    async def views(self) -> list[IndustryView]:
        """What was published of the industry, oldest first."""
        async with open_raw_reader(MeshSettings(kafka_bootstrap=self.bootstrap), [INDUSTRIES.name], "test") as messages:
            return [wire.decode(INDUSTRIES, message.value) async for message in messages if message.key == self.slug.encode()]

    async def latest(self, condition: Any) -> IndustryView:
        async def found() -> IndustryView | None:
            for process in self.running:
                assert process.poll() in (None, 0), self.text()[-3000:]
            found = await self.views()
            return found[-1] if found and condition(found[-1]) else None

        try:
            return await until(found, 60)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{(await self.views())[-1:]}\n{self.text()[-3000:]}") from error

    async def write(self, *statements: Any) -> None:
        async with open_database(self.database_url) as database, database.begin() as connection:
            for statement, rows in statements:
                await connection.execute(statement, rows)


def bar_rows(symbol: str, closes: Sequence[float]) -> list[dict[str, Any]]:
    """Stored daily bars of the sessions 0, 1, 2, ..., raw prices twice the adjusted ones."""
    return [
        {"symbol": symbol, "timeframe": "1d", "ts_close": ts(day(n)), "ts_open": ts(day(n)) - 1, "session": day(n), "open": close,
         "high": close, "low": close, "close": close * 2, "volume": 1.0, "price_factor": 0.5, "split_factor": 1.0, "source": "test",
         "replayed": False}
        for n, close in enumerate(closes)
    ]  # fmt: skip


def instrument(symbol: str) -> dict[str, Any]:
    names = {"symbol": symbol, "name_en": symbol, "name_ko": symbol}
    return names | {"exchange": "NYSE", "currency": "USD", "kind": "stock", "sector": "", "aliases": "[]", "active": True}


@pytest.fixture
async def stage(kafka: Broker, database_url: str, tmp_path: Path) -> Any:
    number = next(numbers)
    symbols = tuple(f"I{number}X{letter}" for letter in "ABC")
    stage = Stage(kafka.bootstrap, database_url, tmp_path, f"industry-{number}", symbols)
    names = {"name_en": "Market", "name_ko": "시장", "exchanges": '["NYSE"]', "suffix": ""}
    market = {"market": f"market-{number}", "place": 0, "benchmarks": f'["^NONE", "{symbols[2]}"]', **names}
    await stage.write(
        (insert(industries), [{"industry": stage.slug, "name_en": "Chips", "name_ko": "반도체"}]),
        (insert(instruments), [instrument(symbol) for symbol in symbols]),
        (insert(instrument_industries), [{"symbol": symbol, "industry": stage.slug} for symbol in symbols]),
        (insert(markets), [market]),
        (insert(bars), bar_rows(symbols[0], [100.0 + n for n in range(60)]) + bar_rows(symbols[2], [100.0] * 60)),
    )
    yield stage
    for process in stage.running:
        if process.poll() is None:
            process.kill()
            process.wait()


async def test_views_follow_the_topics_and_a_restart_publishes_the_same(stage: Stage) -> None:
    a, b, c = stage.symbols
    await stage.publish(QUOTES, quote(a, day(60), 160.0, 159.0, replayed=True), quote(b, day(59), 50.0, 40.0))
    first = stage.start()
    view = await stage.latest(lambda view: view.advances == 1)
    assert (view.name_ko, view.kind, view.missing, view.replayed, view.session) == ("반도체", "industry", 2, True, day(60))
    assert view.ts_event == ts(day(60)) - 1000
    assert view.above_sma_50 == 1.0
    strong = next(member for member in view.members if member.symbol == a)
    assert strong.benchmark == c
    assert strong.against_market is not None
    assert strong.against_market.over_20 == round(159 / 139 - 1, 6)
    assert strong.against_market.over_63 is None

    await stage.publish(
        SIGNALS, fired(a, ts(day(60)) - 5000), fired(a, ts(day(59))), fired(c, ts(day(60)) - 5000, direction="down")
    )
    view = await stage.latest(lambda view: view.signals_up == 1)

    async def is_member() -> bool:
        with suppress(TransientError):  # a new broker makes the topic of offsets when the first member joins
            return await stage.members() == 1
        return False

    await until(is_member, 30, "the broker to know of the process")

    await stage.publish(QUOTES, quote(c, day(60), 90.0, 100.0))
    view = await stage.latest(lambda view: view.declines == 1)
    assert (view.signals_up, view.signals_down, view.missing) == (1, 1, 1)
    assert view.median_move == round((160 / 159 - 0.1 - 1) / 2, 6)

    # A closed bar changes relative strength; a bar published again with another factor makes the role read the past again.
    await stage.publish(BARS, bar(a, day(60), 160.0), bar(c, day(60), 100.0))
    view = await stage.latest(lambda view: view.members[0].against_market.over_20 == round(160 / 140 - 1, 6))
    halved = update(bars).where(bars.c.symbol == a).values(price_factor=0.25)
    await stage.write((halved, {}))
    await stage.publish(BARS, bar(a, day(59), 318.0, price_factor=0.25), bar(a, day(60), 160.0, price_factor=0.5))
    view = await stage.latest(lambda view: view.members[0].against_market.over_20 == round(80 / 70 - 1, 6))

    second = stage.start()
    await stage.started(2)
    await stage.publish(QUOTES, quote(b, day(60), 41.0, 41.0))
    view = await stage.latest(lambda view: view.missing == 0)
    for process in (first, second):
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0, stage.text()[-3000:]
    assert await stage.members() == 0
    last = (await stage.views())[-1]
    third = stage.start()
    published = len(await stage.views())
    await stage.started(3)
    assert third.poll() is None

    async def again() -> bool:
        return len(await stage.views()) > published

    await until(again, 60, "the view is published again after a restart")
    found = (await stage.views())[-1]
    assert found == last
    assert found.event_id == last.event_id

    joined = f"{a}J"  # an instrument joins while it runs
    await stage.write(
        (insert(instruments), [instrument(joined)]),
        (insert(instrument_industries), [{"symbol": joined, "industry": stage.slug}]),
        (insert(bars), bar_rows(joined, [10.0] * 60)),
    )
    await stage.publish(QUOTES, quote(joined, day(60), 11.0, 10.0))
    view = await stage.latest(lambda view: view.advances == 2)
    assert len(view.members) == 4
    assert view.sma_50_of == 3
