"""Requests to translation services: limited in time and size, without redirects, with typed failures."""

from __future__ import annotations

import asyncio
from typing import Any, Final, TypeVar

import aiohttp
import msgspec

from services.analysis.news.translation.errors import Reason, TranslatorError

MOST_BYTES: Final = 256 * 1024
"""Of an answer: a story's texts are a few kilobytes."""
LONGEST_PAUSE: Final = 3600.0
"""Seconds of a pause that a service may ask for."""
_REASONS: Final[dict[int, Reason]] = {401: "key", 403: "key", 429: "limited", 456: "quota"}
"""456 is DeepL's own: the quota is used up."""
T = TypeVar("T")


class TranslationHttp:
    """An HTTP client for all services."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # an answer that decompresses without end is not read
            headers={"Accept-Encoding": "identity"},
        )

    async def post(self, translator: str, url: str, answer: type[T], **request: Any) -> T:
        """The decoded JSON answer. Raises TranslatorError."""
        try:
            async with asyncio.timeout(self._seconds), self._session.post(url, allow_redirects=False, **request) as response:
                if response.status != 200:
                    raise _refusal(translator, response)
                body = await _limited(translator, response)
        except TimeoutError:
            raise TranslatorError(translator, "timeout") from None
        except aiohttp.ClientError as error:
            raise TranslatorError(translator, "unreachable", type(error).__name__) from None
        try:
            return msgspec.json.decode(body, type=answer)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise TranslatorError(translator, "malformed") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


async def _limited(translator: str, response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > MOST_BYTES:
            raise TranslatorError(translator, "too-large")
    return bytes(body)


def _refusal(translator: str, response: aiohttp.ClientResponse) -> TranslatorError:
    reason: Reason = "unavailable" if response.status >= 500 else _REASONS.get(response.status, "refused")
    return TranslatorError(translator, reason, f"status {response.status}", _pause(response.headers.get("Retry-After", "")))


def _pause(header: str) -> float | None:
    """Seconds of a ``Retry-After``; its form as a date is not used by these services.

    >>> _pause("30"), _pause("99999999"), _pause("soon"), _pause("²")
    (30.0, 3600.0, None, None)
    """
    return min(float(header), LONGEST_PAUSE) if header.isascii() and header.isdecimal() and len(header) < 10 else None
