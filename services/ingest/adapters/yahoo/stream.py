"""Reads the streaming WebSocket: connects, subscribes, receives, and reconnects without end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import aiohttp
import structlog

from services.ingest.adapters.yahoo.network_errors import explain_stream
from services.ingest.adapters.yahoo.stream_messages import MAX_FRAME, FrameError, decode
from services.ingest.domain.clock import Clock
from services.ingest.domain.health import ProviderHealth
from services.ingest.domain.universe import Instrument
from services.ingest.domain.yahoo_ticks import RejectedPrice, streamed_tick
from shared.backoff import delay
from shared.events import Tick
from shared.metrics import counter, gauge

SOURCE: Final = "yahoo-stream"
CONNECT_SECONDS: Final = 10.0
PING_SECONDS: Final = 20.0
CHECK_SECONDS: Final = 0.5
"""Longest wait for a message before checking whether to stop, to subscribe again or to reconnect."""
MAX_PAUSE_SECONDS: Final = 60.0

log = structlog.get_logger("ingest.yahoo")
frames = counter(
    "ingest_yahoo_frames_total",
    "Frames of the stream by outcome: ok, malformed, unknown symbol, or the reason for no tick.",
    ["outcome"],
)
connections = counter("ingest_yahoo_connections_total", "Connections to the stream, by the way they ended.", ["ended"])
connected = gauge("ingest_yahoo_connected_state", "1 while the stream is connected.")


class YahooStream:
    """Passes every streamed tick to ``put``, with a flag for the regular market.

    While ``put`` waits, the socket is not read.
    """

    def __init__(
        self,
        url: str,
        instruments: Mapping[str, Instrument],
        put: Callable[[Tick, bool], Awaitable[None]],
        is_silent: Callable[[], bool],
        clock: Clock,
        stopping: asyncio.Event,
        *,
        subscribe_seconds: float = 15.0,
        pause: float = 1.0,
        rng: random.Random,
        health: ProviderHealth,
    ) -> None:
        """``is_silent``: no prices arrive though a market is open, so the connection is replaced. ``pause``: seconds before the
        first reconnection.
        """
        self._health = health
        self._url = url
        self._instruments = instruments
        self._put = put
        self._is_silent = is_silent
        self._clock = clock
        self._stopping = stopping
        self._subscribe_seconds = subscribe_seconds
        self._pause = pause
        self._rng = rng
        self._failure = ("", "")
        """Why the last connection delivered no price: reason and detail."""

    async def run(self) -> None:
        """Receive until the process stops; a connection that delivered prices resets the pauses."""
        tries = 0
        async with aiohttp.ClientSession() as session:
            while not self._stopping.is_set():
                brought_prices, ended = await self._connection(session)
                connections.labels(ended).inc()
                tries = 0 if brought_prices else tries + 1
                if self._stopping.is_set():
                    return
                pause = delay(tries, self._pause, MAX_PAUSE_SECONDS, self._rng.random())
                log.warning("the stream ended", ended=ended, brought_prices=brought_prices, again_in_seconds=round(pause, 1))
                if not brought_prices:
                    now = self._clock.wall()
                    self._health.failed(SOURCE, *self._failure, now, now + int(pause * 1000))
                await self._clock.wait(pause)

    async def _connection(self, session: aiohttp.ClientSession) -> tuple[bool, str]:
        """Run one connection; returns whether it delivered a price, and how it ended."""
        before = self._ticks = 0
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                socket = await session.ws_connect(
                    self._url, heartbeat=PING_SECONDS, max_msg_size=MAX_FRAME, timeout=aiohttp.ClientWSTimeout(ws_close=2.0)
                )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self._failure = explain_stream(error)
            log.warning("the stream cannot be reached", reason=self._failure[0], error=self._failure[1])
            return False, "refused"
        connected.set(1)
        try:
            async with socket:
                ended = await self._listen(socket)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            ended = f"error {type(error).__name__}"
        finally:
            connected.set(0)
        self._failure = ("silent", "connected, and no price arrived") if ended == "silent" else ("closed", f"ended with {ended}")
        return self._ticks > before, ended

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        connected_at = subscribe_at = self._clock.now()
        while not self._stopping.is_set():
            now = self._clock.now()
            if now >= subscribe_at:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await socket.send_json({"subscribe": list(self._instruments)})
                subscribe_at = now + self._subscribe_seconds
            if now - connected_at > self._subscribe_seconds:
                if self._is_silent():
                    return "silent"
                if not self._ticks:
                    self._health.set_idle(SOURCE)  # connected, and no market is open
            try:
                message = await socket.receive(timeout=CHECK_SECONDS)
            except TimeoutError:
                continue
            if message.type in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
                await self._frame(message.data)
            else:
                return message.type.name.lower()
        return "stopped"

    async def _frame(self, data: str | bytes) -> None:
        try:
            streamed = decode(data)
        except FrameError as error:
            frames.labels("malformed").inc()
            log.debug("a malformed frame", error=str(error))
            return
        instrument = self._instruments.get(streamed.symbol)
        if instrument is None:
            frames.labels("unknown_symbol").inc()
            return
        tick = streamed_tick(streamed, instrument, self._clock.wall())
        if isinstance(tick, RejectedPrice):
            frames.labels(tick.reason).inc()
            return
        frames.labels("ok").inc()
        self._ticks += 1
        self._health.succeeded(SOURCE)
        await self._put(tick, streamed.regular)
