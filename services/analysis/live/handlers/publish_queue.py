"""Publishes the engine's output to Kafka, in order and acknowledged, while the next batch is handled."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.handlers import metrics
from shared.events import Bar, Event, IndicatorRow, Pattern, Quarantined, Quote, Signal
from shared.topics import BARS, INDICATORS, PATTERNS, QUARANTINE, QUOTES, SIGNALS, Topic

E = TypeVar("E", bound=Event)
AT_A_TIME: Final = 250
"""Events that are encoded at a time: more would block the event loop."""


class EventPublisher(Protocol):
    """The method of a producer that is used."""

    async def publish_many(self, topic: Topic[E], events: Sequence[tuple[str, E]], *, traceparent: str | None = None) -> Any: ...


@dataclass(frozen=True)
class TimedSignal:
    """A signal and when the mesh received its tick, in milliseconds since the epoch."""

    signal: Signal
    received: int


class PublishQueue:
    """The events of one partition that wait for Kafka. Not for concurrent use."""

    def __init__(self, name: str, publisher: EventPublisher, now: Callable[[], int]) -> None:
        self._name = name
        self._publisher = publisher
        self._now = now
        self._bars: deque[Bar] = deque()
        self._rows: deque[IndicatorRow] = deque()
        self._fired: deque[TimedSignal] = deque()
        self._patterns: deque[Pattern] = deque()
        self._quotes: dict[str, Quote] = {}
        self._quarantined: deque[Quarantined] = deque()
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Number of waiting events."""
        waiting = (self._bars, self._rows, self._fired, self._patterns, self._quotes, self._quarantined)
        return sum(len(each) for each in waiting)

    def put(self, outcome: EngineOutcome, logged: int) -> None:
        """Adds a batch's output; ``logged`` is the log's timestamp of its messages. A newer quote replaces a waiting one."""
        self._bars += outcome.bars
        self._rows += outcome.rows
        self._fired += [TimedSignal(signal, logged if signal.replayed else signal.ts_init) for signal in outcome.signals]
        self._quarantined += outcome.quarantined
        self._patterns += outcome.patterns
        self._quotes |= {quote.symbol: quote for quote in outcome.quotes}
        if self._task is None or (self._task.done() and not self.has_failed):
            self._start()

    @property
    def has_failed(self) -> bool:
        """Whether the last attempt was not acknowledged; ``drain`` retries it."""
        return self._task is not None and self._task.done() and (self._task.cancelled() or self._task.exception() is not None)

    async def drain(self) -> None:
        """Waits until everything is acknowledged.

        Raises:
            TransientError: the broker does not acknowledge; the events stay, and the next call retries them.
        """
        if self.has_failed:
            self._start()
        while self._task is not None and (len(self) or not self._task.done()):
            if self._task.done():
                self._start()
            await asyncio.shield(self._task)

    async def drop(self) -> None:
        """Drops all waiting events."""
        self._bars.clear()
        self._rows.clear()
        self._fired.clear()
        self._patterns.clear()
        self._quotes.clear()
        self._quarantined.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _start(self) -> None:
        self._task = asyncio.create_task(self._publish(), name=f"publish {self._name}")

    async def _publish(self) -> None:
        while len(self):
            bars, rows, fired = _take(self._bars), _take(self._rows), _take(self._fired)
            quarantined = _take(self._quarantined)
            patterns = _take(self._patterns)
            quotes, self._quotes = self._quotes, {}
            sent = await asyncio.gather(
                self._send(SIGNALS, [each.signal for each in fired]),
                self._send(PATTERNS, patterns),
                self._send(BARS, bars),
                self._send(INDICATORS, rows),
                self._send(QUOTES, list(quotes.values())),
                self._send(QUARANTINE, quarantined),
                return_exceptions=True,
            )
            for failure in sent:
                if isinstance(failure, BaseException):
                    self._fired.extendleft(reversed(fired))
                    self._patterns.extendleft(reversed(patterns))
                    self._bars.extendleft(reversed(bars))
                    self._rows.extendleft(reversed(rows))
                    self._quotes = quotes | self._quotes
                    self._quarantined.extendleft(reversed(quarantined))
                    raise failure
            now = self._now()
            for each in fired:
                metrics.tick_to_signal.observe(max(0, now - each.received) / 1000)

    async def _send(self, topic: Topic[Any], events: Sequence[Any]) -> None:
        if events:
            await self._publisher.publish_many(topic, [(event.symbol, event) for event in events])
            metrics.published.labels(topic.name).inc(len(events))


T = TypeVar("T")


def _take(waiting: deque[T]) -> list[T]:
    return [waiting.popleft() for _ in range(min(AT_A_TIME, len(waiting)))]
