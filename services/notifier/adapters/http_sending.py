"""Posts to web servers that an operator configured, and the outcome of each answer. Only public addresses, unless allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import aiohttp
from aiohttp.resolver import ThreadedResolver

from services.notifier.domain.outcomes import ChatUnavailable, NoResponse, Outcome, PermanentRejection, Sent, TemporaryRefusal
from shared.public_addresses import ForbiddenAddressError, PublicResolver, is_address, is_public

TIMEOUT_SECONDS: Final = 3.0
LONGEST_RETRY_AFTER: Final = 3600.0
REFUSALS: Final = frozenset({408, 425, 429})


class ForbiddenUrlError(ValueError):
    """A URL is not allowed."""


class HttpSending:
    """A session without cookies, redirects and reused connections."""

    def __init__(self, *, allow_private: bool, timeout: float = TIMEOUT_SECONDS) -> None:
        resolver = ThreadedResolver() if allow_private else PublicResolver()
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=timeout),
            connector=aiohttp.TCPConnector(limit=20, resolver=resolver, force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Post JSON. Any 2xx confirms; a 5xx is the receiver's own statement that it did not accept it."""
        fields = {"Content-Type": "application/json", **headers}
        try:
            async with self._http.post(url, data=body, headers=fields, allow_redirects=False) as response:
                return answered(response.status, response.headers.get("Retry-After", ""))
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, ForbiddenAddressError):
                return PermanentRejection(str(error.os_error))
            return TemporaryRefusal(f"{type(error).__name__}: no connection")
        except aiohttp.ConnectionTimeoutError:
            return TemporaryRefusal("no connection in time")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return NoResponse(f"{type(error).__name__} after the request was started")


def check_url(name: str, url: str, *, allow_private: bool) -> None:
    """Refuse an invalid URL at the start.

    Raises:
        ForbiddenUrlError: no http(s) URL, user info in it, plain http or a private address without permission.
    """
    from yarl import URL  # aiohttp's URL type: parsed as in the request

    found = URL(url)
    if found.scheme not in {"http", "https"} or not found.host or found.user or found.password:
        raise ForbiddenUrlError(f"{name}: expected https://host/path without user info")
    if allow_private:
        return
    if found.scheme != "https":
        raise ForbiddenUrlError(f"{name}: plain http needs WEBHOOK_ALLOW_PRIVATE=true")
    if is_address(found.host) and not is_public(found.host):  # the addresses of a host name are checked at each request
        raise ForbiddenUrlError(f"{name}: {found.host} is a private address")


def answered(status: int, retry_after: str) -> Outcome:
    """The outcome of a response. ``retry_after``: the header, in seconds with or without decimals."""
    if 200 <= status < 300:
        return Sent()
    if status == 410:
        return ChatUnavailable("410: the receiver is gone")
    if status in REFUSALS or status >= 500:
        whole = retry_after.split(".", 1)[0]
        known = retry_after.isascii() and whole.isdigit() and len(whole) < 10
        seconds = min(float(whole) + ("." in retry_after), LONGEST_RETRY_AFTER) if known else None
        return TemporaryRefusal(f"answered {status}", seconds)
    return PermanentRejection(f"answered {status}")
