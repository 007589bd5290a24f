"""Writing to open streams: one task for all WebSockets, one frame for all who wait for the same messages.

Frames go straight to the transport. Where a reader does not read, his buffer fills up; his messages then wait in his outbox, where
quotes are coalesced, until he reads on or has to be closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from services.gateway.domain.hub import Hub, Reader
from services.gateway.domain.outbox import Message, array
from shared import metrics

SENT: Final = metrics.counter("gateway_stream_messages_total", "Messages written to streams.")
COALESCED: Final = metrics.counter("gateway_stream_coalesced_total", "Ticks and quotes left out because a later one was there.")
SLOW: Final = metrics.counter("gateway_stream_slow_closed_total", "Streams closed because their reader was too slow.")
READERS: Final = metrics.gauge("gateway_stream_readers_count", "Open streams.")


class Line(Protocol):
    """How to reach one reader."""

    def ready(self) -> bool:
        """False while what was sent before still waits in the socket."""
        ...

    def write(self, frame: bytes) -> None:
        """Send a frame without waiting."""
        ...

    def close_slow(self, cursor: int) -> None:
        """Begin to close with 1013 and the cursor to resume from."""
        ...


@dataclass
class Flusher:
    """Sends what waits in the outboxes of one hub, every ``seconds``."""

    hub: Hub
    seconds: float
    lines: dict[Reader, Line] = field(default_factory=dict)
    cursors: dict[Reader, int] = field(default_factory=dict)
    """``seq`` of the last message written to each reader."""

    def __post_init__(self) -> None:
        self.hub.drain = self._drain

    async def run(self, stopped: Callable[[], bool]) -> None:
        """Flush until ``stopped``."""
        while not stopped():
            self.flush()
            await asyncio.sleep(self.seconds)
        self.flush()

    def flush(self) -> None:
        """Write to everyone who waits and can take it."""
        frames: dict[tuple[int, ...], bytes] = {}
        for reader in list(self.hub.waiting):
            self.flush_one(reader, frames)

    def flush_one(self, reader: Reader, frames: dict[tuple[int, ...], bytes] | None = None) -> None:
        """Write to one reader if he can take it; close the stream of one who has missed something."""
        line = self.lines.get(reader)
        if line is None or (not line.ready() and not reader.outbox.overflowed):
            return
        self.hub.waiting.discard(reader)
        if reader.outbox.overflowed:
            self._drop(reader, line)
            return
        if not (messages := reader.outbox.take()):
            return
        line.write(_shared({} if frames is None else frames, messages))
        self.cursors[reader] = messages[-1].seq
        SENT.inc(len(messages))
        COALESCED.inc(reader.outbox.coalesced)
        reader.outbox.coalesced = 0

    def enter(self, reader: Reader, line: Line) -> None:
        """A stream has opened."""
        self.lines[reader] = line
        self.cursors[reader] = self.hub.seq
        self.hub.enter(reader)
        READERS.inc()

    def leave(self, reader: Reader) -> None:
        """A stream has ended. Saying it twice does no harm."""
        if self.lines.pop(reader, None) is not None:
            self.cursors.pop(reader, None)
            READERS.dec()
        self.hub.leave(reader)

    def _drain(self, reader: Reader) -> None:
        if not reader.outbox.overflowed:  # closing waits for the next flush: the hub is in the middle of its readers
            self.flush_one(reader)

    def _drop(self, reader: Reader, line: Line) -> None:
        SLOW.inc()
        line.close_slow(self.cursors[reader])
        self.leave(reader)


def _shared(frames: dict[tuple[int, ...], bytes], messages: list[Message]) -> bytes:
    key = tuple([message.seq for message in messages])
    found = frames.get(key)
    if found is None:
        found = frames[key] = frame(array(messages))
    return found


def frame(payload: bytes) -> bytes:
    r"""An unmasked text frame of a server (RFC 6455, section 5.2).

    >>> frame(b"[]")
    b'\x81\x02[]'
    """
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload
