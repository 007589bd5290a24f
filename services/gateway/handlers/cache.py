"""Finished answers, kept as bytes for as long as nothing has changed under them."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from multidict import CIMultiDict

from services.gateway.handlers.problems import API_HEADERS

HEADERS: Final = CIMultiDict(
    {"Content-Type": "application/json", "Cache-Control": "no-cache", "Vary": "Accept-Encoding", **API_HEADERS}
)
ALWAYS_SMALL: Final = 1024
"""Bodies below this many bytes are not worth compressing."""
IN_LOOP: Final = 65_536
"""Bodies above this many bytes are compressed in a thread."""
LEVEL: Final = 4


@dataclass(frozen=True)
class Answer:
    """What a handler has found: a JSON body, and how to see that it is still right (None: never reuse it)."""

    body: bytes
    fresh: Callable[[], bool] | None = None


@dataclass
class Entry:
    """An answer on its way out."""

    answer: Answer
    etag: str
    headers: CIMultiDict[str]
    packed: bytes | None = None
    ready: Any = None
    """The finished response (``handlers.ready``), once it has been asked for."""
    ready_packed: Any = None

    async def compressed(self) -> bytes:
        """The body as gzip; made once."""
        if self.packed is None:
            body = self.answer.body
            if len(body) > IN_LOOP:
                self.packed = await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
            else:
                self.packed = gzip.compress(body, LEVEL, mtime=0)
        return self.packed


def entry(answer: Answer) -> Entry:
    """An answer with its tag: the same content has the same tag."""
    return Entry(answer, f'W/"{hashlib.blake2b(answer.body, digest_size=12).hexdigest()}"', HEADERS)


@dataclass
class Cache:
    """Answers by address, the oldest first out."""

    max_entries: int = 4096
    max_bytes: int = 64 * 1024 * 1024
    kept: OrderedDict[str, Entry] = field(default_factory=OrderedDict)
    bytes: int = 0

    def get(self, address: str) -> Entry | None:
        """The answer to this very address if it is still right."""
        found = self.kept.get(address)
        if found is None:
            return None
        if found.answer.fresh is None or not found.answer.fresh():
            self._drop(address)
            return None
        return found

    def put(self, address: str, new: Entry) -> None:
        """Keep an answer that says how long it is right."""
        if new.answer.fresh is None or len(new.answer.body) > self.max_bytes // 16:
            return
        if address in self.kept:
            self._drop(address)
        self.kept[address] = new
        self.bytes += 2 * len(new.answer.body)  # the compressed form, which may follow, is smaller than the body
        while self.bytes > self.max_bytes or len(self.kept) > self.max_entries:
            self._drop(next(iter(self.kept)))

    def _drop(self, address: str) -> None:
        self.bytes -= 2 * len(self.kept.pop(address).answer.body)
