"""Writes to open streams: one task for all WebSockets, one frame for all subscribers with the same unsent messages.

A message is sent at once where nothing was sent within the last ``seconds``, else after them, together with what came meanwhile.
The usual case, a message that is the only one since the last flush, is written without a place in anybody's unsent messages.
Frames are written to the transport directly. Where a client does not read, its buffer fills up. Its messages then stay unsent, with
quotes coalesced, until the client reads again or its stream is closed.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Callable, Set
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

from services.gateway.domain.hub import Hub, Subscriber
from services.gateway.domain.unsent import StreamMessage, UnsentMessages
from shared import metrics

SENT_MESSAGES: Final = metrics.counter("gateway_stream_messages_total", "Messages written to streams.")
COALESCED_MESSAGES: Final = metrics.counter(
    "gateway_stream_coalesced_total", "Ticks and quotes left out because a later one replaced them."
)
SLOW_CLOSED: Final = metrics.counter("gateway_stream_slow_closed_total", "Streams closed because their client was too slow.")
OPEN_STREAMS: Final = metrics.gauge("gateway_stream_readers_count", "Open streams.")


Frames = dict[tuple[object, ...], bytes]
"""Encoded frames by their encoding and the ``seq`` of their messages."""
IDLE_SECONDS: Final = 0.25
"""How often an idle flusher looks whether it is stopped."""
TEXT: Final = 0x81
BINARY: Final = 0x82
COMPRESSED: Final = 0x40
MIN_DEFLATED_BYTES: Final = 1024
"""Shorter payloads are sent as they are: most frames of a live stream."""
DEFLATE_LEVEL: Final = 1


class StreamConnection(Protocol):
    """The connection of one subscriber."""

    def send(self, unsent: UnsentMessages, frames: Frames) -> int:
        """Take and write the unsent messages in one frame, without waiting; returns how many.

        They stay where earlier frames still wait in the socket. ``frames`` holds what was encoded for others.
        """
        ...

    def send_one(self, message: StreamMessage, frames: Frames) -> bool:
        """Write one message as ``send`` does; False where it must become an unsent message."""
        ...

    def close_slow(self, cursor: int) -> None:
        """Start to close with 1013 and the ``seq`` to resume from."""
        ...


@dataclass
class Flusher:
    """Sends the unsent messages of one hub's subscribers, at most every ``seconds``."""

    hub: Hub
    seconds: float
    connections: dict[Subscriber, StreamConnection] = field(default_factory=dict)
    held: tuple[StreamMessage, Set[Subscriber]] | None = None
    """The only message since the last flush, and its subscribers."""

    def __post_init__(self) -> None:
        self.hub.flush_now = self._flush_now
        self.hub.hold = self._hold
        self._published = asyncio.Event()
        self.hub.published = self._published.set

    async def run(self, stopped: Callable[[], bool]) -> None:
        """Flush until ``stopped``."""
        clock = time.monotonic  # the time of uvloop's loop stands still while the flush runs
        while not stopped():
            if not self.hub.with_unsent and self.held is None:
                self._published.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_SECONDS):
                        await self._published.wait()
            began = clock()
            self.flush()
            left = began + self.seconds - clock()
            await asyncio.sleep(max(left, self.seconds / 4))  # other tasks have some time where a flush takes long
        self.flush()

    def flush(self) -> None:
        """Write to every subscriber with unsent messages whose connection accepts them."""
        frames: Frames = {}
        sent, coalesced = self._flush_held(frames), 0
        for subscriber in list(self.hub.with_unsent):
            sent += self.flush_subscriber(subscriber, frames)
            if subscriber.unsent.coalesced:
                coalesced += subscriber.unsent.coalesced
                subscriber.unsent.coalesced = 0
        if sent:
            SENT_MESSAGES.inc(sent)
        if coalesced:
            COALESCED_MESSAGES.inc(coalesced)

    def flush_subscriber(self, subscriber: Subscriber, frames: Frames) -> int:
        """Write to one subscriber where its connection accepts it; close its stream where a message did not fit.

        Returns how many messages were written.
        """
        connection = self.connections.get(subscriber)
        if connection is None:
            return 0
        unsent = subscriber.unsent
        if unsent.overflowed:
            self._drop(subscriber, connection)
            return 0
        sent = connection.send(unsent, frames)
        if not unsent.ordered and not unsent.latest:
            self.hub.with_unsent.discard(subscriber)
        return sent

    def add(self, subscriber: Subscriber, connection: StreamConnection) -> None:
        """Add an open stream."""
        self.connections[subscriber] = connection
        subscriber.unsent.cursor = self.hub.seq
        self.hub.add(subscriber)
        OPEN_STREAMS.inc()

    def remove(self, subscriber: Subscriber) -> None:
        """Remove a closed stream; a second call does nothing."""
        if self.connections.pop(subscriber, None) is not None:
            OPEN_STREAMS.dec()
        self.hub.remove(subscriber)

    def _hold(self, message: StreamMessage, subscribers: Set[Subscriber]) -> bool:
        if self.held is None:
            self.held = message, frozenset(subscribers)
            self._published.set()
            return True
        (before, its_subscribers), self.held = self.held, None
        self.hub.queue(before, its_subscribers & self.connections.keys())  # some may have left since
        return False

    def _flush_held(self, frames: Frames) -> int:
        """Write the held message; it becomes an unsent message of those that do not accept it now."""
        if self.held is None:
            return 0
        (message, subscribers), self.held = self.held, None
        sent, refused = 0, set()
        for subscriber in subscribers:
            connection = self.connections.get(subscriber)
            if connection is None:
                continue
            if connection.send_one(message, frames):
                subscriber.unsent.cursor = message.seq
                sent += 1
            else:
                refused.add(subscriber)
        self.hub.queue(message, refused)
        return sent

    def _flush_now(self, subscriber: Subscriber) -> None:
        if not subscriber.unsent.overflowed:  # the next flush closes it: the hub is iterating over its subscribers
            SENT_MESSAGES.inc(self.flush_subscriber(subscriber, {}))

    def _drop(self, subscriber: Subscriber, connection: StreamConnection) -> None:
        SLOW_CLOSED.inc()
        connection.close_slow(subscriber.unsent.cursor)
        self.remove(subscriber)


def frame(payload: bytes, *, deflated: bool = False, kind: int = TEXT) -> bytes:
    r"""An unmasked frame of a server (RFC 6455, section 5.2); ``deflated``: a long one is compressed (RFC 7692).

    Each frame is compressed alone, so that one is right for all clients, whatever they have received before.

    >>> frame(b"[]")
    b'\x81\x02[]'
    """
    first = kind
    if deflated and len(payload) >= MIN_DEFLATED_BYTES:
        first, payload = kind | COMPRESSED, _deflate(payload)
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65_536:
        return bytes((first, 0x7E)) + size.to_bytes(2, "big") + payload
    return bytes((first, 0x7F)) + size.to_bytes(8, "big") + payload


def _deflate(payload: bytes) -> bytes:
    squeezed = zlib.compressobj(DEFLATE_LEVEL, wbits=-zlib.MAX_WBITS)
    return (squeezed.compress(payload) + squeezed.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")
