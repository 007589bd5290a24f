"""The streaming WebSocket: subscribes, listens, and connects again for ever."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import aiohttp
import structlog

from services.ingest.adapters.yahoo.frames import MAX_FRAME, FrameError, decode
from services.ingest.adapters.yahoo.network_errors import explain_stream
from services.ingest.domain.clock import Clock
from services.ingest.domain.health import HealthRecord
from services.ingest.domain.universe import Instrument
from services.ingest.domain.yahoo_ticks import NoTick, streamed_tick
from shared.backoff import delay
from shared.events import Tick
from shared.metrics import counter, gauge

SOURCE: Final = "yahoo-stream"
CONNECT_SECONDS: Final = 10.0
PING_SECONDS: Final = 20.0
LOOK_SECONDS: Final = 0.5
"""Longest wait for a message before looking whether to stop, to subscribe again or to give the connection up."""
MOST_PAUSE_SECONDS: Final = 60.0

log = structlog.get_logger("ingest.yahoo")
frames = counter(
    "ingest_yahoo_frames_total", "Frames of the stream: ok, malformed, unknown symbol, or why they gave no tick.", ["outcome"]
)
connections = counter("ingest_yahoo_connections_total", "Connections to the stream, by how they ended.", ["ended"])
connected = gauge("ingest_yahoo_connected_state", "1 while the stream is connected.")


class YahooStream:
    """Hands every streamed tick to ``put``, with whether it is one of the regular market.

    ``put`` may wait, and then the socket is not read.
    """

    def __init__(
        self,
        url: str,
        instruments: Mapping[str, Instrument],
        put: Callable[[Tick, bool], Awaitable[None]],
        given_up: Callable[[], bool],
        clock: Clock,
        stopping: asyncio.Event,
        *,
        subscribe_seconds: float = 15.0,
        pause: float = 1.0,
        chance: random.Random,
        health: HealthRecord,
    ) -> None:
        """``given_up`` says that nothing comes though it should: the connection is then made anew. ``pause`` is the first pause."""
        self._health = health
        self._url = url
        self._instruments = instruments
        self._put = put
        self._given_up = given_up
        self._clock = clock
        self._stopping = stopping
        self._subscribe_seconds = subscribe_seconds
        self._pause = pause
        self._chance = chance
        self._failure = ("", "")
        """Why the last connection brought nothing: reason and detail."""

    async def run(self) -> None:
        """Listen until the process stops; a connection that brought prices starts the pauses anew."""
        tries = 0
        async with aiohttp.ClientSession() as session:
            while not self._stopping.is_set():
                flowed, ended = await self._connection(session)
                connections.labels(ended).inc()
                tries = 0 if flowed else tries + 1
                if self._stopping.is_set():
                    return
                pause = delay(tries, self._pause, MOST_PAUSE_SECONDS, self._chance.random())
                log.warning("the stream ended", ended=ended, flowed=flowed, again_in_seconds=round(pause, 1))
                if not flowed:
                    now = self._clock.wall()
                    self._health.failed(SOURCE, *self._failure, now, now + int(pause * 1000))
                await self._clock.wait(pause)

    async def _connection(self, session: aiohttp.ClientSession) -> tuple[bool, str]:
        """One connection: whether it brought a price, and how it ended."""
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
        self._failure = ("silent", "connected, and no price came") if ended == "silent" else ("closed", f"ended with {ended}")
        return self._ticks > before, ended

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        begun = subscribe_at = self._clock.now()
        while not self._stopping.is_set():
            now = self._clock.now()
            if now >= subscribe_at:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await socket.send_json({"subscribe": list(self._instruments)})
                subscribe_at = now + self._subscribe_seconds
            if now - begun > self._subscribe_seconds:
                if self._given_up():
                    return "silent"
                if not self._ticks:
                    self._health.rests(SOURCE)  # connected, and no market is open that could send a price
            try:
                message = await socket.receive(timeout=LOOK_SECONDS)
            except TimeoutError:
                continue
            if message.type in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
                await self._frame(message.data)
            else:
                return message.type.name.lower()
        return "stopped"

    async def _frame(self, data: str | bytes) -> None:
        try:
            pricing = decode(data)
        except FrameError as error:
            frames.labels("malformed").inc()
            log.debug("a malformed frame", error=str(error))
            return
        instrument = self._instruments.get(pricing.symbol)
        if instrument is None:
            frames.labels("unknown_symbol").inc()
            return
        tick = streamed_tick(pricing, instrument, self._clock.wall())
        if isinstance(tick, NoTick):
            frames.labels(tick.reason).inc()
            return
        frames.labels("ok").inc()
        self._ticks += 1
        self._health.succeeded(SOURCE)
        await self._put(tick, pricing.regular)
