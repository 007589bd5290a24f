from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.structs import TopicPartition

from shared import wire
from shared.events import Tick, TickLog
from shared.failures import FencedError, PoisonError, TransientError
from shared.kafka import OwnedConsumer, Producer, open_owned_consumer, open_producer
from shared.kafka.owned_consumer import BeyondLogError
from shared.settings import MeshSettings
from shared.topics import Topic
from tests.shared.conftest import MakeTopic
from tests.shared.test_kafka_group import all_messages, running, tick
from tests.until import until


class Store:
    """The checkpoints that all owners share: next offset and sum of what was seen, written by compare-and-set."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[int, tuple[int, ...]]] = {}


class Summing:
    """An owner whose state is the tuple of all sequence numbers it has seen, in order."""

    def __init__(self, topic: Topic[TickLog], store: Store) -> None:
        self.topic, self.store = topic, store
        self.state: dict[int, tuple[int, tuple[int, ...]]] = {}
        self.base: dict[int, int | None] = {}
        self.restored: list[tuple[int, int]] = []
        self.forgotten: list[int] = []
        self.finals = 0
        self.errors: list[BaseException] = []

    async def restore(self, partition: int, log_start: int) -> int | None:
        self.restored.append((partition, log_start))
        row = self.store.rows.get(partition)
        self.base[partition] = row[0] if row else None
        self.state[partition] = row or (log_start, ())
        return row[0] if row else None

    async def handle(self, partition: int, messages: Sequence[ConsumerRecord]) -> None:
        if self.errors:
            raise self.errors.pop()
        position, received = self.state[partition]
        assert messages[0].offset == position
        self.state[partition] = messages[-1].offset + 1, received + self.numbers(messages)

    def numbers(self, messages: Sequence[ConsumerRecord]) -> tuple[int, ...]:
        events = [wire.decode(self.topic, message.value) for message in messages]
        return tuple(event.seq for event in events if isinstance(event, Tick))

    async def skip(self, partition: int, offset: int) -> None:
        position, received = self.state[partition]
        assert offset == position
        self.state[partition] = offset + 1, received

    async def flush(self, final: bool) -> None:
        self.finals += final
        for partition, row in self.state.items():
            kept = self.store.rows.get(partition)
            if (kept[0] if kept else None) != self.base[partition]:
                raise FencedError(f"partition {partition} was written by somebody else", partition)
            self.store.rows[partition], self.base[partition] = row, row[0]

    async def forget(self, partition: int) -> None:
        self.forgotten.append(partition)
        self.state.pop(partition, None)


@pytest.fixture
async def producer(settings: MeshSettings) -> AsyncIterator[Producer]:
    async with open_producer(settings, "owned-test") as found:
        yield found


async def publish(producer: Producer, topic: Topic[TickLog], first: int, last: int) -> None:
    await producer.publish_many(topic, [(f"S{i % 9}", tick(i, f"S{i % 9}")) for i in range(first, last)])


def received_by(store: Store) -> list[int]:
    return sorted(seq for _, seqs in store.rows.values() for seq in seqs)


def has_received(store: Store, count: int) -> Callable[[], bool]:
    return lambda: len(received_by(store)) == count


async def test_state_follows_the_log_and_survives_a_restart(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic, store = await make_topic(3), Store()
    for round_ in (1, 2):
        await publish(producer, topic, (round_ - 1) * 500, round_ * 500)
        owner = Summing(topic, store)
        group = "o" + topic.name
        async with open_owned_consumer(settings, topic, group, producer, max_records=50) as consumer, running(consumer, owner):
            await until(lambda: consumer.ready, seconds=30)
            await until(has_received(store, round_ * 500), seconds=30)
            assert consumer.alive
            assert consumer.partitions == {0, 1, 2}
        assert owner.finals == 1
        assert sorted(partition for partition, _ in owner.restored) == [0, 1, 2]
    assert received_by(store) == list(range(1, 1001))


async def test_a_failed_batch_is_restored_and_applied_once(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic, store = await make_topic(1), Store()
    await publish(producer, topic, 0, 100)
    owner = Summing(topic, store)
    owner.errors = [TransientError("database away"), ConnectionResetError("gone"), FencedError("not yours", 0), FencedError("any")]
    async with open_owned_consumer(settings, topic, "t" + topic.name, producer) as consumer, running(consumer, owner):
        await until(lambda: len(received_by(store)) == 100, seconds=30)
    assert received_by(store) == list(range(1, 101))
    assert len(owner.restored) == 5


async def test_a_fenced_owner_restores_the_checkpoint_of_the_other_process(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic, store = await make_topic(1), Store()
    await publish(producer, topic, 0, 10)
    owner = Summing(topic, store)
    async with open_owned_consumer(settings, topic, "f" + topic.name, producer) as consumer, running(consumer, owner):
        await until(lambda: len(received_by(store)) == 10, seconds=30)
        store.rows[0] = (7, tuple(range(1, 8)))  # as another process would write
        await until(lambda: len(owner.restored) == 2, seconds=30)
        await until(lambda: len(received_by(store)) == 10, seconds=30)
        await publish(producer, topic, 10, 20)
        await until(lambda: len(received_by(store)) == 20, seconds=30)
    assert received_by(store) == list(range(1, 21))


async def test_two_members_share_the_partitions_without_loss_or_duplicates(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic, store, group = await make_topic(4), Store(), "owned-two"
    group += topic.name
    first, second = Summing(topic, store), Summing(topic, store)
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(open_owned_consumer(settings, topic, group, producer))
        await stack.enter_async_context(running(one, first))
        await publish(producer, topic, 0, 300)
        await until(lambda: len(received_by(store)) == 300, seconds=30)
        async with open_owned_consumer(settings, topic, group, producer) as two, running(two, second):
            await until(lambda: one.ready and two.ready and len(one.partitions) == len(two.partitions) == 2, seconds=30)
            assert not one.partitions & two.partitions
            assert len(first.forgotten) == 2
            await publish(producer, topic, 300, 600)
            await until(lambda: len(received_by(store)) == 600, seconds=30)
        await until(lambda: len(one.partitions) == 4 and one.ready, seconds=30)
        await publish(producer, topic, 600, 900)
        await until(lambda: len(received_by(store)) == 900, seconds=30)
    assert received_by(store) == list(range(1, 901))


async def test_a_checkpoint_before_the_start_of_the_log_is_detected(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic, store = await make_topic(1), Store()
    await publish(producer, topic, 0, 50)
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    await admin.delete_records({TopicPartition(topic.name, 0): RecordsToDelete(before_offset=30)})
    await admin.close()
    store.rows[0] = (10, tuple(range(1, 11)))

    class Rebuilding(Summing):
        async def restore(self, partition: int, log_start: int) -> int | None:
            await super().restore(partition, log_start)
            if self.state[partition][0] < log_start:
                self.state[partition] = (log_start, ())
                return log_start
            return self.state[partition][0]

    owner = Rebuilding(topic, store)
    async with open_owned_consumer(settings, topic, "off" + topic.name, producer) as consumer, running(consumer, owner):
        await until(lambda: store.rows[0][0] == 50, seconds=30)
    assert owner.restored[0] == (0, 30)
    assert store.rows[0][1] == tuple(range(31, 51))


async def test_a_checkpoint_of_another_broker_is_refused(settings: MeshSettings, make_topic: MakeTopic, producer: Producer) -> None:
    topic, store = await make_topic(1), Store()
    store.rows[0] = (1000, ())
    async with open_owned_consumer(settings, topic, "beyond" + topic.name, producer) as consumer:
        with pytest.raises(BeyondLogError, match="the checkpoint is at offset 1000, but the log ends at 0"):
            await asyncio.wait_for(consumer.run(Summing(topic, store), asyncio.Event()), 30)


async def test_an_owner_can_publish_a_dead_letter(settings: MeshSettings, make_topic: MakeTopic, producer: Producer) -> None:
    topic, store = await make_topic(1), Store()
    await publish(producer, topic, 0, 3)
    await producer.publish_raw(topic.name, b"S1", b"{", [])
    await publish(producer, topic, 3, 5)

    class Careful(Summing):
        consumer: OwnedConsumer

        async def handle(self, partition: int, messages: Sequence[ConsumerRecord]) -> None:
            valid = []
            for message in messages:
                try:
                    wire.decode(self.topic, message.value)
                    valid.append(message)
                except wire.WireError as error:
                    await self.consumer.dead_letter(message, error)
            _, received = self.state[partition]
            self.state[partition] = messages[-1].offset + 1, received + self.numbers(valid)

    owner = Careful(topic, store)
    async with (
        open_owned_consumer(settings, topic, "aside" + topic.name, producer) as owner.consumer,
        running(owner.consumer, owner),
    ):
        await until(lambda: len(received_by(store)) == 5, seconds=30)
    reader = AIOKafkaConsumer(topic.dead_letters.name, bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest")
    await reader.start()
    letter = await asyncio.wait_for(reader.getone(), 10)
    await reader.stop()
    assert letter.value == b"{"
    assert dict(letter.headers)["dead-letter-offset"] == b"3"


class Failing(Summing):
    """Fails on some numbers half-way through a batch, with what is in memory already changed; counts what it is given."""

    def __init__(self, topic: Topic[TickLog], store: Store, fails: Callable[[int], bool], error: type[Exception]) -> None:
        super().__init__(topic, store)
        self.fails, self.error = fails, error

    async def handle(self, partition: int, messages: Sequence[ConsumerRecord]) -> None:
        for message in messages:
            await super().handle(partition, [message])
            for number in self.numbers([message]):
                if self.fails(number):
                    self.state[partition] = self.state[partition][0], (-1,)
                    raise self.error(f"cannot take {number}")


async def letters_of(settings: MeshSettings, topic: Topic[TickLog]) -> list[int]:
    """The offsets in the dead letters of a topic, in their order."""
    found = await all_messages(settings, topic.dead_letters.name)
    return [int(dict(message.headers)["dead-letter-offset"]) for message in found]


@pytest.mark.parametrize("poison", [{137}, {1, 2, 300}, {64, 65, 200, 299}])
async def test_a_message_that_the_owner_fails_on_becomes_a_dead_letter_and_the_others_apply_once(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer, poison: set[int]
) -> None:
    topic, store = await make_topic(1), Store()
    await publish(producer, topic, 0, 300)
    owner = Failing(topic, store, lambda number: number in poison, ValueError)
    async with open_owned_consumer(settings, topic, "poison" + topic.name, producer) as consumer, running(consumer, owner):
        await until(lambda: store.rows.get(0, (0, ()))[0] == 300, seconds=30)
        await until(lambda: consumer.ready, seconds=10)
    assert store.rows[0][1] == tuple(number for number in range(1, 301) if number not in poison)
    assert await letters_of(settings, topic) == sorted(number - 1 for number in poison)


async def test_after_a_restart_before_the_checkpoint_a_dead_letter_is_published_again_with_the_same_identity(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic, store = await make_topic(1), Store()
    await publish(producer, topic, 0, 10)
    for _ in range(2):
        store.rows.clear()  # the first process ended before it wrote a checkpoint
        owner = Failing(topic, store, lambda number: number == 4, ValueError)
        async with open_owned_consumer(settings, topic, "twice" + topic.name, producer) as consumer, running(consumer, owner):
            await until(has_received(store, 9), seconds=30)
    letters = [dict(message.headers) for message in await all_messages(settings, topic.dead_letters.name)]
    assert len(letters) == 2
    assert (
        len({tuple(letter[f"dead-letter-{name}"] for name in ("group", "topic", "partition", "offset")) for letter in letters}) == 1
    )


async def test_poison_that_only_fails_the_flush_is_found(settings: MeshSettings, make_topic: MakeTopic, producer: Producer) -> None:
    topic, store = await make_topic(2), Store()
    await publish(producer, topic, 0, 400)

    class Late(Summing):
        async def flush(self, final: bool) -> None:
            for position, received in self.state.values():
                if 77 in received:
                    raise PoisonError(f"cannot store 77, position {position}")
            await super().flush(final)

    async with (
        open_owned_consumer(settings, topic, "late" + topic.name, producer) as consumer,
        running(consumer, Late(topic, store)),
    ):
        await until(has_received(store, 399), seconds=30)
    assert received_by(store) == [number for number in range(1, 401) if number != 77]
    assert len(await letters_of(settings, topic)) == 1


async def test_a_failure_of_the_broker_or_the_database_is_never_a_dead_letter(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic, store = await make_topic(1), Store()
    await publish(producer, topic, 0, 50)
    away = 4

    def fails(number: int) -> bool:
        nonlocal away
        away -= number == 20 and away > 0
        return number == 20 and away > 0

    for error in (TransientError, ConnectionResetError, TimeoutError):
        away = 4
        store.rows.clear()
        owner = Failing(topic, store, fails, error)
        async with (
            open_owned_consumer(settings, topic, error.__name__ + topic.name, producer) as consumer,
            running(consumer, owner),
        ):
            await until(has_received(store, 50), seconds=30)
        assert away == 0
    assert await letters_of(settings, topic) == []


async def test_a_partition_is_held_when_all_messages_fail(
    settings: MeshSettings, make_topic: MakeTopic, producer: Producer
) -> None:
    topic, store = await make_topic(1), Store()
    await publish(producer, topic, 0, 300)
    broken = True
    owner = Failing(topic, store, lambda _: broken, KeyError)
    async with (
        open_owned_consumer(settings, topic, "held" + topic.name, producer, hold_seconds=0.5) as consumer,
        running(consumer, owner),
    ):
        await until(lambda: consumer.held, seconds=60)
        await until(lambda: not consumer.ready, seconds=10)
        broken = False
        await until(lambda: store.rows.get(0, (0, ()))[0] == 300, seconds=30)
        await until(lambda: consumer.ready, seconds=10)
        await until(lambda: not consumer.held, seconds=10)
    letters = await letters_of(settings, topic)
    assert letters == list(range(len(letters)))
    assert len(letters) < 25
    assert store.rows[0][1] == tuple(range(len(letters) + 1, 301))
