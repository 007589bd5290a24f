from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol, TypeVar

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient

from shared import metrics
from shared.events import Tick
from shared.failures import PoisonError, TransientError
from shared.kafka import Producer, Record, open_group_consumer, open_producer, open_tail
from shared.kafka.batch_runner import RecordHandler
from shared.kafka.lag import StalledError
from shared.settings import MeshSettings
from tests.shared.conftest import MakeTopic
from tests.until import until

H_contra = TypeVar("H_contra", contravariant=True)


def tick(i: int, symbol: str = "AAPL") -> Tick:
    return Tick(
        symbol=symbol, price=100.0 + i, ts_event=1_700_000_000_000 + i, ts_init=1_700_000_000_000 + i, source="replay", seq=i + 1
    )


class Runs(Protocol[H_contra]):
    async def run(self, handle: H_contra, stopping: asyncio.Event, /) -> None: ...


@asynccontextmanager
async def running(consumer: Runs[H_contra], handle: H_contra) -> AsyncIterator[asyncio.Task[None]]:
    stopping = asyncio.Event()
    task = asyncio.create_task(consumer.run(handle, stopping))
    try:
        yield task
    finally:
        stopping.set()
        await asyncio.wait_for(task, 20)


@pytest.fixture
async def producer(settings: MeshSettings) -> AsyncIterator[Producer]:
    async with open_producer(settings, "group-test") as found:
        yield found


async def all_messages(settings: MeshSettings, topic: str) -> list[ConsumerRecord]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        found: list[ConsumerRecord] = []
        while len(found) < sum(ends.values()):
            for messages in (await consumer.getmany(timeout_ms=500)).values():
                found += messages
        return found
    finally:
        await consumer.stop()


async def committed(settings: MeshSettings, group: str) -> int:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        return sum(found.offset for found in (await admin.list_consumer_group_offsets(group)).values())
    finally:
        await admin.close()


