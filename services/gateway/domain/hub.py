"""The open streams and an index of their subscriptions: a message is given to its subscribers without visiting all streams."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from typing import Final

from services.gateway.domain.instrument_directory import InstrumentDirectory
from services.gateway.domain.messages import numbered_message
from services.gateway.domain.restored_messages import RestoredMessages
from services.gateway.domain.resume_buffer import ResumeBuffer
from services.gateway.domain.subscriptions import (
    CHANNELS,
    RESUME_GONE,
    StreamError,
    Subscribe,
    Subscription,
    Unsubscribe,
    subscription_keys,
)
from services.gateway.domain.unsent import MessageKind, StreamMessage, UnsentMessages

OVERLAP: Final = 5_000_000
"""Microseconds before a number of another or an earlier process from which messages are sent again: a record may have been written
as long before its message was sent."""


@dataclass(eq=False, slots=True)
class Subscriber:
    """One open stream."""

    address: str
    unsent: UnsentMessages
    subscription: Subscription
    key_id: str = ""
    """The key that the stream counts for; empty: its address."""
    subscribed_at: int = 0
    """``seq`` when selectors were last added: later messages have been put into ``unsent``."""

    @property
    def owner(self) -> str:
        """What the stream counts for."""
        return owner_of(self.key_id, self.address)


def owner_of(key_id: str, address: str) -> str:
    """What a stream counts for: its key, else its address."""
    return f"key {key_id}" if key_id else f"address {address}"


@dataclass
class Hub:
    """One sequence of messages, numbered by ``seq``, and its subscribers."""

    seq: int
    resume_buffer: ResumeBuffer
    directory: Callable[[], InstrumentDirectory]
    subscribers: set[Subscriber] = field(default_factory=set)
    with_unsent: set[Subscriber] = field(default_factory=set)
    """Subscribers that have unsent messages."""
    index: dict[tuple[MessageKind, str], set[Subscriber]] = field(default_factory=dict)
    clock: Callable[[], int] = lambda: 0
    """Microseconds since the epoch: a number says when its message was sent, so that it means something after a restart."""
    started: int = 0
    """``seq`` at the start: lower ones are of an earlier process."""
    process: int = 0
    processes: int = 1
    """How many share the port. A number says by its remainder which process sent it."""
    published: Callable[[], None] = lambda: None
    """Called when the first subscriber gets an unsent message."""
    hold: Callable[[StreamMessage, Set[Subscriber]], bool] = lambda _, __: False
    """Called with a message and its subscribers while nobody has unsent messages. True: the message needs no place among these."""
    flush_now: Callable[[Subscriber], None] = lambda _: None
    """Called for a subscriber that has many unsent messages: sends what the socket accepts."""

    def publish(
        self,
        kind: MessageKind,
        symbol: str,
        body: bytes,
        symbols: tuple[str, ...] = (),
        industries: tuple[str, ...] = (),
    ) -> StreamMessage:
        """Number a message, keep it for clients that resume, and add it to the unsent messages of each subscriber to it.

        A story (``symbol`` is its id) goes to the subscribers of any of its ``symbols`` and ``industries``, once to each.
        """
        seq = max(self.seq + 1, self.clock())
        self.seq = seq + (self.process - seq) % self.processes
        message = numbered_message(self.seq, kind, symbol, body, symbols, industries)
        self.resume_buffer.put(message)
        found = self._subscribers_of(message)
        if found and (self.with_unsent or not self.hold(message, found)):
            self.queue(message, found)
        return message

    def queue(self, message: StreamMessage, subscribers: Set[Subscriber]) -> None:
        """Add a message to the unsent messages of ``subscribers``."""
        idle = not self.with_unsent
        self.with_unsent.update(subscribers)
        for subscriber in subscribers:
            if subscriber.unsent.put(message):
                self.flush_now(subscriber)
        if idle and self.with_unsent:
            self.published()

    def add(self, subscriber: Subscriber) -> None:
        """Add an open stream."""
        self.subscribers.add(subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        """Remove a closed stream and its subscriptions."""
        self.subscribers.discard(subscriber)
        self.with_unsent.discard(subscriber)
        self._unindex(subscriber, set(subscriber.subscription.selected))

    def subscribe(self, subscriber: Subscriber, request: Subscribe) -> None:
        """Add selectors to a subscription. Raises ``StreamError`` as ``Subscription.add`` does."""
        subscriber.subscription.add(request, self.directory())
        subscriber.subscribed_at = self.seq
        for channel, selector in subscriber.subscription.selected:
            self.index.setdefault((CHANNELS[channel], selector), set()).add(subscriber)

    def unsubscribe(self, subscriber: Subscriber, request: Unsubscribe) -> None:
        """Remove selectors from a subscription."""
        before = set(subscriber.subscription.selected)
        subscriber.subscription.remove(request)
        self._unindex(subscriber, before - subscriber.subscription.selected)

    def resume(self, subscriber: Subscriber, since: int) -> list[StreamMessage]:
        """Messages after ``since`` and up to the time of the subscription, in order. Later ones are in ``unsent``.

        Raises:
            StreamError: 411, the messages after ``since`` are no longer kept, or ``since`` lies in the future.
        """
        if since > max(self.seq, self.clock()):
            raise StreamError(
                RESUME_GONE, f"cannot resume from {since}: this stream is at {self.seq}; read what you missed by REST"
            )
        found = self.resume_buffer.since(
            since if self._sent(since) else since - OVERLAP,
            lambda message: message.seq <= subscriber.subscribed_at and self._is_subscriber(subscriber, message),
        )
        if found is None:
            raise StreamError(
                RESUME_GONE,
                f"cannot resume from {since}: the oldest is {self.resume_buffer.start_seq}; read what you missed by REST",
            )
        return found

    def _sent(self, seq: int) -> bool:
        """Whether this process sent the message: the order of another one's messages may be another."""
        return seq >= self.started and seq % self.processes == self.process

    def restore(self, restored: RestoredMessages) -> None:
        """Keep messages of before the start for clients that resume."""
        self.resume_buffer.restore(restored.numbered(self.started), 1000 * restored.complete_from)

    def is_subscribed(self, kind: MessageKind) -> bool:
        """True where a stream is subscribed to messages of this kind."""
        return any(subscribers for (k, _), subscribers in self.index.items() if k == kind)

    def _keys_of(self, message: StreamMessage) -> list[tuple[MessageKind, str]]:
        if message.kind == "n":
            return subscription_keys("n", message.symbols, message.industries)
        if message.kind == "v":
            return subscription_keys("v", (), (message.symbol,))
        instrument = self.directory().instruments.get(message.symbol)
        return subscription_keys(message.kind, (message.symbol,), tuple(instrument.industries) if instrument else ())

    def _subscribers_of(self, message: StreamMessage) -> Set[Subscriber]:
        found = [subscribers for key in self._keys_of(message) if (subscribers := self.index.get(key))]
        if len(found) < 2:
            return found[0] if found else frozenset()
        return set().union(*found)

    def _is_subscriber(self, subscriber: Subscriber, message: StreamMessage) -> bool:
        return any(subscriber in self.index.get(key, ()) for key in self._keys_of(message))

    def _unindex(self, subscriber: Subscriber, removed: set[tuple[str, str]]) -> None:
        for channel, selector in removed:
            key = (CHANNELS[channel], selector)
            subscribers = self.index.get(key)
            if subscribers is not None:
                subscribers.discard(subscriber)
                if not subscribers:
                    del self.index[key]


def new_hub(
    now: int,
    directory: Callable[[], InstrumentDirectory],
    resume_limit: int,
    clock: Callable[[], int] = lambda: 0,
    place: tuple[int, int] = (0, 1),
) -> Hub:
    """A hub whose ``seq`` starts at the time ``now`` in milliseconds, so that a restarted gateway never repeats a number.

    ``clock``: microseconds since the epoch. ``place``: the number of the process, and how many share the port.
    """
    process, processes = place
    seq = now * 1000 + (process - now * 1000) % processes
    return Hub(seq, ResumeBuffer(resume_limit, seq), directory, clock=clock, started=seq, process=process, processes=processes)
