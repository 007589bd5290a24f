"""The whole gateway as a separate process with a real broker and a real database."""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import insert

from infra.kafka.node import free_ports
from shared import tables, topics
from shared.db import open_database
from shared.kafka import Producer, open_producer
from shared.settings import MeshSettings
from tests.gateway import market
from tests.gateway.test_stream import Socket, open_stream, receive_messages
from tests.preloading.process import Process
from tests.servers import Broker
from tests.until import until


@asynccontextmanager
async def process(broker: Broker, database_url: str, folder: Path, port: int, probes: int) -> AsyncIterator[Process]:
    """``python -m services.gateway``, ready for requests; at the end SIGTERM must make it exit with code 0."""
    environment = os.environ | {
        "KAFKA_BOOTSTRAP": broker.bootstrap,
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "PROBE_PORT": str(probes),
        "VAR": str(folder),
        "REFRESH_SECONDS": "0.2",
    }
    (folder / "gateway.log").unlink(missing_ok=True)
    child = await asyncio.to_thread(Process, ("services.gateway",), environment, folder / "gateway.log")
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{probes}") as client:

            async def ready() -> bool:
                assert child.returncode is None, (folder / "gateway.log").read_text()
                try:
                    async with client.get("/readyz") as response:
                        return response.status == 200
                except aiohttp.ClientError:
                    return False

            await until(ready, seconds=60, what="the gateway to be ready")
        yield child
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
        code = await child.ended()
    assert code == 0, (folder / "gateway.log").read_text()[-3000:]


async def test_from_topics_and_tables_to_rest_and_stream(kafka: Broker, database_url: str, tmp_path: Path) -> None:
    """Earlier events of the topics are in memory, later ones are on the stream as well; a restart reads all again."""
    symbol = f"T{uuid.uuid4().hex[:8].upper()}"  # the broker is shared: other tests' symbols are there too
    async with open_database(database_url) as database:
        await market.store(database, bars=100, signals=3, symbol=symbol)
    settings = MeshSettings(kafka_bootstrap=kafka.bootstrap)
    port, probes = free_ports(2)
    address = f"http://127.0.0.1:{port}"
    async with open_producer(settings, f"test-{symbol}") as producer:
        await producer.publish(topics.QUOTES, market.quote(symbol, 1), key=symbol)
        await producer.publish(topics.INDUSTRIES, market.view(n=7), key="semiconductors")
        await producer.publish_many(topics.BARS, [(symbol, market.bar(symbol, n)) for n in range(50, 150)])
        await producer.publish_many(topics.INDICATORS, [(symbol, market.indicators(symbol, n)) for n in range(50, 150)])
        async with process(kafka, database_url, tmp_path, port, probes), aiohttp.ClientSession(address) as client:
            async with client.get(f"/v1/bars?symbol={symbol}&limit=1000") as response:
                closes = [bar["close"] for bar in (await response.json())["results"]]
            assert closes == [market.bar(symbol, n).close for n in range(150)]
            async with client.get(f"/v1/indicators?symbol={symbol}") as response:
                assert len((await response.json())["results"]) == 100
            async with client.get("/v1/instruments?q=삼성") as response:
                assert [i["symbol"] for i in (await response.json())["results"]] == ["005930.KS"]
            async with client.get(f"/v1/signals?symbol={symbol}") as response:
                assert len((await response.json())["results"]) == 3
            async with client.get("/v1/industries/semiconductors") as response:
                assert (await response.json())["results"][0]["view"]["date"] == "2023-01-03T22:00:07Z"
            async with client.get("/v1/status") as response:
                (status,) = (await response.json())["results"]
            assert status["analysis_heard"], "a quote was published"
            async with client.get(f"http://127.0.0.1:{probes}/metrics") as response:
                assert "finstage_gateway_requests_total" in await response.text()
            async with open_stream(client, quotes=["*"], bars=["*"], signals=["*"], patterns=["*"], ticks=["*"]) as stream:
                await producer.publish(topics.QUOTES, market.quote(symbol, 2), key=symbol)
                await producer.publish(topics.BARS, market.bar(symbol, 150), key=symbol)
                await producer.publish(topics.SIGNALS, market.signal(symbol, 150), key=symbol)
                await producer.publish(topics.SIGNALS, market.signal(symbol, 150), key=symbol)  # as after a crash
                await producer.publish(topics.PATTERNS, market.pattern(symbol, 150), key=symbol)
                mine: list[dict[str, Any]] = []
                while len(mine) < 4:
                    mine += [m for m in await receive_messages(stream, 1) if m.get("symbol") == symbol and m["T"] != "t"]
                assert sorted(m["T"] for m in mine) == ["b", "p", "q", "s"]
                cursor = max(m["seq"] for m in mine)
                await ticks_arrive(producer, stream, symbol)
            await progress_is_measured(client, database_url)
            async with client.get(f"/v1/signals?symbol={symbol}") as response:
                assert len((await response.json())["results"]) == 4
        missed = [market.signal(symbol, 160), market.signal(symbol, 161)]
        await producer.publish_many(topics.SIGNALS, [(symbol, each) for each in missed])
        await producer.publish(topics.PATTERNS, market.pattern(symbol, 160), key=symbol)
        async with process(kafka, database_url, tmp_path, port, probes), aiohttp.ClientSession(address) as client:
            async with client.get(f"/v1/quotes?symbols={symbol}") as response:
                assert (await response.json())["results"][0]["last_price"] == market.quote(symbol, 2).last_price
            async with client.get(f"/v1/bars?symbol={symbol}&limit=1") as response:
                assert (await response.json())["results"][0]["close"] == market.bar(symbol, 150).close
            await missed_messages(client, cursor, {market.pattern(symbol, 160).id, *(each.id for each in missed)})


