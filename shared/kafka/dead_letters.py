"""Dead letters: the original message, with headers that give its origin and the error."""

from __future__ import annotations

from typing import Any, Final

import structlog

from shared import metrics
from shared.kafka.producer import Producer
from shared.logs import redact

SUFFIX: Final = ".dlq"
PREFIX: Final = "dead-letter-"
"""Prefix of the headers that are added: topic, partition, offset, timestamp, group, exception, error, no-body."""
REPLAYED_FROM: Final = "replayed-from"
LONGEST_ERROR: Final = 2000

_count = metrics.counter("mesh_dead_letters_total", "Messages published as dead letters.", ("group", "topic"))
log = structlog.get_logger("kafka.dead_letters")


def dead_letter_headers(message: Any, group: str, error: BaseException) -> list[tuple[str, bytes]]:
    """The headers of the original, then its origin and the error."""
    kept = [(name, value) for name, value in message.headers if not name.startswith(PREFIX)]
    found = {
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "timestamp": message.timestamp,
        "group": group,
        "exception": type(error).__qualname__,
        "error": redact(str(error))[:LONGEST_ERROR],
    }
    if message.value is None:
        found["no-body"] = "true"
    return kept + [(PREFIX + name, str(value).encode(errors="replace")) for name, value in found.items()]


async def send_dead_letter(producer: Producer, message: Any, group: str, error: BaseException) -> None:
    """Publish ``message`` (aiokafka's ConsumerRecord) as a dead letter; returns when it is acknowledged. Raises TransientError.

    The headers topic, partition, offset and group identify the message: a dead letter that is published twice has the same.
    """
    topic = message.topic + SUFFIX
    partition = None if message.key else 0
    body = b"" if message.value is None and message.key is None else message.value
    await producer.publish_raw(topic, message.key or None, body, dead_letter_headers(message, group, error), partition=partition)
    _count.labels(group, message.topic).inc()
    log.error(
        "dead letter",
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        group=group,
        exception=type(error).__qualname__,
        error=str(error)[:LONGEST_ERROR],
    )
