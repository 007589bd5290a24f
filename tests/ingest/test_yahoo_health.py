"""The health of Yahoo's sources when they fail: source, reason, since when, and the next attempt."""

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
from services.ingest.adapters.yahoo.chart_client import ChartClient
from services.ingest.adapters.yahoo.client import open_client
from services.ingest.adapters.yahoo.poll import YahooPoll
from services.ingest.domain.health import ProviderHealth, SourceHealth
from services.ingest.domain.poll_plan import PollPlan
from shared import tables
from shared.db import open_database
from shared.failures import TransientError
from tests.ingest.test_yahoo_live import BTC, Rig, flowing, running
from tests.ingest.yahoo.server import Reply, yahoo_stand_in
from tests.until import until

HTML = Reply(body=b"<html>We will be right back</html>", content_type="text/html")
STREAM, POLL, HISTORY_SOURCE = "yahoo-stream", "yahoo-poll", "yahoo-history"


def closed_port() -> int:
    """A local port without a listener."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def of(rig: Rig, source: str) -> SourceHealth:
    """The health of one source."""
    return next(each for each in rig.health.all() if each.source == source)


async def failing(rig: Rig, source: str) -> SourceHealth:
    """The health of a source once it fails and has a next attempt."""

    def found() -> SourceHealth | None:
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
async def test_an_unreachable_source_is_reported_with_its_cause(tmp_path: Path, address: str, detail: str) -> None:
    async with yahoo_stand_in() as plain:
        target = address.format(closed=closed_port(), open=plain.url.rsplit(":", 1)[1])
        before = time.time_ns() // 1_000_000
        stream = target.replace("http", "ws", 1) + "/stream"
        async with running(tmp_path, yahoo_origin=target, yahoo_stream_url=stream) as rig:
            for source in (STREAM, POLL, HISTORY_SOURCE):
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
async def test_a_bad_response_and_no_response_have_different_reasons(
    tmp_path: Path, reply: Reply, status: int, reasons: tuple[str, str]
) -> None:
    async with running(tmp_path) as rig:
        rig.yahoo.default, rig.yahoo.refuse_streams = lambda *_: reply, status
        await rig.yahoo.close_streams()
        assert ((await failing(rig, STREAM)).reason, (await failing(rig, POLL)).reason) == reasons


async def test_an_open_breaker_reports_the_next_attempt(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        rig.yahoo.default = lambda *_: Reply(503)
        rested = time.time() * 1000 + 45_000  # the breaker stays open for a minute

        def until_late() -> bool:
            return (of(rig, POLL).retry_at or 0) > rested

        await until(until_late, 30, "the breaker is open")
        assert of(rig, POLL).reason == "unavailable"
        assert of(rig, POLL).since is not None


async def test_the_stream_recovers_by_itself(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        rig.yahoo.refuse_streams = 503
        rig.yahoo.default = lambda *_: Reply(404)  # an error of one symbol: Yahoo responds
        await rig.yahoo.close_streams()
        first = await failing(rig, STREAM)
        await until(lambda: of(rig, POLL).state == "ok", 15, "polled instead")
        rig.yahoo.refuse_streams = 0
        await until(lambda: of(rig, STREAM).reason != first.reason or len(rig.yahoo.streams) > 1, 15, "connected again")
        await flowing(rig, lambda: of(rig, STREAM).state == "ok")
        assert of(rig, STREAM) == SourceHealth(STREAM, rig.yahoo.url.split("//")[1], "ok")
        await flowing(rig, lambda: of(rig, POLL).state == "idle")


@asynccontextmanager
async def polling(tmp_path: Path, health: ProviderHealth, origin: str) -> AsyncIterator[None]:
    """Poll one symbol with a breaker that closes soon."""
    stopping = asyncio.Event()
    chart_client = await asyncio.to_thread(ChartClient, tmp_path / "yahoo", origin, 3.0)

    async def put(_: object) -> None:
        return None

    async with open_client(chart_client, threads=2, per_minute=60_000, request_seconds=3.0, open_seconds=0.5) as client:
        poll = YahooPoll(
            client,
            {"BTC-USD": BTC},
            lambda: ("BTC-USD",),
            put,
            PollPlan(0.1, 60_000),
            SystemClock(stopping),
            stopping,
            pause=0.1,
            rng=random.Random(7),
            health=health,
        )
        task = asyncio.create_task(poll.run())
        yield
        stopping.set()
        await asyncio.wait_for(task, 10)
    chart_client.close()


async def test_requests_recover_when_the_breaker_closes(tmp_path: Path) -> None:
    health = ProviderHealth()
    health.register({POLL: "yahoo"})
    async with yahoo_stand_in() as yahoo, polling(tmp_path, health, yahoo.url):
        yahoo.default = lambda *_: Reply(failure="reset")
        await until(lambda: health.all()[0].state == "failing", 15)
        since = health.all()[0].since
        await until(lambda: (health.all()[0].retry_at or 0) > (since or 0) + 300, 15, "the breaker is open")
        assert (health.all()[0].since, health.all()[0].reason) == (since, "unreachable")
        yahoo.default = lambda *_: Reply(404)
        await until(lambda: health.all()[0] == SourceHealth(POLL, "yahoo", "ok"), 15, "requested again")


class Clock:
    """A clock that advances when it is waited on."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def wall(self) -> int:
        return int(self.at * 1000)

    async def wait(self, seconds: float) -> None:
        self.at += seconds
        await asyncio.sleep(0)


async def test_health_is_written_after_changes_and_at_an_interval(tmp_path: Path) -> None:
    record, clock, stopping = ProviderHealth(), Clock(), asyncio.Event()
    record.register({POLL: "yahoo"})
    writes: list[tuple[float, str]] = []

    async def store(found: object, now: int) -> None:
        writes.append((now / 1000, record.all()[0].state))
        if len(writes) == 2:
            raise TransientError("the database is not available")
        if clock.at == 14:
            for n in range(1000):  # a source that changes often
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
            database,
            [SourceHealth("yahoo-poll", "yahoo", "failing", "unreachable", "refused", 1, 2), SourceHealth(HISTORY_SOURCE, "yahoo")],
            3,
        )
        await store_health(database, [SourceHealth("yahoo-poll", "yahoo", "ok")], 4)
        async with database.connect() as connection:
            rows = (await connection.execute(select(tables.sources))).all()
        assert [tuple(row) for row in rows] == [("yahoo-poll", "yahoo", "ok", "", "", None, None, 4)]
        await store_health(database, [], 5)
        async with database.connect() as connection:
            assert (await connection.execute(select(tables.sources))).all() == []
