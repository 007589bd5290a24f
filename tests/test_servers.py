"""What tests share is as new for each of them."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.topics import TICKS
from tests.servers import Broker

GROUP = "left-behind"
PARTITION = TopicPartition(TICKS.name, 0)


@pytest.mark.parametrize("text", [b"first", b"second"])
async def test_an_empty_broker_has_no_message_no_offset_and_no_member_of_the_test_before(empty_kafka: Broker, text: bytes) -> None:
    async with AIOKafkaConsumer(bootstrap_servers=empty_kafka.bootstrap) as reader:
        assert await reader.end_offsets([PARTITION]) == {PARTITION: 0}
    async with AIOKafkaProducer(bootstrap_servers=empty_kafka.bootstrap) as producer:
        sent = await producer.send_and_wait(TICKS.name, text, partition=0)
    assert sent.offset == 0
    consumer = AIOKafkaConsumer(
        TICKS.name, bootstrap_servers=empty_kafka.bootstrap, group_id=GROUP, auto_offset_reset="earliest", session_timeout_ms=45_000
    )
    async with asyncio.timeout(30):  # less than the session of a member that was left behind
        await consumer.start()
        assert len(consumer.assignment()) == TICKS.partitions, "another member has some"
        assert await consumer.committed(PARTITION) is None
        assert (await consumer.getone(PARTITION)).value == text
        await consumer.commit()
        assert await consumer.committed(PARTITION) == 1
    consumer._coordinator._maybe_leave_group = _stay
    await consumer.stop()


async def _stay() -> None:
    """As a member that was killed: it does not leave its group."""
