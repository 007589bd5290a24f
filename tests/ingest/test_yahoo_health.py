"""What ingest says of Yahoo when it cannot be read: what, why, since when, and when it is tried again."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from services.ingest.adapters.clock import SystemClock
from services.ingest.adapters.source_health import report_health, store_health
from services.ingest.adapters.yahoo.chart_door import ChartDoor
from services.ingest.adapters.yahoo.client import open_client
from services.ingest.adapters.yahoo.poll import YahooPoll
from services.ingest.domain.health import Health, HealthRecord
from services.ingest.domain.poll_plan import PollPlan
from shared import tables
from shared.db import open_database
from shared.failures import TransientError
from tests.ingest.test_yahoo_live import BTC, Rig, flowing, running
from tests.ingest.yahoo.server import Reply, yahoo_stand_in
from tests.until import until

HTML = Reply(body=b"<html>We will be right back</html>", content_type="text/html")
STREAM, POLL, PAST = "yahoo-stream", "yahoo-poll", "yahoo-history"


def closed_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def of(rig: Rig, source: str) -> Health:
    """The health of one source."""
    return next(each for each in rig.health.all() if each.source == source)


async def failing(rig: Rig, source: str) -> Health:
    """The health of a source once it fails and names its next try."""

    def found() -> Health | None:
        health = of(rig, source)
        return health if health.state == "failing" and health.retry_at else None

    return await until(found, 30, f"{source} fails")


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("http://127.0.0.1:{closed}", "connect"),
        ("http://finstage.invalid", "cannot be resolved (DNS)"),
        ("https://127.0.0.1:{open}", "TLS failed"),
    ],
)
async def test_what_cannot_be_reached_is_named_with_its_cause(tmp_path: Path, address: str, detail: str) -> None:
    async with yahoo_stand_in() as plain:
        target = address.format(closed=closed_port(), open=plain.url.rsplit(":", 1)[1])
        before = time.time_ns() // 1_000_000
        stream = target.replace("http", "ws", 1) + "/stream"
        async with running(tmp_path, yahoo_origin=target, yahoo_stream_url=stream) as rig:
            for source in (STREAM, POLL, PAST):
                found = await failing(rig, source)
                assert (found.reason, found.target) == ("unreachable", target.split("//")[1])
                assert detail.casefold() in found.detail.casefold()
                assert found.since is not None
                assert before <= found.since <= time.time_ns() // 1_000_000


@pytest.mark.parametrize(
    ("reply", "status", "reasons"),
    [
        (Reply(429, b"Too Many Requests", "text/plain"), 429, ("rate_limited", "rate_limited")),
        (HTML, 200, ("no_stream", "not_json")),
        (Reply(403), 403, ("unauthorized", "unauthorized")),
    ],
)
async def test_what_answers_badly_is_told_apart_from_what_does_not_answer(
    tmp_path: Path, reply: Reply, status: int, reasons: tuple[str, str]
) -> None:
    async with running(tmp_path) as rig:
        rig.yahoo.default, rig.yahoo.refuse_streams = lambda *_: reply, status
        await rig.yahoo.hang_up()
        assert ((await failing(rig, STREAM)).reason, (await failing(rig, POLL)).reason) == reasons


async def test_an_open_breaker_says_when_yahoo_is_asked_again(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        rig.yahoo.default = lambda *_: Reply(503)
        rested = time.time() * 1000 + 45_000  # the breaker stays open for a minute

        def until_late() -> bool:
            return (of(rig, POLL).retry_at or 0) > rested

        await until(until_late, 30, "the breaker is open")
        assert of(rig, POLL).reason == "unavailable"
        assert of(rig, POLL).since is not None


async def test_the_stream_recovers_alone(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        rig.yahoo.refuse_streams = 503
        rig.yahoo.default = lambda *_: Reply(404)  # of one symbol: Yahoo answers
        await rig.yahoo.hang_up()
        first = await failing(rig, STREAM)
        await until(lambda: of(rig, POLL).state == "ok", 15, "asked instead")
        rig.yahoo.refuse_streams = 0
        await until(lambda: of(rig, STREAM).reason != first.reason or len(rig.yahoo.streams) > 1, 15, "connected again")
        await flowing(rig, lambda: of(rig, STREAM).state == "ok")
        assert of(rig, STREAM) == Health(STREAM, rig.yahoo.url.split("//")[1], "ok")
        await flowing(rig, lambda: of(rig, POLL).state == "idle")


@asynccontextmanager
async def polling(tmp_path: Path, health: HealthRecord, origin: str) -> AsyncIterator[None]:
    """Poll one symbol with a breaker that closes soon."""
    stopping = asyncio.Event()
    door = await asyncio.to_thread(ChartDoor, tmp_path / "yahoo", origin, 3.0)

    async def put(_: object) -> None:
        return None

    async with open_client(door, threads=2, per_minute=60_000, wait=3.0, rest=0.5) as client:
        poll = YahooPoll(
            client,
            {"BTC-USD": BTC},
            lambda: ("BTC-USD",),
            put,
            PollPlan(0.1, 60_000),
            SystemClock(stopping),
            stopping,
            pause=0.1,
            chance=random.Random(7),
            health=health,
        )
        task = asyncio.create_task(poll.run())
        yield
        stopping.set()
        await asyncio.wait_for(task, 10)
    door.close()


async def test_requests_recover_when_the_breaker_closes(tmp_path: Path) -> None:
    health = HealthRecord()
    health.watch({POLL: "yahoo"})
    async with yahoo_stand_in() as yahoo, polling(tmp_path, health, yahoo.url):
        yahoo.default = lambda *_: Reply(misdeed="reset")
        await until(lambda: health.all()[0].state == "failing", 15)
        since = health.all()[0].since
        await until(lambda: (health.all()[0].retry_at or 0) > (since or 0) + 300, 15, "the breaker is open")
        assert (health.all()[0].since, health.all()[0].reason) == (since, "unreachable")
        yahoo.default = lambda *_: Reply(404)
        await until(lambda: health.all()[0] == Health(POLL, "yahoo", "ok"), 15, "asked again")


class Clock:
    """Waiting is what makes this clock go on."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def wall(self) -> int:
        return int(self.at * 1000)

    async def wait(self, seconds: float) -> None:
        self.at += seconds
        await asyncio.sleep(0)


