"""One WebSocket: frames from all tasks are written to its transport in order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from services.gateway.domain.unsent import StreamMessage, UnsentMessages
from services.gateway.handlers.sending import Frames
from services.gateway.handlers.stream_protocols import StreamProtocol

TRY_AGAIN_LATER: Final = 1013
CLOSE_SECONDS: Final = 5.0
DRAIN_SECONDS: Final = 30.0
"""How long the actions of a client wait until it has read the answers to earlier ones."""


@dataclass(eq=False, slots=True)
class WebSocketConnection:
    """An open WebSocket, of which ``buffer`` bytes may wait in the socket."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    writer: AbstractStreamWriter
    buffer: int
    protocol: StreamProtocol
    deflated: bool = False
    closing: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.transport.set_write_buffer_limits(high=self.buffer, low=self.buffer)

    async def drained(self) -> bool:
        """Wait until at most ``buffer`` bytes wait in the socket; False where the client does not read, or is gone."""
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.writer.drain()
        except (TimeoutError, ConnectionError):
            return False
        return True

    def send(self, unsent: UnsentMessages, frames: Frames) -> int:
        if self.transport.get_write_buffer_size() >= self.buffer:
            return 0
        messages = unsent.take()
        if messages:
            self.write(self.protocol.frame_of(messages, frames, deflated=self.deflated))
        return len(messages)

    def send_one(self, message: StreamMessage, frames: Frames) -> bool:
        if self.transport.get_write_buffer_size() >= self.buffer:
            return False
        self.write(self.protocol.frame_of((message,), frames, deflated=self.deflated))
        return True

    def control(self, seq: int, **fields: Any) -> None:
        """Send a message of the protocol itself."""
        self.write(self.protocol.control(seq, **fields))

    def write(self, data: bytes) -> None:
        """Write without waiting; nothing where the connection is closing."""
        if data and not self.transport.is_closing() and not self.socket.closed:
            self.transport.write(data)

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
