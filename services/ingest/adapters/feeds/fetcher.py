"""Requests documents: within limits of size, time and redirects, and from public addresses only."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from services.ingest.adapters.feeds.decompression import ACCEPTED, CutOffError, EncodingError, LimitedBody, TooLargeError
from services.ingest.domain.feeds.feed_file import is_web_url
from services.ingest.domain.feeds.outcomes import Document, Failure, FetchOutcome, FetchReason, NotModified, reason_of
from shared.public_addresses import ForbiddenAddressError, PublicResolver, is_address, is_public

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
MOST_VALIDATOR: Final = 255
"""Characters of an ETag or Last-Modified; a longer one is not kept."""
LONGEST_RETRY_AFTER: Final = 86_400.0
CHUNK: Final = 65_536
FEED_TYPES: Final = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"


@dataclass(frozen=True)
class FetchLimits:
    """What one document may take."""

    bytes: int = 2 * 1024 * 1024
    """Compressed and after decompression."""
    seconds: float = 30.0
    """All in all, with redirects."""
    connect_seconds: float = 10.0
    redirects: int = 5


class Fetcher:
    """Requests documents with GET. Created by ``open_fetcher``."""

    def __init__(self, session: aiohttp.ClientSession, limits: FetchLimits, allowed: Callable[[str], bool]) -> None:
        self._session = session
        self._limits = limits
        self._allowed = allowed

    async def fetch(self, url: str, etag: str = "", modified: str = "", accept: str = FEED_TYPES) -> FetchOutcome:
        """The document, or why there is none; never raises for what a server does."""
        headers = {"Accept": accept, "Accept-Encoding": ACCEPTED}
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._follow(URL(url), headers)
        except TimeoutError:
            return Failure("timeout", f"no complete response within {self._limits.seconds:g} s")
        except aiohttp.ClientConnectorError as error:
            forbidden = isinstance(error.os_error, ForbiddenAddressError)
            return Failure("forbidden_address" if forbidden else "unreachable", str(error.os_error) or str(error))
        except TooLargeError as error:
            return Failure("too_large", str(error))
        except EncodingError as error:
            return Failure("encoding", str(error))
        except (CutOffError, aiohttp.ClientPayloadError) as error:
            return Failure("cut_off", str(error)[:200])
        except aiohttp.InvalidURL as error:
            return Failure("bad_redirect", str(error)[:200])
        except (aiohttp.ClientError, OSError, ValueError) as error:  # ValueError: a header or an address that cannot be
            return Failure("unreachable", f"{type(error).__name__}: {error}"[:200])

    async def _follow(self, url: URL, headers: dict[str, str]) -> FetchOutcome:
        for _ in range(self._limits.redirects + 1):
            if url.host and is_address(url.host) and not self._allowed(url.host):
                return Failure("forbidden_address", f"{url.host} may not be reached")
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status not in REDIRECTS:
                    return await self._read(response)
                target = response.headers.get("Location", "")
                following = url.join(URL(target))
            if not target or not is_web_url(str(following)):
                return Failure("bad_redirect", f"to {target[:100]!r}")
            if url.scheme == "https" and following.scheme == "http":
                return Failure("bad_redirect", f"from https to {str(following)[:100]}")
            url = following
        return Failure("too_many_redirects", f"more than {self._limits.redirects}; the last to {str(url)[:100]}")

    async def _read(self, response: aiohttp.ClientResponse) -> FetchOutcome:
        if response.status == 304:
            return NotModified()
        if response.status != 200:
            reason: FetchReason = reason_of(response.status)
            return Failure(reason, f"HTTP {response.status}", retry_after(response.headers.get("Retry-After", "")))
        if (response.content_length or 0) > self._limits.bytes:
            return Failure("too_large", f"{response.content_length} bytes are announced")
        body = LimitedBody(response.headers.get("Content-Encoding", ""), self._limits.bytes)
        async for chunk in response.content.iter_chunked(CHUNK):
            body.add(chunk)
        return Document(
            body.finish(),
            str(response.url),
            response.headers.get("Content-Type", "")[:200],
            _validator(response.headers.get("ETag", "")),
            _validator(response.headers.get("Last-Modified", "")),
        )


def retry_after(value: str, now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)) -> float | None:
    """The seconds of a ``Retry-After``, at most a day; None where there is none or it is wrong.

    >>> retry_after("120"), retry_after("soon"), retry_after("999999")
    (120.0, None, 86400.0)
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_RETRY_AFTER)
    try:
        seconds = (parsedate_to_datetime(value) - now()).total_seconds()
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
        return None
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER)


def _validator(value: str) -> str:
    return value if len(value) <= MOST_VALIDATOR and value.isascii() and value.isprintable() else ""


@asynccontextmanager
async def open_fetcher(
    user_agent: str,
    limits: FetchLimits = FetchLimits(),
    resolver: AbstractResolver | None = None,
    allowed: Callable[[str], bool] = is_public,
) -> AsyncIterator[Fetcher]:
    """A fetcher with its connections. ``allowed``: which IP addresses may be reached."""
    connector = aiohttp.TCPConnector(
        limit=32, resolver=PublicResolver(resolver, allowed), use_dns_cache=False, force_close=True
    )  # a feed is read every few minutes: each connection resolves and checks anew
    session = aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=limits.seconds, sock_connect=limits.connect_seconds),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": user_agent},
        auto_decompress=False,
    )
    async with session:
        yield Fetcher(session, limits, allowed)
