"""Answers as bytes, kept while the data behind them is unchanged."""

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
MIN_GZIP_BYTES: Final = 1024
"""Bodies up to this many bytes are sent uncompressed."""
MAX_BYTES_IN_LOOP: Final = 65_536
"""Larger bodies, in bytes, are compressed in a thread."""
LEVEL: Final = 4


@dataclass(frozen=True)
class Answer:
    """A JSON body, and a function that returns whether it is still valid (None: the answer is not reused)."""

    body: bytes
    fresh: Callable[[], bool] | None = None


@dataclass
class CachedAnswer:
    """An answer with its ETag, headers and prebuilt responses."""

    answer: Answer
    etag: str
    headers: CIMultiDict[str]
    route: str = ""
    """The path of its route, with the names of its parts, for measurements."""
    gzipped: bytes | None = None
    plain_response: Any = None
    """The prebuilt response (``handlers.prebuilt``) after its first use."""
    gzip_response: Any = None

    async def compressed(self) -> bytes:
        """The body as gzip; compressed once."""
        if self.gzipped is None:
            body = self.answer.body
            if len(body) > MAX_BYTES_IN_LOOP:
                self.gzipped = await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
            else:
                self.gzipped = gzip.compress(body, LEVEL, mtime=0)
        return self.gzipped


def cached_answer(answer: Answer, route: str = "") -> CachedAnswer:
    """An answer with its ETag, which depends on the content alone."""
    return CachedAnswer(answer, f'W/"{hashlib.blake2b(answer.body, digest_size=12).hexdigest()}"', HEADERS, route)


@dataclass
class Cache:
    """Answers by URL; the oldest is removed first."""

    max_entries: int = 4096
    max_bytes: int = 64 * 1024 * 1024
    answers: OrderedDict[str, CachedAnswer] = field(default_factory=OrderedDict)
    bytes: int = 0

    def get(self, address: str) -> CachedAnswer | None:
        """The answer for this URL where it is still valid."""
        found = self.answers.get(address)
        if found is None:
            return None
        if found.answer.fresh is None or not found.answer.fresh():
            self._drop(address)
            return None
        return found

    def put(self, address: str, new: CachedAnswer) -> None:
        """Keep an answer that can be checked for validity."""
        if new.answer.fresh is None or len(new.answer.body) > self.max_bytes // 16:
            return
        if address in self.answers:
            self._drop(address)
        self.answers[address] = new
        self.bytes += 2 * len(new.answer.body)  # counts the compressed body, which may be added later and is smaller
        while self.bytes > self.max_bytes or len(self.answers) > self.max_entries:
            self._drop(next(iter(self.answers)))

    def _drop(self, address: str) -> None:
        self.bytes -= 2 * len(self.answers.pop(address).answer.body)
