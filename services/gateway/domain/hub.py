"""Who wants what, and handing it to them: an event goes to an index of subscriptions, not past every reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from services.gateway.domain.directory import Directory
from services.gateway.domain.messages import message
from services.gateway.domain.outbox import Kind, Message, Outbox
from services.gateway.domain.ring import Ring
from services.gateway.domain.subscriptions import (
    CHANNELS,
    RESUME_GONE,
    StreamError,
    Subscribe,
    Subscription,
    Unsubscribe,
    addressees,
)


@dataclass(eq=False)
class Reader:
    """One open stream."""

    address: str
    outbox: Outbox
    subscription: Subscription
    subscribed_at: int = 0
    """``seq`` when the subscription was last widened: what came later has been put into the outbox."""


@dataclass
class Hub:
    """One stream of messages with one count of ``seq``, and its readers."""

    seq: int
    ring: Ring
    directory: Callable[[], Directory]
    readers: set[Reader] = field(default_factory=set)
    waiting: set[Reader] = field(default_factory=set)
    """Readers with something in the outbox."""
    index: dict[tuple[Kind, str], set[Reader]] = field(default_factory=dict)
    drain: Callable[[Reader], None] = lambda _: None
    """Called for a reader whose outbox fills up, before more is put into it: send now what can be sent."""

    def publish(self, kind: Kind, symbol: str, body: bytes) -> Message:
        """Number a message, remember it, and put it into the outbox of each reader who wants it."""
        self.seq += 1
        event = message(self.seq, kind, symbol, body)
        self.ring.put(event)
        for reader in self._wanting(event):
            if reader.outbox.half_full:
                self.drain(reader)
            reader.outbox.put(event)
            self.waiting.add(reader)
        return event

    def enter(self, reader: Reader) -> None:
        """A reader has come."""
        self.readers.add(reader)

    def leave(self, reader: Reader) -> None:
        """A reader has gone."""
        self.readers.discard(reader)
        self.waiting.discard(reader)
        self._unindex(reader, set(reader.subscription.wanted))

    def subscribe(self, reader: Reader, what: Subscribe) -> None:
        """Widen a subscription. Raises ``StreamError`` as ``Subscription.add`` does."""
        reader.subscription.add(what, self.directory())
        reader.subscribed_at = self.seq
        for channel, selector in reader.subscription.wanted:
            self.index.setdefault((CHANNELS[channel], selector), set()).add(reader)

    def unsubscribe(self, reader: Reader, what: Unsubscribe) -> None:
        """Narrow a subscription."""
        before = set(reader.subscription.wanted)
        reader.subscription.remove(what)
        self._unindex(reader, before - reader.subscription.wanted)

    def resume(self, reader: Reader, since: int) -> list[Message]:
        """What a reader missed between ``since`` and his subscription, in order. The rest is in his outbox.

        Raises:
            StreamError: 411, the ring does not reach back so far, or ``since`` lies in the future.
        """
        if since > self.seq:
            raise StreamError(
                RESUME_GONE, f"cannot resume from {since}: this stream is at {self.seq}; read what you missed by REST"
            )
        found = self.ring.since(since, lambda event: event.seq <= reader.subscribed_at and self._wants(reader, event))
        if found is None:
            raise StreamError(
                RESUME_GONE, f"cannot resume from {since}: the oldest is {self.ring.began}; read what you missed by REST"
            )
        return found

    def wanted(self, kind: Kind) -> bool:
        """True when any reader wants this kind of message."""
        return any(readers for (k, _), readers in self.index.items() if k == kind)

    def _addressees(self, event: Message) -> list[tuple[Kind, str]]:
        if event.kind == "v":
            return addressees("v", (), (event.symbol,))
        instrument = self.directory().instruments.get(event.symbol)
        return addressees(event.kind, (event.symbol,), tuple(instrument.industries) if instrument else ())

    def _wanting(self, event: Message) -> Iterable[Reader]:
        found = [readers for key in self._addressees(event) if (readers := self.index.get(key))]
        if len(found) < 2:
            return found[0] if found else ()
        return set().union(*found)

    def _wants(self, reader: Reader, event: Message) -> bool:
        return any(reader in self.index.get(key, ()) for key in self._addressees(event))

    def _unindex(self, reader: Reader, dropped: set[tuple[str, str]]) -> None:
        for channel, selector in dropped:
            key = (CHANNELS[channel], selector)
            readers = self.index.get(key)
            if readers is not None:
                readers.discard(reader)
                if not readers:
                    del self.index[key]


def new_hub(now: int, directory: Callable[[], Directory], ring: int) -> Hub:
    """A hub whose ``seq`` starts at the time in microseconds, so that a restarted gateway never counts what was counted before."""
    seq = now * 1000
    return Hub(seq, Ring(ring, seq), directory)
