"""/v1/events: the stream as server-sent events."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from services.gateway.domain import messages
from services.gateway.domain.hub import Subscriber
from services.gateway.domain.keys import Principal
from services.gateway.domain.problems import RequestError
from services.gateway.domain.query_parsing import parse_query
from services.gateway.domain.stream_query import StreamQuery
from services.gateway.domain.subscriptions import CHANNELS, SLOW_CLIENT, StreamError, Subscribe
from services.gateway.domain.unsent import StreamMessage, UnsentMessages
from services.gateway.handlers.middleware import PRINCIPAL
from services.gateway.handlers.problems import API_HEADERS
from services.gateway.handlers.rest import query_parameters
from services.gateway.handlers.sending import Frames
from services.gateway.handlers.web_sockets import WebSocketStreams, check_origin

WRITE_SECONDS: Final = 30.0
"""A write that takes longer ends the connection."""


@dataclass(eq=False)
class EventConnection:
    """One event stream: the flusher wakes its task, which sends the unsent messages."""

    wake_up: asyncio.Event = field(default_factory=asyncio.Event)
    slow: int | None = None

    def send(self, _: UnsentMessages, __: Frames) -> int:
        self.wake_up.set()
        return 0  # the task takes the unsent messages itself; quotes are coalesced until then

    def send_one(self, _: StreamMessage, __: Frames) -> bool:
        return False  # it becomes an unsent message, for which ``send`` is called next

    def close_slow(self, cursor: int) -> None:
        self.slow = cursor
        self.wake_up.set()


def event(message: StreamMessage) -> bytes:
    r"""One message as a server-sent event.

    >>> event(StreamMessage(7, "q", "AAPL", b"{}"))
    b'id: 7\nevent: q\ndata: {}\n\n'
    """
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (message.seq, message.kind.encode(), message.body)


@dataclass
class EventStreams:
    """Server-sent events of the hub of ``streams``; both share the limits of open streams."""

    streams: WebSocketStreams
    connections: set[EventConnection] = field(default_factory=set)
    stopping: bool = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one stream until it ends."""
        streams = self.streams
        check_origin(request, streams.settings)
        principal: Principal = request[PRINCIPAL]
        principal.require("read")
        query = parse_query(query_parameters(request), StreamQuery)
        since = _since(request, query)
        try:
            subscriber = streams.admit(request.remote or "unknown", principal)
        except StreamError as error:
            raise RequestError("rate-limited", error.message, retry_after=10) from error
        connection = EventConnection()
        try:
            streams.hub.subscribe(subscriber, _subscribe(query))
            streams.flusher.add(subscriber, connection)
            self.connections.add(connection)
            async with sse_response(request, headers={**API_HEADERS, "Cache-Control": "no-store"}) as response:
                await self._send(response, subscriber, connection, since, request.transport)
        except StreamError as error:
            raise RequestError("invalid-parameter", error.message) from error
        finally:
            self.connections.discard(connection)
            streams.flusher.remove(subscriber)
            streams.release(subscriber)
        return response

    def close(self) -> None:
        """End all event streams because the gateway stops."""
        self.stopping = True
        for connection in self.connections:
            connection.wake_up.set()

    async def _send(
        self,
        response: EventSourceResponse,
        subscriber: Subscriber,
        connection: EventConnection,
        since: int | None,
        transport: asyncio.Transport | None,
    ) -> None:
        hub = self.streams.hub
        first = messages.control_frame(hub.seq, T="subscription", **subscriber.subscription.by_channel())
        await response.write(b"event: subscription\ndata: %b\n\n" % first[1:-1])
        if since is not None:
            if not await self.streams.wait_for(since):
                return  # the client connects again, with the same id
            await response.write(_resumed(self.streams, subscriber, since))
        while response.is_connected() and not self.stopping:
            await connection.wake_up.wait()
            connection.wake_up.clear()
            if connection.slow is not None:
                text = f"slow reader; resume from {connection.slow}"
                await response.write(
                    b"event: error\ndata: %b\n\n" % messages.control_frame(hub.seq, T="error", code=SLOW_CLIENT, msg=text)[1:-1]
                )
                return
            unsent = subscriber.unsent.take()
            hub.with_unsent.discard(subscriber)
            if unsent:
                try:
                    async with asyncio.timeout(WRITE_SECONDS):
                        await response.write(b"".join(map(event, unsent)))
                except TimeoutError:
                    if transport is not None:
                        transport.abort()
                    return


def _resumed(streams: WebSocketStreams, subscriber: Subscriber, since: int) -> bytes:
    try:
        return b"".join(map(event, streams.hub.resume(subscriber, since)))
    except StreamError as error:
        error_frame = messages.control_frame(streams.hub.seq, T="error", code=error.code, msg=error.message)
        return b"event: error\ndata: %b\n\n" % error_frame[1:-1]


def _since(request: web.Request, query: StreamQuery) -> int | None:
    text = request.headers.get("Last-Event-ID") or query.last_event_id
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 16:
        raise RequestError(
            "invalid-parameter", "Last-Event-ID: this is not an id of this stream", field="Last-Event-ID", value=text
        )
    return int(text)


def _subscribe(query: StreamQuery) -> Subscribe:
    named = {channel: tuple(part for part in getattr(query, channel).split(",") if part) for channel in CHANNELS}
    if not any(named.values()):
        raise RequestError("invalid-parameter", f"name at least one selector in one of: {', '.join(CHANNELS)}", field="quotes")
    if any(len(selectors) > 1000 for selectors in named.values()):
        raise RequestError("invalid-parameter", "more than 1000 selectors in one channel")
    return Subscribe(**named)