async def test_health_is_written_when_it_changes_and_now_and_then(tmp_path: Path) -> None:
    record, clock, stopping = HealthRecord(), Clock(), asyncio.Event()
    record.watch({POLL: "yahoo"})
    writes: list[tuple[float, str]] = []

    async def store(found: object, now: int) -> None:
        writes.append((now / 1000, record.all()[0].state))
        if len(writes) == 2:
            raise TransientError("the database is gone")
        if clock.at == 14:
            for n in range(1000):  # a source that flaps
                record.failed(POLL, "unreachable", str(n), now, None)
        if clock.at >= 26:
            stopping.set()

    await report_health(record.all, store, clock, stopping)
    assert writes == [(0, "idle"), (10, "idle"), (12, "idle"), (22, "idle"), (32, "idle")]


async def test_the_table_holds_the_sources_of_this_run_alone(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/sources.db") as database:
        async with database.engine.begin() as connection:
            await connection.run_sync(tables.metadata.create_all)
        await store_health(
            database, [Health("yahoo-poll", "yahoo", "failing", "unreachable", "refused", 1, 2), Health(PAST, "yahoo")], 3
        )
        await store_health(database, [Health("yahoo-poll", "yahoo", "ok")], 4)
        async with database.connect() as connection:
            rows = (await connection.execute(select(tables.sources))).all()
        assert [tuple(row) for row in rows] == [("yahoo-poll", "yahoo", "ok", "", "", None, None, 4)]
        await store_health(database, [], 5)
        async with database.connect() as connection:
            assert (await connection.execute(select(tables.sources))).all() == []
