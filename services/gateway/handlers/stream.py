"""/v1/stream: Alpaca's protocol on a WebSocket."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from services.gateway.domain import messages, subscriptions
from services.gateway.domain.hub import Hub, Reader
from services.gateway.domain.outbox import Outbox, array
from services.gateway.domain.problems import NOT_PUBLIC, RequestError
from services.gateway.domain.subscriptions import StreamError, Subscription
from services.gateway.handlers.sending import Flusher, frame
from services.gateway.settings import Settings
from shared.tasks import all_of

TRY_AGAIN_LATER: Final = 1013
POLICY: Final = 1008
GOING_AWAY: Final = 1001
CLOSE_SECONDS: Final = 5.0
PING_SECONDS: Final = 20.0
MAX_ACTIONS: Final = 200
"""Actions a reader may send in each ten seconds."""


@dataclass(eq=False)
class WebSocketLine:
    """One WebSocket: frames go to its transport in order, whoever sends them."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    buffer: int
    closing: set[asyncio.Task[None]] = field(default_factory=set)

    def ready(self) -> bool:
        return self.transport.get_write_buffer_size() < self.buffer

    def write(self, data: bytes) -> None:
        if not self.transport.is_closing() and not self.socket.closed:
            self.transport.write(data)

    def close_slow(self, cursor: int) -> None:
        text = f"slow reader; resume from {cursor}".encode()
        task = asyncio.create_task(self.close(TRY_AGAIN_LATER, text), name="close slow reader")
        self.closing.add(task)
        task.add_done_callback(self.closing.discard)

    async def close(self, code: int, text: bytes) -> None:
        """Say why, and cut the line if that is not heard."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.socket.close(code=code, message=text)
        except (TimeoutError, ConnectionError):
            self.transport.abort()


@dataclass
class Streams:
    """The door to one hub for WebSocket readers."""

    settings: Settings
    hub: Hub
    flusher: Flusher
    addresses: Counter[str] = field(default_factory=Counter)
    sockets: dict[Reader, WebSocketLine] = field(default_factory=dict)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One reader from his connection to his end."""
        check_origin(request, self.settings)
        socket = web.WebSocketResponse(
            max_msg_size=self.settings.max_frame, heartbeat=PING_SECONDS, compress=False, timeout=CLOSE_SECONDS, autoping=True
        )
        if not socket.can_prepare(request):
            raise RequestError("upgrade-required", "connect here with a WebSocket; docs/api.md shows how")
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            return socket
        line = WebSocketLine(socket, transport, self.settings.socket_buffer)
        try:
            reader = self.admit(request.remote or "unknown")
        except StreamError as error:
            line.write(frame(messages.control(self.hub.seq, T="error", code=error.code, msg=error.message)))
            await line.close(POLICY, error.message.encode())
            return socket
        self.sockets[reader] = line
        self.flusher.enter(reader, line)
        try:
            line.write(frame(messages.control(self.hub.seq, T="success", msg="connected")))
            await self._listen(socket, reader, line)
        finally:
            self.flusher.leave(reader)
            self.release(reader)
            self.sockets.pop(reader, None)
        return socket

    def admit(self, address: str) -> Reader:
        """A new reader.

        Raises:
            StreamError: 406, too many streams are open.
        """
        if self.addresses.total() >= self.settings.max_readers or self.addresses[address] >= self.settings.max_readers_per_address:
            raise StreamError(subscriptions.TOO_MANY_CONNECTIONS, "connection limit exceeded")
        self.addresses[address] += 1
        return Reader(address, Outbox(self.settings.unsent_limit), Subscription(self.settings.max_selectors))

    def release(self, reader: Reader) -> None:
        """The reader's place is free again."""
        self.addresses[reader.address] -= 1
        if self.addresses[reader.address] <= 0:
            del self.addresses[reader.address]

    async def close(self) -> None:
        """Send everyone away: the gateway stops. They resume elsewhere or later."""
        self.flusher.flush()
        waits = [line.close(GOING_AWAY, b"the gateway stops") for line in self.sockets.values()]
        await all_of(*waits)

    async def _listen(self, socket: web.WebSocketResponse, reader: Reader, line: WebSocketLine) -> None:
        authenticated, actions, window = False, 0, 0.0
        clock = asyncio.get_running_loop().time
        async for said in socket:
            if said.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                break
            now = clock()
            if now - window > 10.0:
                actions, window = 0, now
            actions += 1
            if actions > MAX_ACTIONS:
                await line.close(POLICY, b"too many actions")
                break
            try:
                authenticated = self._act(subscriptions.action(said.data), reader, line, authenticated=authenticated)
            except StreamError as error:
                line.write(frame(messages.control(self.hub.seq, T="error", code=error.code, msg=error.message)))

    def _act(self, action: subscriptions.Action, reader: Reader, line: WebSocketLine, *, authenticated: bool) -> bool:
        if isinstance(action, subscriptions.Auth):
            if not self.settings.reads_are_public:
                raise StreamError(subscriptions.AUTH_FAILED, f"auth failed: {NOT_PUBLIC}")
            line.write(frame(messages.control(self.hub.seq, T="success", msg="authenticated")))
            return True
        if not authenticated and not self.settings.reads_are_public:
            raise StreamError(subscriptions.NOT_AUTHENTICATED, f"not authenticated: {NOT_PUBLIC}")
        if isinstance(action, subscriptions.Resume):
            missed = self.hub.resume(reader, action.since)
            line.write(frame(messages.control(self.hub.seq, T="success", msg="resumed", messages=len(missed))))
            if missed:
                line.write(frame(array(missed)))
            return authenticated
        if isinstance(action, subscriptions.Subscribe):
            self.hub.subscribe(reader, action)
        else:
            self.hub.unsubscribe(reader, action)
        line.write(frame(messages.control(self.hub.seq, T="subscription", **reader.subscription.answer())))
        return authenticated


def check_origin(request: web.Request, settings: Settings) -> None:
    """A browser tells which page opens a stream: it must be ours or on the allow-list.

    Raises:
        RequestError: it is another site's page.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin in settings.allowed_origins or urlsplit(origin).netloc == request.host:
        return
    raise RequestError("forbidden-origin", f"origin {origin!r:.200} is not on the allow-list", field="Origin", value=origin)
