"""One WebSocket: frames from all tasks are written to its transport in order."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from services.gateway.domain.unsent import StreamMessage, UnsentMessages
from services.gateway.handlers.sending import Frames
from services.gateway.handlers.stream_protocols import StreamProtocol

TRY_AGAIN_LATER: Final = 1013
CLOSE_SECONDS: Final = 5.0


@dataclass(eq=False)
class WebSocketConnection:
    """An open WebSocket, of which ``buffer`` bytes may wait in the socket."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    buffer: int
    protocol: StreamProtocol
    deflated: bool = False
    closing: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._descriptor: int = self.transport.get_extra_info("socket").fileno()

    def send(self, unsent: UnsentMessages, frames: Frames) -> Sequence[StreamMessage]:
        if self.transport.get_write_buffer_size() >= self.buffer:
            return ()
        if messages := unsent.take():
            self.write(self.protocol.frame_of(messages, frames, deflated=self.deflated))
        return messages

    def control(self, seq: int, **fields: Any) -> None:
        """Send a message of the protocol itself."""
        self.write(self.protocol.control(seq, **fields))

    def write(self, data: bytes) -> None:
        """Write to the socket itself where nothing waits, which costs less than a write to the transport; else to the transport."""
        transport = self.transport
        if transport.is_closing() or self.socket.closed:
            return
        sent = 0
        if not transport.get_write_buffer_size():
            with suppress(OSError):  # it is full, or the client has gone, which the transport notices
                sent = os.write(self._descriptor, data)
        if sent < len(data):
            transport.write(data[sent:])

    def close_slow(self, cursor: int) -> None:
        text = f"slow reader; resume from {cursor}".encode()
        task = asyncio.create_task(self.close(TRY_AGAIN_LATER, text), name="close slow client")
        self.closing.add(task)
        task.add_done_callback(self.closing.discard)

    async def close(self, code: int, text: bytes) -> None:
        """Close with code and reason; abort the connection where the client does not answer."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.socket.close(code=code, message=text)
        except (TimeoutError, ConnectionError):
            self.transport.abort()
