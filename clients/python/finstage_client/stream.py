"""The WebSocket stream: connects again after a break, resumes, and delivers each message once."""

from __future__ import annotations

import asyncio
import json
import random
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import aiohttp

Message = dict[str, Any]
"""A message: ``T`` is its kind, ``seq`` its number, the rest is what REST returns."""
MAX_KNOWN: Final = 50_000
FIRST_WAIT: Final = 0.2
MAX_WAIT: Final = 30.0
SILENT_SECONDS: Final = 60.0
"""The gateway pings every 20 seconds."""
CANNOT_RESUME: Final = 411
FATAL: Final = frozenset({400, 401, 402, 404, 405, 410})
"""Errors of the protocol that another try does not mend."""
CONTROL: Final = frozenset({"success", "subscription", "error"})


class StreamError(Exception):
    """The gateway refuses the subscription or the key."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Stream:
    """The messages of some selectors: ``async for message in stream``. It goes on for ever; leave the loop to end it."""

    def __init__(self, url: str, key: str, selectors: Mapping[str, list[str]]) -> None:
        self.url = url.replace("http", "ws", 1)
        self.gaps = 0
        """How often the gateway could not resume: read what you missed by REST, from the time of the last message."""
        self.cursor = 0
        """The highest ``seq`` that was received; set it before the first message to resume from an earlier run."""
        self._key = key
        self._selectors = dict(selectors)
        self._known: OrderedDict[str, None] = OrderedDict()

    async def __aiter__(self) -> AsyncIterator[Message]:
        wait = FIRST_WAIT
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.ws_connect(self.url, heartbeat=SILENT_SECONDS / 2, max_msg_size=0) as socket:
                        async for message in self._read(socket):
                            wait = FIRST_WAIT
                            yield message
                except (aiohttp.ClientError, TimeoutError):
                    pass  # connects again below
                await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
                wait = min(MAX_WAIT, 2 * wait)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[Message]:
        """The messages of one connection. Raises StreamError."""
        if self._key:
            await socket.send_json({"action": "auth", "key": self._key})
        await socket.send_json({"action": "subscribe", **self._selectors})
        if self.cursor:
            await socket.send_json({"action": "resume", "from": self.cursor})
        held, answered, newest = bool(self.cursor), False, 0  # held: what was missed has not arrived, so the cursor stays
        async for frame in socket:
            if frame.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                return
            missed = answered  # the frame after the answer to `resume` has what was missed
            for message in json.loads(frame.data):
                if message["T"] == "error":
                    self._check(message)
                    held = held and message["code"] != CANNOT_RESUME
                elif message["T"] == "success" and "messages" in message:
                    held = answered = message["messages"] > 0
                elif message["T"] not in CONTROL:
                    newest = max(newest, message["seq"])
                    if self._is_new(message):
                        yield message
            held, answered = held and not missed, answered and not missed
            if not held:
                self.cursor = max(self.cursor, newest)

    def _check(self, message: Message) -> None:
        if message["code"] == CANNOT_RESUME:
            self.gaps += 1
            self.cursor = 0
        elif message["code"] in FATAL:
            raise StreamError(message["code"], message["msg"])

    def _is_new(self, message: Message) -> bool:
        """Remember a message; False where it was delivered before."""
        name = _name_of(message)
        if name in self._known:
            return False
        self._known[name] = None
        while len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        return True


def _name_of(message: Message) -> str:
    """What a message is about: a status of a pattern, a revision of a story, a bar; of other kinds its number."""
    if "id" in message:
        parts = (message["id"], message.get("status", ""), message.get("revision", ""))
    elif message["T"] == "b":
        parts = (message["symbol"], message["timeframe"], message["date"])
    else:
        return f"#{message['seq']}"
    return ":".join(map(str, (message["T"], *parts)))
