"""Kafka killed under a running gateway: what memory and database have is answered, and streams go on without loss."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from infra.kafka.node import free_ports
from shared import topics
from shared.db import open_database
from shared.kafka import open_producer
from shared.settings import MeshSettings
from tests.databases import empty_database
from tests.gateway import market
from tests.gateway.test_mesh import process
from tests.gateway.test_stream import Socket, open_stream
from tests.servers import Broker
from tests.until import until


async def read_all(stream: Socket, found: list[dict[str, Any]]) -> None:
    async for message in stream:
        found += message.json()


@pytest.mark.thorough  # a broker of its own, started twice
async def test_kafka_is_killed_under_a_running_gateway(own_kafka: Broker, tmp_path: Path) -> None:
    (tmp_path / "gateway.db").write_bytes(empty_database())
    url = f"sqlite+aiosqlite:///{tmp_path}/gateway.db"
    async with open_database(url) as database:
        await market.store(database, bars=600, signals=3)
    settings = MeshSettings(kafka_bootstrap=own_kafka.bootstrap)
    port, probes = free_ports(2)
    async with open_producer(settings, "before") as producer:
        await producer.publish(topics.QUOTES, market.quote("AAPL", 1), key="AAPL")
        await producer.publish_many(topics.BARS, [("AAPL", market.bar("AAPL", n)) for n in range(600, 620)])
    running = process(own_kafka, url, tmp_path, port, probes)
    async with running, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:

        async def status() -> dict[str, Any]:
            async with client.get("/v1/status") as response:
                found: dict[str, Any] = (await response.json())["results"][0]
                return found

        async def probe(name: str) -> tuple[int, Any]:
            async with client.get(f"http://127.0.0.1:{probes}/{name}") as response:
                return response.status, (await response.json()).get("details", {}).get("kafka_answers")

        async def answers(path: str) -> tuple[int, int]:
            async with client.get(path) as response:
                return response.status, len((await response.json()).get("results", ()))

        async def reads_go_on() -> None:
            assert await answers("/v1/quotes?symbols=AAPL") == (200, 1)
            assert await answers("/v1/bars?symbol=AAPL&limit=10") == (200, 10), "of memory"
            assert await answers("/v1/bars?symbol=AAPL&start=2023-01-01&limit=50") == (200, 50), "of the database"
            assert await answers("/v1/signals?symbol=AAPL&limit=3") == (200, 3)

        async def known(what: bool) -> bool:
            found = await status()
            live = next(each for each in found["services"] if each["name"] == "analysis-live")
            assert live["state"] in ("not_seen", "unknown"), "it never ran"
            probed = (await probe("readyz"))[1]
            return (found["waiting"] is not None, found["dead_letters"] is not None, live["state"] == "not_seen", probed) == (
                what,
            ) * 4

        async def known_unknown() -> bool:
            return await known(False)

        async def all_known() -> bool:
            return await known(True)

        await until(all_known, seconds=60, what="Kafka to be seen")
        async with open_stream(client, signals=["AAPL"], bars=["AAPL"]) as stream:
            found: list[dict[str, Any]] = []
            reading = asyncio.create_task(read_all(stream, found))  # a client that does not read answers no ping
            own_kafka.kill()
            await until(known_unknown, seconds=90, what="status and probe to say that Kafka is gone")
            await reads_go_on()
            assert (await probe("readyz"))[0] == 200, "it can answer: no other process would answer better"
            assert (await probe("healthz"))[0] == 200
            wanted = {"entry": "golden_cross", "symbols": ["AAPL"]}
            async with client.post("/v1/research/backtests", json=wanted) as response:
                assert (response.status, response.content_type) == (503, "application/problem+json")
                assert int(response.headers["Retry-After"]) > 0
            await own_kafka.restart(120)
            missed = [market.signal("AAPL", n) for n in range(700, 720)]
            async with open_producer(settings, "after") as producer:
                await producer.publish_many(topics.SIGNALS, [("AAPL", each) for each in missed])
                await producer.publish_many(topics.BARS, [("AAPL", market.bar("AAPL", n)) for n in range(620, 640)])
            await until(lambda: reading.done() or len(found) == 40, seconds=60, what="what was published after the outage")
            assert not reading.done(), "the stream stayed open"
            reading.cancel()
            assert sorted(each["id"] for each in found if each["T"] == "s") == sorted(each.id for each in missed)
            assert [each["close"] for each in found if each["T"] == "b"] == [market.bar("AAPL", n).close for n in range(620, 640)]
        await until(all_known, seconds=90, what="Kafka to be seen again")
        await reads_go_on()
