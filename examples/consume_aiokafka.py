"""Reads a topic with aiokafka into a database of its own: resumes where it ended, and keeps each event once.

``python -m examples.consume_aiokafka [BOOTSTRAP] [TOPIC] [FILE]`` reads what there is and ends; ``--follow`` goes on.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from examples.inbox import Inbox, Message, message


async def consume(bootstrap: str, topic: str, file: Path, *, follow: bool = False, most: int = 500) -> int:
    """Read until the end of the topic; returns the number of new events. ``most``: messages of one transaction."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, enable_auto_commit=False)  # no group: all partitions are ours
    async with asyncio.timeout(30):
        await consumer.start()
    try:
        with Inbox(file) as inbox:
            partitions = sorted(consumer.assignment())
            if not partitions:
                raise TimeoutError(f"the broker has no topic {topic}")
            first, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
            known = inbox.positions(topic)
            for each in partitions:
                consumer.seek(each, max(first[each], known.get(each.partition, 0)))  # what retention removed is gone
            new, left = 0, {each for each in partitions if max(first[each], known.get(each.partition, 0)) < ends[each]}
            while left or follow:
                found = await consumer.getmany(timeout_ms=1000, max_records=most)
                new += inbox.take(_message(record) for records in found.values() for record in records)
                left = {each for each in left if await consumer.position(each) < ends[each]}
            return new
    finally:
        async with asyncio.timeout(30):
            await consumer.stop()


def _message(record: ConsumerRecord) -> Message:
    return message(record.topic, record.partition, record.offset, record.headers, record.value)


if __name__ == "__main__":
    given = [each for each in sys.argv[1:] if each != "--follow"]
    given += ("127.0.0.1:9092", "analysis.signals.v1", "signals.db")[len(given) :]
    print(asyncio.run(consume(given[0], given[1], Path(given[2]), follow="--follow" in sys.argv)), "new")
