"""Holding a partition when most of its messages fail.

Then the handler is at fault, not the messages: dead-lettering them would empty the topic.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Final

import structlog
from aiokafka import TopicPartition

from shared import metrics

WINDOW: Final = 100
FEWEST: Final = 20
LIMIT: Final = 0.5
HOLD_SECONDS: Final = 30.0
"""A held partition retries its next message this often."""

_held = metrics.gauge("mesh_held_partitions", "Partitions that are paused because most of their messages fail.", ("group",))
log = structlog.get_logger("kafka.failure_rate")


class FailureRate:
    """The outcomes of the last 100 messages of a partition.

    >>> rate = FailureRate()
    >>> rate.passed(10)
    >>> [rate.failed() for _ in range(11)][-1]
    True
    """

    def __init__(self) -> None:
        self._outcomes: deque[bool] = deque(maxlen=WINDOW)

    def passed(self, count: int) -> None:
        """Record that ``count`` messages were handled."""
        self._outcomes.extend([True] * min(count, WINDOW))

    def failed(self) -> bool:
        """Record a failure. True when more than half of the last 100 failed, of at least 20: the partition is to be held."""
        self._outcomes.append(False)
        failures = self._outcomes.count(False)
        return len(self._outcomes) >= FEWEST and failures > LIMIT * len(self._outcomes)

    def clear(self) -> None:
        """Forget all outcomes: a held message was handled."""
        self._outcomes.clear()


class FailureGuard:
    """The failure rates of the partitions of one consumer, and which of the partitions are held."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._shares: defaultdict[TopicPartition, FailureRate] = defaultdict(FailureRate)
        self.held: set[TopicPartition] = set()

    def passed(self, partition: TopicPartition, count: int) -> None:
        """Record that ``count`` messages were handled."""
        if partition in self.held:
            self._hold(self.held - {partition})
            self._shares[partition].clear()
        self._shares[partition].passed(count)

    def failed(self, partition: TopicPartition, error: BaseException) -> bool:
        """Record a permanent failure. True when most messages fail: the partition is held, and no dead letter must be published."""
        if not self._shares[partition].failed():
            return False
        log.error(
            "most messages fail: holding the partition", topic=partition.topic, partition=partition.partition, error=str(error)
        )
        self._hold(self.held | {partition})
        return True

    def keep(self, owned: frozenset[TopicPartition]) -> None:
        """Only ``owned`` partitions can be held. The failure rates stay."""
        self._hold(self.held & owned)

    def _hold(self, held: set[TopicPartition]) -> None:
        self.held = held
        _held.labels(self._group).set(len(held))