async def test_records_are_handled_in_order_and_then_committed(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic, group = await make_topic(3), "g-order"
    group += topic.name
    events = [(f"S{i % 5}", tick(i, f"S{i % 5}")) for i in range(1000)]
    await producer.publish_many(topic, events)
    received: dict[str, list[int]] = {}

    async def handle(records: Sequence[Record[Tick]]) -> None:
        assert len({record.partition for record in records}) == 1
        for record in records:
            received.setdefault(record.key, []).append(record.event.seq)

    async with open_group_consumer(settings, [topic], group, producer, max_records=100) as consumer:
        async with running(consumer, handle):
            await until(lambda: sum(map(len, received.values())) == 1000, seconds=30)
            assert consumer.ready
            assert consumer.alive
        assert all(found == sorted(found) for found in received.values())
        assert await committed(settings, group) == 1000


async def test_a_second_start_continues_at_the_committed_offset(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic = await make_topic(1)
    received: list[int] = []

    async def handle(records: Sequence[Record[Tick]]) -> None:
        received.extend(record.event.seq for record in records)

    def has_received(count: int) -> Callable[[], bool]:
        return lambda: len(received) >= count

    for round_ in range(2):
        await producer.publish_many(topic, [("A", tick(round_ * 10 + i)) for i in range(10)])
        async with open_group_consumer(settings, [topic], "again" + topic.name, producer) as consumer, running(consumer, handle):
            await until(has_received(10 * (round_ + 1)), seconds=30)
    assert received == list(range(1, 21))


async def test_poison_becomes_a_dead_letter_and_the_rest_is_handled(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic = await make_topic(1)
    await producer.publish(topic, tick(0), key="A")
    await producer.publish_raw(topic.name, b"A", b'{"type":"tick","symbol":"A","price":"much"}', [("traceparent", b"00-t")])
    await producer.publish_raw(topic.name, b"B", None, [])
    await producer.publish(topic, tick(1), key="A")
    await producer.publish(topic, tick(13), key="A")
    await producer.publish(topic, tick(2), key="A")
    received: list[int] = []

    async def handle(records: Sequence[Record[Tick]]) -> None:
        if any(record.event.seq == 14 for record in records):
            raise PoisonError("thirteen password=canary-secret")
        received.extend(record.event.seq for record in records)

    group = "poison" + topic.name
    async with open_group_consumer(settings, [topic], group, producer) as consumer, running(consumer, handle):
        await until(lambda: 3 in received, seconds=30)
        await until(lambda: committed(settings, group), seconds=10)
    assert [seq for seq in received if seq != 14] == [1, 2, 3]
    letters = await all_messages(settings, topic.dead_letters.name)
    headers = [{name: value.decode() for name, value in letter.headers} for letter in letters]
    assert [found["dead-letter-offset"] for found in headers] == ["1", "2", "4"]
    assert letters[0].value == b'{"type":"tick","symbol":"A","price":"much"}'
    assert headers[0]["dead-letter-topic"] == topic.name
    assert headers[0]["dead-letter-group"] == group
    assert headers[0]["traceparent"] == "00-t"
    assert "price" in headers[0]["dead-letter-error"]
    assert headers[2]["dead-letter-exception"] == "PoisonError"
    assert "canary-secret" not in headers[2]["dead-letter-error"]


async def test_a_transient_failure_is_retried_and_never_dead_lettered(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic = await make_topic(1)
    await producer.publish_many(topic, [("A", tick(i)) for i in range(5)])
    tries = 0
    received: list[int] = []

    async def handle(records: Sequence[Record[Tick]]) -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise TransientError("the database is away")
        received.extend(record.event.seq for record in records)

    async with open_group_consumer(settings, [topic], "transient" + topic.name, producer) as consumer, running(consumer, handle):
        await until(lambda: len(received) == 5, seconds=30)
    assert received == [1, 2, 3, 4, 5]
    assert tries == 4
    assert await all_messages(settings, topic.dead_letters.name) == []


async def test_when_most_messages_fail_the_partition_is_held(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic = await make_topic(1)
    await producer.publish_many(topic, [("A", tick(i)) for i in range(60)])
    broken = True
    received: list[int] = []

    async def handle(records: Sequence[Record[Tick]]) -> None:
        if broken:
            raise KeyError("symbol")
        received.extend(record.event.seq for record in records)

    async with (
        open_group_consumer(settings, [topic], "held" + topic.name, producer, hold_seconds=0.3) as consumer,
        running(consumer, handle),
    ):
        await until(lambda: consumer.held, seconds=30)
        assert not consumer.ready
        letters = len(await all_messages(settings, topic.dead_letters.name))
        broken = False
        await until(lambda: len(received) == 60 - letters, seconds=30)
        await until(lambda: consumer.ready, seconds=10)
    assert letters < 25
    assert received == list(range(letters + 1, 61))


async def test_an_unknown_error_ends_the_task(settings: MeshSettings, make_topic: MakeTopic, producer: Producer) -> None:
    topic = await make_topic(1)
    await producer.publish(topic, tick(0), key="A")

    async def handle(_: Sequence[Record[Tick]]) -> None:
        raise RuntimeError("a mistake of ours")

    async with open_group_consumer(settings, [topic], "crash" + topic.name, producer) as consumer:
        with pytest.raises(RuntimeError, match="a mistake"):
            await asyncio.wait_for(consumer.run(handle, asyncio.Event()), 30)


async def test_two_members_share_the_partitions_and_one_takes_over(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic = await make_topic(4)
    group = "two" + topic.name
    received: list[tuple[str, str, int]] = []

    def handler(name: str) -> RecordHandler:
        async def handle(records: Sequence[Record[Tick]]) -> None:
            received.extend((name, record.key, record.event.seq) for record in records)

        return handle

    async def publish(first: int, last: int) -> None:
        await producer.publish_many(topic, [(f"S{i % 9}", tick(i, f"S{i % 9}")) for i in range(first, last)])

    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(open_group_consumer(settings, [topic], group, producer))
        await stack.enter_async_context(running(one, handler("one")))
        async with open_group_consumer(settings, [topic], group, producer) as two, running(two, handler("two")):
            await until(lambda: len(one.partitions) == len(two.partitions) == 2, seconds=30)
            await publish(0, 900)
            await until(lambda: len({entry[1:] for entry in received}) == 900, seconds=30)
            assert {entry[0] for entry in received} == {"one", "two"}
        await until(lambda: len(one.partitions) == 4, seconds=30)
        await publish(900, 1200)
        await until(lambda: len({entry[1:] for entry in received}) == 1200, seconds=30)
    assert {entry[2] for entry in received} == set(range(1, 1201))


async def test_the_watchdog_ends_a_stalled_consumer(settings: MeshSettings, make_topic: MakeTopic, producer: Producer) -> None:
    topic = await make_topic(1)
    impatient = settings.model_copy(update={"kafka_stall_seconds": 1.0})
    await producer.publish(topic, tick(0), key="A")

    async def handle(_: Sequence[Record[Tick]]) -> None:
        await asyncio.Event().wait()

    async with open_group_consumer(impatient, [topic], "stall" + topic.name, producer) as consumer:
        with pytest.raises(StalledError, match="1 messages wait at offset 0"):
            await asyncio.wait_for(consumer.run(handle, asyncio.Event()), 30)


async def test_lag_is_measured_in_records_and_age(settings: MeshSettings, make_topic: MakeTopic, producer: Producer) -> None:
    topic = await make_topic(1)
    impatient = settings.model_copy(update={"kafka_stall_seconds": 2.0})
    group = "lag" + topic.name
    await producer.publish_many(topic, [("A", tick(i)) for i in range(10)])
    gate = asyncio.Event()
    taken: list[int] = []

    async def handle(records: Sequence[Record[Tick]]) -> None:
        if taken:
            await gate.wait()
        taken.extend(record.event.seq for record in records)

    def shown(name: str) -> float | None:
        return metrics.REGISTRY.get_sample_value(f"finstage_mesh_{name}", {"group": group, "topic": topic.name, "partition": "0"})

    async with open_group_consumer(impatient, [topic], group, producer, max_records=4) as consumer, running(consumer, handle):
        await until(lambda: shown("lag_records") == 6, seconds=10)
        assert (shown("lag_age_seconds") or 0) > 0
        assert (shown("lag_event_age_seconds") or 0) > 86_400  # the ticks are from 2023
        gate.set()
        await until(lambda: shown("lag_records") == 0, seconds=10)
        assert shown("lag_age_seconds") == 0


async def test_a_tail_starts_before_the_end_and_continues_live(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic = await make_topic(2)
    await producer.publish_many(topic, [("A", tick(i)) for i in range(20)])
    await producer.publish_raw(topic.name, b"A", b"not json", [])
    received: list[int] = []

    async def handle(records: Sequence[Record[Tick]]) -> None:
        received.extend(record.event.seq for record in records)

    async with open_tail(settings, {topic: 5}, "tail-test") as tail:
        assert not tail.caught_up
        async with running(tail, handle):
            await until(lambda: tail.caught_up, seconds=20)
            assert received == [17, 18, 19, 20]  # the fifth from the end cannot be decoded
            await producer.publish(topic, tick(20), key="A")
            await until(lambda: received[-1] == 21, seconds=10)
    async with open_tail(settings, {topic: None}, "tail-test") as tail, running(tail, handle):
        await until(lambda: received[-21:] == list(range(1, 22)), seconds=20)


async def test_a_tail_skips_poison_and_retries_transient_failures(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic = await make_topic(1)
    await producer.publish_many(topic, [("A", tick(i)) for i in range(40)])
    received: list[int] = []
    away = 2

    async def handle(records: Sequence[Record[Tick]]) -> None:
        nonlocal away
        for record in records:
            if record.event.seq == 17:
                raise ArithmeticError("17 cannot be divided")
            if record.event.seq == 30 and away:
                away -= 1
                raise TransientError("the database is away")
            received.append(record.event.seq)

    async with open_tail(settings, {topic: None}, "tail-poison") as tail, running(tail, handle):
        await until(lambda: tail.caught_up, seconds=30)
        assert tail.alive
    assert set(received) == set(range(1, 41)) - {17}
    assert (received[-1], away) == (40, 0)


async def test_a_tail_is_held_when_most_messages_fail(settings: MeshSettings, make_topic: MakeTopic, producer: Producer) -> None:
    topic = await make_topic(1)
    await producer.publish_many(topic, [("A", tick(i)) for i in range(60)])
    received: list[int] = []
    broken = True

    async def handle(records: Sequence[Record[Tick]]) -> None:
        if broken:
            raise KeyError("symbol")
        received.extend(record.event.seq for record in records)

    async with open_tail(settings, {topic: None}, "tail-held", hold_seconds=0.3) as tail, running(tail, handle):
        await until(lambda: tail.held, seconds=30)
        broken = False
        await until(lambda: tail.caught_up, seconds=30)
    assert received[-1] == 60
    assert len(received) > 35
