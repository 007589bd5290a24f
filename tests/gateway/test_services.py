"""What /v1/status says of the services: from consumer groups of a real broker, and from what a service publishes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest

from services.gateway.app import watch_services
from services.gateway.domain.analysis_progress import SILENT_MS, AnalysisProgress
from services.gateway.domain.service_states import GroupFinding, ServiceGroup, ServiceWatch, service_states
from services.gateway.domain.source_health import StoredSourceHealth
from shared.events import Article
from shared.failures import TransientError
from shared.kafka import GroupReader, Record, open_group_consumer, open_group_reader, open_offset_reader, open_producer
from shared.settings import MeshSettings
from shared.topics import ARTICLES
from tests.gateway.running_gateway import RunningGateway
from tests.servers import Broker
from tests.until import until

NOW = 1_764_000_000_000


def article(n: int) -> Article:
    url = f"https://example.org/{n}"
    return Article(
        id=f"{n}", content=f"{n}", feed="test", publisher="test", url=url, title="A", source="test", ts_event=NOW, ts_init=NOW
    )


async def service(client: aiohttp.ClientSession, name: str) -> dict[str, Any]:
    async with client.get("/v1/status") as response:
        assert response.status == 200
        (status,) = (await response.json())["results"]
    return next(each for each in status["services"] if each["name"] == name)


@asynccontextmanager
async def silent_broker() -> AsyncIterator[str]:
    """A port that accepts connections and never answers."""
    released = asyncio.Event()

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    try:
        yield "{}:{}".format(*server.sockets[0].getsockname())
    finally:
        released.set()
        server.close()


async def test_a_service_runs_while_its_group_has_members(
    kafka: Broker, server: RunningGateway, client: aiohttp.ClientSession
) -> None:
    settings = MeshSettings(kafka_bootstrap=kafka.bootstrap, kafka_session_ms=6000)
    group, gateway = f"services-{uuid.uuid4().hex[:8]}", server.gateway
    gateway.services = ServiceWatch(dict(gateway.services.groups) | {"analysis-news": (ServiceGroup(group, ARTICLES.name),)})
    handled: list[str] = []

    async def handle(records: Sequence[Record[Article]]) -> None:
        handled.extend(record.event.id for record in records)

    assert (await service(client, "analysis-news"))["state"] == "unknown", "Kafka was not asked yet"
    async with (
        open_producer(settings, "services") as producer,
        open_group_reader(settings, "services") as groups,
        open_offset_reader(settings, [ARTICLES], "services") as ends,
    ):

        async def answers() -> bool:
            with suppress(TransientError):  # a new broker makes the topic of offsets when it is first asked
                await watch_services(gateway, groups, ends)
                return True
            return False

        async def found() -> tuple[str, int | None, int | None]:
            await watch_services(gateway, groups, ends)
            now = await service(client, "analysis-news")
            assert now["checked"] is not None
            return now["state"], now["processes"], now["waiting"]

        await until(answers, seconds=30, what="Kafka to answer")
        assert await found() == ("not_seen", 0, None)
        await producer.publish_many(ARTICLES, [(f"{n}", article(n)) for n in range(20)])
        async with open_group_consumer(settings, [ARTICLES], group, producer) as consumer:
            state, processes, waiting = await found()
            assert (state, processes) == ("running", 1)
            assert waiting is not None
            assert waiting >= 20, "nothing is committed: all of the log waits"
            stopping = asyncio.Event()
            running = asyncio.create_task(consumer.run(handle, stopping))

            async def has_read_all() -> bool:
                return await found() == ("running", 1, 0)

            await until(has_read_all, seconds=30, what="all to be read")
            stopping.set()
            await running
        assert await found() == ("stopped", 0, 0)
        await producer.publish_many(ARTICLES, [("late", article(21))])
        assert await found() == ("stopped", 0, 1)
    assert len(handled) >= 20


async def test_a_broker_that_does_not_answer_leaves_all_unknown(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    gateway = server.gateway
    gateway.services.store({"analysis-news": GroupFinding(1, 4)}, NOW)
    async with silent_broker() as address:
        settings = MeshSettings(kafka_bootstrap=address)
        with pytest.raises(TransientError):
            async with open_group_reader(settings, "services", 0.2):
                pass
    asked = asyncio.Event()

    class SlowAdmin:
        async def find_coordinator(self, _: str) -> int:
            asked.set()
            await asyncio.Event().wait()
            return 0

    admin: Any = SlowAdmin()
    ends: Any = None
    watching = asyncio.create_task(watch_services(gateway, GroupReader(admin, 0.5), ends))
    await asked.wait()
    before = await service(client, "analysis-news")
    assert (before["state"], before["processes"], before["waiting"]) == ("running", 1, 4), "the last finding, with its time"
    assert before["checked"] == "2025-11-24T16:00:00Z"
    with pytest.raises(TransientError):
        await watching
    after = await service(client, "analysis-news")
    assert after == {"name": "analysis-news", "state": "unknown", "processes": None, "waiting": None, "checked": before["checked"]}


@pytest.mark.parametrize(
    ("reported_at", "ends", "ingest"),
    [
        (0, ((NOW, 5), (NOW + 5_000, 9)), "running"),  # the log grows
        (NOW + 40_000, (), "running"),  # Kafka does not answer; ingest reports its sources to the database
        (0, (), "unknown"),
        (NOW, ((NOW, 5), (NOW + 40_000, 5)), "stopped"),  # a live ingest that neither writes nor reports
        (0, ((NOW + 20_000, 5), (NOW + 40_000, 5)), "unknown"),  # the log was not watched for long enough
        (0, ((NOW, 5), (NOW + 40_000, 5)), "silent"),  # a tape that has ended looks like an ingest that has stopped
        (0, ((NOW, 0), (NOW + 40_000, 0)), "not_seen"),
    ],
)
def test_what_ingest_publishes_shows_that_it_runs(reported_at: int, ends: tuple[tuple[int, int], ...], ingest: str) -> None:
    now = NOW + SILENT_MS + 12_000
    progress, watch = AnalysisProgress(), ServiceWatch({"analysis-live": (ServiceGroup("live", "ticks"),)})
    for at, end in ends:
        progress.measure({0: (0, end)}, {0: 3}, at + 10_000)
    if ends:
        watch.store({"live": GroupFinding(2, 0)}, now)
    source = StoredSourceHealth(
        source="yahoo-poll", target="", state="ok", reason="", detail="", since=None, retry_at=None, updated_at=reported_at
    )
    found = {each.name: each for each in service_states(watch, progress, [source] if reported_at else [], 1, now)}
    assert found["ingest"].state == ingest
    assert found["gateway"].state == "running"
    live = found["analysis-live"]
    assert (live.state, live.processes) == (("running", 2) if ends else ("unknown", None))
    assert live.waiting == (max(0, ends[-1][1] - 3) if ends else None), "what its checkpoints leave, not its commits"


def test_groups_of_a_part_that_is_switched_off_are_not_counted() -> None:
    watch = ServiceWatch(
        {
            "analysis-live": (ServiceGroup("live", "ticks"),),
            "analysis-industries": (ServiceGroup("i", None),),
            "notifier": (ServiceGroup("n", "signals"), ServiceGroup("news", "x")),
        }
    )
    for news, waiting in ((GroupFinding(0, 9), 2), (GroupFinding(1, 9), 11)):
        watch.store({"n": GroupFinding(1, 2), "news": news, "i": GroupFinding(1, None)}, NOW)
        found = {each.name: each for each in service_states(watch, AnalysisProgress(), (), None, NOW)}
        assert (found["notifier"].state, found["notifier"].waiting) == ("running", waiting)
        assert (found["analysis-industries"].state, found["analysis-industries"].waiting) == ("running", None)
        assert (found["analysis-live"].state, found["gateway"].processes) == ("not_seen", None)
