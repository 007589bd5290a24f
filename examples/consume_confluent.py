"""The same as ``consume_aiokafka`` with confluent-kafka, which needs no event loop.

``python -m examples.consume_confluent [BOOTSTRAP] [TOPIC] [FILE]`` reads what there is and ends; ``--follow`` goes on.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition

from examples.inbox import Inbox, Message, message

SECONDS = 30.0


def consume(bootstrap: str, topic: str, file: Path, *, follow: bool = False, most: int = 500) -> int:
    """Read until the end of the topic; returns the number of new events. ``most``: messages of one transaction."""
    settings = {"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False, "enable.partition.eof": False}
    consumer = Consumer(settings)  # it asks for a group id, and no group is joined: the position is in our own database
    try:
        with Inbox(file) as inbox:
            known, left, starts = inbox.positions(topic), {}, []
            for number in sorted(consumer.list_topics(topic, timeout=SECONDS).topics[topic].partitions):
                first, end = consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=SECONDS)
                start = max(first, known.get(number, 0))  # what retention removed is gone
                starts.append(TopicPartition(topic, number, start))
                if start < end:
                    left[number] = end
            consumer.assign(starts)
            new, deadline = 0, time.monotonic() + SECONDS
            while left or follow:
                found = [_message(each) for each in consumer.consume(most, timeout=1.0)]
                new += inbox.take(found)
                for each in found:
                    deadline = time.monotonic() + SECONDS
                    if each.offset + 1 >= left.get(each.partition, sys.maxsize):
                        del left[each.partition]
                if not follow and time.monotonic() > deadline:
                    raise TimeoutError(f"no message for {SECONDS:g} s, and partitions {sorted(left)} are not at their end")
            return new
    finally:
        consumer.close()


def _message(found: Any) -> Message:
    """Raises KafkaException for an error in place of a message."""
    if found.error() is not None:
        raise KafkaException(found.error())
    return message(found.topic(), found.partition(), found.offset(), found.headers() or (), found.value())


if __name__ == "__main__":
    given = [each for each in sys.argv[1:] if each != "--follow"]
    given += ("127.0.0.1:9092", "analysis.signals.v1", "signals.db")[len(given) :]
    print(consume(given[0], given[1], Path(given[2]), follow="--follow" in sys.argv), "new")
