"""/v1/events: the stream as server-sent events, for readers who only listen."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from services.gateway.domain import messages
from services.gateway.domain.hub import Reader
from services.gateway.domain.outbox import Message
from services.gateway.domain.problems import NOT_PUBLIC, RequestError
from services.gateway.domain.queries import StreamQuery, parse
from services.gateway.domain.subscriptions import CHANNELS, SLOW_READER, StreamError, Subscribe
from services.gateway.handlers.problems import API_HEADERS
from services.gateway.handlers.rest import given
from services.gateway.handlers.stream import Streams, check_origin

WRITE_SECONDS: Final = 30.0
"""A reader who takes nothing for so long is cut off."""


@dataclass(eq=False)
class EventsLine:
    """One event stream: the flusher leaves frames here, the reader's own task sends them."""

    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    slow: int | None = None

    def ready(self) -> bool:
        self.waiting.set()
        return False  # the task takes from the outbox itself, so that quotes go on being coalesced until it does

    def write(self, frame: bytes) -> None:
        raise AssertionError(f"{len(frame)} bytes for a line that is never ready")

    def close_slow(self, cursor: int) -> None:
        self.slow = cursor
        self.waiting.set()


def event(message: Message) -> bytes:
    r"""One message as a server-sent event.

    >>> event(Message(7, "q", "AAPL", b"{}"))
    b'id: 7\nevent: q\ndata: {}\n\n'
    """
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (message.seq, message.kind.encode(), message.body)


@dataclass
class EventStreams:
    """Server-sent events of the hub that ``streams`` opens to WebSockets; the limits are common to both."""

    streams: Streams
    lines: set[EventsLine] = field(default_factory=set)
    stopping: bool = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One reader from his request to his end."""
        streams = self.streams
        check_origin(request, streams.settings)
        if not streams.settings.reads_are_public:
            raise RequestError("unauthorized", NOT_PUBLIC)
        query = parse(given(request), StreamQuery)
        since = _since(request, query)
        try:
            reader = streams.admit(request.remote or "unknown")
        except StreamError as error:
            raise RequestError("rate-limited", error.message, retry_after=10) from error
        line = EventsLine()
        try:
            streams.hub.subscribe(reader, _subscribe(query))
            streams.flusher.enter(reader, line)
            self.lines.add(line)
            async with sse_response(request, headers={**API_HEADERS, "Cache-Control": "no-store"}) as response:
                await self._tell(response, reader, line, since, request.transport)
        except StreamError as error:
            raise RequestError("invalid-parameter", error.message) from error
        finally:
            self.lines.discard(line)
            streams.flusher.leave(reader)
            streams.release(reader)
        return response

    def close(self) -> None:
        """End all event streams: the gateway stops."""
        self.stopping = True
        for line in self.lines:
            line.waiting.set()

    async def _tell(
        self,
        response: EventSourceResponse,
        reader: Reader,
        line: EventsLine,
        since: int | None,
        transport: asyncio.Transport | None,
    ) -> None:
        hub = self.streams.hub
        first = messages.control(hub.seq, T="subscription", **reader.subscription.answer())
        await response.write(b"event: subscription\ndata: %b\n\n" % first[1:-1])
        if since is not None:
            await response.write(_resumed(self.streams, reader, since))
        while response.is_connected() and not self.stopping:
            await line.waiting.wait()
            line.waiting.clear()
            if line.slow is not None:
                text = f"slow reader; resume from {line.slow}"
                await response.write(
                    b"event: error\ndata: %b\n\n" % messages.control(hub.seq, T="error", code=SLOW_READER, msg=text)[1:-1]
                )
                return
            found = reader.outbox.take()
            hub.waiting.discard(reader)
            if found:
                try:
                    async with asyncio.timeout(WRITE_SECONDS):
                        await response.write(b"".join(map(event, found)))
                except TimeoutError:
                    if transport is not None:
                        transport.abort()
                    return
                self.streams.flusher.cursors[reader] = found[-1].seq


def _resumed(streams: Streams, reader: Reader, since: int) -> bytes:
    try:
        return b"".join(map(event, streams.hub.resume(reader, since)))
    except StreamError as error:
        told = messages.control(streams.hub.seq, T="error", code=error.code, msg=error.message)
        return b"event: error\ndata: %b\n\n" % told[1:-1]


def _since(request: web.Request, query: StreamQuery) -> int | None:
    said = request.headers.get("Last-Event-ID") or query.last_event_id
    if said is None:
        return None
    if not said.isascii() or not said.isdigit() or len(said) > 16:
        raise RequestError("invalid-parameter", "Last-Event-ID: no id of this stream", field="Last-Event-ID", value=said)
    return int(said)


def _subscribe(query: StreamQuery) -> Subscribe:
    named = {channel: tuple(part for part in getattr(query, channel).split(",") if part) for channel in CHANNELS}
    if not any(named.values()):
        raise RequestError("invalid-parameter", f"name something in one of: {', '.join(CHANNELS)}", field="quotes")
    if any(len(selectors) > 1000 for selectors in named.values()):
        raise RequestError("invalid-parameter", "more than 1000 selectors in one channel")
    return Subscribe(**named)