async def missed_messages(client: aiohttp.ClientSession, cursor: int, ids: set[str]) -> None:
    """A client resumes from a number of the process before and gets what was published in between."""
    async with open_stream(client, signals=["*"], patterns=["*"]) as stream:
        await stream.send_json({"action": "resume", "from": cursor})
        found: set[str] = set()
        while not ids <= found:
            messages = await receive_messages(stream, 1)
            assert {message["T"] for message in messages} <= {"success", "s", "p"}, messages
            found |= {message.get("id", "") for message in messages}


async def progress_is_measured(client: aiohttp.ClientSession, database_url: str) -> None:
    """Ticks wait until the table of checkpoints says that analysis has read all."""

    async def waiting() -> int | None:
        async with client.get("/v1/status") as response:
            (status,) = (await response.json())["results"]
        found: int | None = status["waiting"]
        return found

    assert await until(waiting, what="ticks to wait for analysis")
    async with open_database(database_url) as database, database.begin() as connection:
        rows = [
            {"partition_no": n, "next_offset": 2**40, "state_version": "", "state": b"", "owner": "", "updated_at": 0}
            for n in range(topics.TICKS.partitions)
        ]
        await connection.execute(insert(tables.checkpoints), rows)

    async def none() -> bool:
        return await waiting() == 0

    await until(none, what="no tick to wait")


async def ticks_arrive(producer: Producer, stream: Socket, symbol: str) -> None:
    """The gateway reads the tick topic after a client subscribes to ticks; ticks published before may be missed."""
    sent = 0

    async def send() -> None:
        nonlocal sent
        while True:
            sent += 1
            await producer.publish(topics.TICKS, market.tick(symbol, sent), key=symbol)
            await asyncio.sleep(0.1)

    sending = asyncio.create_task(send())
    try:
        while True:
            found = [m for m in await receive_messages(stream, 1) if m["T"] == "t" and m["symbol"] == symbol]
            if found:
                break
    finally:
        sending.cancel()
    assert found[0]["price"] in {market.price(symbol, n) for n in range(1, sent + 1)}
