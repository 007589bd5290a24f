"""/v1/stream and /v1/stream/alpaca: WebSockets."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from services.gateway.domain import subscriptions
from services.gateway.domain.hub import OVERLAP, Hub, Subscriber, owner_of
from services.gateway.domain.keys import Principal, parse_key
from services.gateway.domain.problems import NOT_PUBLIC, RequestError
from services.gateway.domain.subscriptions import StreamError, Subscription
from services.gateway.domain.unsent import UnsentMessages
from services.gateway.handlers.authentication import Authentication
from services.gateway.handlers.middleware import PRINCIPAL
from services.gateway.handlers.sending import Flusher
from services.gateway.handlers.stream_protocols import AlpacaProtocol, AnyAction, OwnProtocol, StreamProtocol
from services.gateway.handlers.web_socket_connection import CLOSE_SECONDS, TRY_AGAIN_LATER, WebSocketConnection
from services.gateway.settings import Settings
from shared.failures import TransientError
from shared.tasks import run_all

POLICY: Final = 1008
GOING_AWAY: Final = 1001
PING_SECONDS: Final = 20.0
RESTORE_SECONDS: Final = 8.0
"""How long a client that resumes waits for the messages of before the start, before it is to connect again."""
ALL: Final = "all"
PACKED: Final = "application/msgpack"
MAX_ACTIONS: Final = 200
"""Actions that a client may send in ten seconds."""


@dataclass
class WebSocketStreams:
    """The WebSocket streams of one hub."""

    settings: Settings
    hub: Hub
    flusher: Flusher
    authentication: Authentication
    clock: Callable[[], int]
    restored: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the messages of before the start are known. Until then a client that resumes from one of them waits."""
    name: str = "live"
    """The purpose of its counts of open streams."""
    sockets: dict[Subscriber, WebSocketConnection] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.open = self.authentication.clients.open(self.name)
        """Open streams by key or address, and all of them."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one stream until it ends."""
        return await self._serve(request, OwnProtocol())

    async def handle_alpaca(self, request: web.Request) -> web.StreamResponse:
        """Serve one stream for clients of Alpaca, in MessagePack where the request says so."""
        return await self._serve(request, AlpacaProtocol(packed=request.content_type == PACKED))

    async def _serve(self, request: web.Request, protocol: StreamProtocol) -> web.StreamResponse:
        check_origin(request, self.settings)
        socket = web.WebSocketResponse(
            max_msg_size=self.settings.max_frame, heartbeat=PING_SECONDS, compress=True, timeout=CLOSE_SECONDS, autoping=True
        )
        if not socket.can_prepare(request):
            raise RequestError("upgrade-required", "connect here with a WebSocket; docs/api.md shows how")
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            return socket
        deflated = socket.compress == zlib.MAX_WBITS
        connection = WebSocketConnection(socket, transport, request.writer, self.settings.socket_buffer, protocol, deflated)
        try:
            subscriber = self.admit(request.remote or "unknown", request[PRINCIPAL])
        except StreamError as error:
            connection.control(self.hub.seq, T="error", code=error.code, msg=error.message)
            await connection.close(POLICY, error.message.encode())
            return socket
        self.sockets[subscriber] = connection
        self.flusher.add(subscriber, connection)
        try:
            connection.control(self.hub.seq, T="success", msg="connected")
            await self._read_actions(socket, subscriber, connection, request[PRINCIPAL])
        finally:
            self.flusher.remove(subscriber)
            self.release(subscriber)
            self.sockets.pop(subscriber, None)
        return socket

    def admit(self, address: str, principal: Principal) -> Subscriber:
        """A new subscriber. One with a key counts for the key, not for the address.

        Raises:
            StreamError: 406, too many streams are open.
        """
        if self.open.get(ALL) >= self.settings.max_readers:
            raise StreamError(subscriptions.TOO_MANY_CONNECTIONS, "connection limit exceeded")
        subscriber = Subscriber(address, UnsentMessages(self.settings.unsent_limit), Subscription(self.settings.max_selectors))
        self._count(subscriber, principal)
        self.open.add(ALL, 1)
        return subscriber

    async def wait_for(self, since: int) -> bool:
        """Wait until it is known whether the messages after ``since`` are kept; False where it is not within a few seconds."""
        if since < self.hub.started + OVERLAP:
            with suppress(TimeoutError):
                async with asyncio.timeout(RESTORE_SECONDS):
                    await self.restored.wait()
            return self.restored.is_set()
        return True

    def release(self, subscriber: Subscriber) -> None:
        """Count a stream as closed."""
        self.open.add(subscriber.owner, -1)
        self.open.add(ALL, -1)

    def _count(self, subscriber: Subscriber, principal: Principal) -> None:
        """Count a stream for its key, else for its address. Raises StreamError (406)."""
        key, settings = principal.key, self.settings
        owner = owner_of(principal.id, subscriber.address)
        most = settings.max_readers_per_address if key is None else key.max_streams or settings.max_readers_per_key
        if self.open.get(owner) >= most:
            raise StreamError(subscriptions.TOO_MANY_CONNECTIONS, f"connection limit exceeded: {most} streams")
        self.open.add(owner, 1)
        subscriber.key_id = principal.id
        subscriber.subscription.limit = settings.max_selectors if key is None else key.max_selectors or settings.max_selectors

    async def _authenticate(self, action: subscriptions.Auth, subscriber: Subscriber) -> Principal:
        """The owner of the key in an action; the stream then counts for that key. Raises StreamError (402, 406)."""
        text = next((text for text in (action.key, action.secret) if parse_key(text)), "")
        if not text:
            if not self.authentication.anonymous.scopes:
                raise StreamError(subscriptions.AUTH_FAILED, f"auth failed: {NOT_PUBLIC}")
            return self.authentication.anonymous
        try:
            principal = await self.authentication.principal(text, subscriber.address, self.clock())
            principal.require("read")
        except RequestError as error:
            raise StreamError(subscriptions.AUTH_FAILED, f"auth failed: {error.detail}") from error
        except TransientError as error:
            raise StreamError(subscriptions.AUTH_FAILED, "auth failed: the database does not answer; try again later") from error
        if subscriber.key_id != principal.id:
            before = subscriber.owner
            self._count(subscriber, principal)
            self.open.add(before, -1)
        return principal

    async def close(self) -> None:
        """Send the unsent messages and close all streams because the gateway stops; clients can resume later."""
        self.flusher.flush()
        waits = [connection.close(GOING_AWAY, b"the gateway stops") for connection in self.sockets.values()]
        await run_all(*waits)

    async def _read_actions(
        self, socket: web.WebSocketResponse, subscriber: Subscriber, connection: WebSocketConnection, principal: Principal
    ) -> None:
        seconds = self.settings.auth_seconds
        try:
            async with asyncio.timeout(None if principal.scopes else seconds) as limit:
                await self._read_actions_until(limit, socket, subscriber, connection, principal)
        except TimeoutError:
            if not limit.expired():
                raise
            text = f"auth timeout: {seconds:g} s without a key; {NOT_PUBLIC}"
            connection.control(self.hub.seq, T="error", code=subscriptions.AUTH_TIMEOUT, msg=text)
            await connection.close(POLICY, b"auth timeout")

    async def _read_actions_until(
        self,
        limit: asyncio.Timeout,
        socket: web.WebSocketResponse,
        subscriber: Subscriber,
        connection: WebSocketConnection,
        principal: Principal,
    ) -> None:
        actions, window = 0, 0.0
        clock = asyncio.get_running_loop().time
        async for received in socket:
            if received.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                break
            now = clock()
            if now - window > 10.0:
                actions, window = 0, now
            actions += 1
            if actions > MAX_ACTIONS:
                await connection.close(POLICY, b"too many actions")
                break
            if not await connection.drained():  # an answer may be large, and this client does not read
                await connection.close(TRY_AGAIN_LATER, b"the answers to earlier actions are not read")
                break
            try:
                action = connection.protocol.parse(received.data)
                if isinstance(action, subscriptions.Auth):
                    principal = await self._authenticate(action, subscriber)
                    limit.reschedule(None)
                    connection.control(self.hub.seq, T="success", msg="authenticated")
                else:
                    _require_read(principal)
                    if isinstance(action, subscriptions.Resume) and not await self.wait_for(action.since):
                        await connection.close(TRY_AGAIN_LATER, b"the messages of before the start are still read; resume later")
                        break
                    self._handle_action(action, subscriber, connection)
            except StreamError as error:
                connection.control(self.hub.seq, T="error", code=error.code, msg=error.message)

    def _handle_action(
        self,
        action: AnyAction,
        subscriber: Subscriber,
        connection: WebSocketConnection,
    ) -> None:
        protocol = connection.protocol
        if isinstance(action, subscriptions.Resume):
            missed = self.hub.resume(subscriber, action.since)
            connection.control(self.hub.seq, T="success", msg="resumed", messages=len(missed))
            if missed:
                connection.write(protocol.frame_of(missed, {}, deflated=connection.deflated))
            return
        connection.control(self.hub.seq, T="subscription", **protocol.subscribe(action, subscriber, self.hub))


def _require_read(principal: Principal) -> None:
    if not principal.scopes:
        raise StreamError(subscriptions.NOT_AUTHENTICATED, f"not authenticated: {NOT_PUBLIC}")


def check_origin(request: web.Request, settings: Settings) -> None:
    """Check the origin that a browser sends: it must be this host or on the allow-list.

    Raises:
        RequestError: it is another origin.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin in settings.allowed_origins or urlsplit(origin).netloc == request.host:
        return
    raise RequestError("forbidden-origin", f"origin {origin!r:.200} is not on the allow-list", field="Origin", value=origin)
