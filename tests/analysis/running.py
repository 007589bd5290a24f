"""The service as a process, its input, and its output in Kafka and in the database."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import select

from services.analysis.live.adapters.sequences import SequenceTable
from services.analysis.live.domain.engine import ListedInstrument
from shared import wire
from shared.db import Database, open_database
from shared.events import Heartbeat, TickLog
from shared.kafka import open_producer
from shared.sequences import parse
from shared.settings import MeshSettings
from shared.tables import checkpoints, instruments
from shared.topics import TICKS, Topic
from tests.preloading.process import Process


@dataclass
class Live:
    """One ``python -m services.analysis live``."""

    name: str
    environment: dict[str, str]
    log: Path
    process: Process = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.mark = self.log.stat().st_size if self.log.exists() else 0
        environment = {**os.environ, **self.environment, "INSTANCE": self.name}
        self.process = Process(("services.analysis", "live"), environment, self.log)

    @property
    def up(self) -> bool:
        """Whether it runs its tasks and handles signals."""
        return '"event":"started"' in self.text()[self.mark :]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def text(self) -> str:
        return self.log.read_text(errors="replace")


@dataclass
class Stage:
    """A broker, a database, and the processes between them."""

    bootstrap: str
    database_url: str
    folder: Path
    more: dict[str, str] = field(default_factory=dict)
    running: list[Live] = field(default_factory=list)

    def start(self, name: str) -> Live:
        environment = {
            "KAFKA_BOOTSTRAP": self.bootstrap, "DATABASE_URL": self.database_url, "PROBE_PORT": "0", "VAR": str(self.folder),
            "CALENDAR_START": "2024-10-01", "KAFKA_SESSION_MS": "6000", "ANALYSIS_GROUP": f"live-{self.folder.name}", **self.more,
        }  # fmt: skip
        live = Live(name, environment, self.folder / f"{name}.log")
        self.running.append(live)
        return live

    def end(self) -> None:
        for live in self.running:
            if live.process.poll() is None:
                live.process.send_signal(signal.SIGCONT)
                live.kill()

    async def list_instruments(self, listed: dict[str, ListedInstrument]) -> None:
        rows = [
            {"symbol": symbol, "name_en": symbol, "name_ko": symbol, "exchange": one.exchange, "currency": "USD", "kind": one.kind,
             "sector": "", "aliases": "[]", "active": True}
            for symbol, one in listed.items()
        ]  # fmt: skip
        async with open_database(self.database_url) as database, database.begin() as connection:
            await connection.execute(database.upsert(instruments, rows), rows)

    async def follow(self, *texts: str) -> None:
        async with open_database(self.database_url) as database:
            for text in texts:
                await SequenceTable(database).add(parse(text), "all", (), 0)

    async def feed(self, log: Iterable[TickLog], pause: float = 0.0, run: int = 500) -> None:
        """Publishes a log in its order, ``run`` events at a time."""
        async with open_producer(MeshSettings(kafka_bootstrap=self.bootstrap), "test") as producer:
            waiting: list[tuple[str, Any]] = []
            for event in log:
                if isinstance(event, Heartbeat):
                    if waiting:
                        await producer.publish_many(TICKS, waiting)
                    waiting = []
                    await producer.publish_everywhere(TICKS, event, key=event.exchange)
                else:
                    waiting.append((event.symbol, event))
                    if len(waiting) >= run:
                        await producer.publish_many(TICKS, waiting)
                        waiting = []
                        await asyncio.sleep(pause)
            if waiting:
                await producer.publish_many(TICKS, waiting)

    async def raw(self, body: bytes, key: str) -> None:
        """Publishes any bytes."""
        async with open_producer(MeshSettings(kafka_bootstrap=self.bootstrap), "test") as producer:
            await producer.publish_raw(TICKS.name, key.encode(), body, [])

    async def read(self, topic: Topic[Any]) -> list[Any]:
        """Every event in a topic, in the order of each partition."""
        return [wire.decode(topic, message.value) for message in await self.messages(topic)]

    async def messages(self, topic: Topic[Any]) -> list[Any]:
        """Every message in a topic, undecoded."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
        await consumer.start()
        try:
            partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            await consumer.seek_to_beginning(*partitions)
            found: list[Any] = []
            while any([await consumer.position(each) < ends[each] for each in partitions]):
                for messages in (await consumer.getmany(timeout_ms=200, max_records=5000)).values():
                    found += messages
            return found
        finally:
            await consumer.stop()

    async def ends(self) -> dict[int, int]:
        """The end of each partition of the tick log."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap)
        await consumer.start()
        try:
            partitions = [TopicPartition(TICKS.name, number) for number in range(TICKS.partitions)]
            return {each.partition: offset for each, offset in (await consumer.end_offsets(partitions)).items()}
        finally:
            await consumer.stop()

    async def positions(self) -> dict[int, int]:
        """The offset of each stored checkpoint."""
        async with open_database(self.database_url) as database, database.connect() as connection:
            return {
                row[0]: row[1] for row in await connection.execute(select(checkpoints.c.partition_no, checkpoints.c.next_offset))
            }

    async def caught_up(self) -> bool:
        """Every message of the log is in a checkpoint."""
        ends, positions = await self.ends(), await self.positions()
        return all(positions.get(partition, 0) == end for partition, end in ends.items())


async def rows(database: Database, statement: Any) -> Sequence[Any]:
    """The rows of a query."""
    async with database.connect() as connection:
        return (await connection.execute(statement)).all()
