"""Sends alerts as signed HTTP requests to web servers that the operator configures.

``POST`` with a JSON body; ``Finstage-Signature: t=SECONDS,v1=HEX`` where HEX is HMAC-SHA256 of ``SECONDS.BODY`` under the shared
secret; ``Finstage-Delivery`` is the permanent id of the alert, so a receiver can drop repeats. Any 2xx confirms. Redirects are not
followed. A 5xx is the receiver's own statement that it did not accept the alert, so it counts as refused, not unknown.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp.resolver import ThreadedResolver

from services.notifier.domain.address import Address
from services.notifier.domain.messages import Alert
from services.notifier.domain.outcomes import ChatUnavailable, NoResponse, Outcome, PermanentRejection, Sent, TemporaryRefusal
from services.notifier.domain.telegram_html import plain
from services.notifier.settings import WebhookTarget
from shared.public_addresses import ForbiddenAddressError, PublicResolver, is_address, is_public

TIMEOUT_SECONDS: Final = 3.0
LONGEST_RETRY_AFTER: Final = 3600.0
REFUSALS: Final = frozenset({408, 425, 429})


class WebhookUrlError(ValueError):
    """The webhook's URL is not allowed."""


class WebhookChannel:
    """The channel ``webhook``: the chat id is the name of a target."""

    name = "webhook"
    pictures = False
    one_server = False

    def __init__(
        self, targets: Sequence[WebhookTarget], *, allow_private: bool, now: Callable[[], int], timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._targets = {target.name: target for target in targets}
        self._now = now
        for target in targets:
            check_url(target, allow_private=allow_private)
        resolver = ThreadedResolver() if allow_private else PublicResolver()
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=timeout),
            connector=aiohttp.TCPConnector(limit=20, resolver=resolver, force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def send(self, to: Address, alert: Alert) -> Outcome:
        target = self._targets.get(to.chat_id)
        if target is None:
            return PermanentRejection("this webhook is not configured any more")
        body = payload(alert)
        headers = {
            "Content-Type": "application/json",
            "Finstage-Delivery": alert.signal.id,
            "Finstage-Signature": signature(target.secret, body, self._now() // 1000),
        }
        if alert.traceparent:
            headers["traceparent"] = alert.traceparent
        try:
            async with self._http.post(target.url, data=body, headers=headers, allow_redirects=False) as response:
                return _outcome(response.status, response.headers.get("Retry-After", ""))
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, ForbiddenAddressError):
                return PermanentRejection(str(error.os_error))
            return TemporaryRefusal(f"{type(error).__name__}: no connection")
        except aiohttp.ConnectionTimeoutError:
            return TemporaryRefusal("no connection in time")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return NoResponse(f"{type(error).__name__} after the request was started")


def payload(alert: Alert) -> bytes:
    """The body: the signal as on the topic, and the alert as text."""
    body: dict[str, Any] = {"signal": alert.signal, "text": plain(alert.text), "language": alert.language, "repeat": alert.repeat}
    return msgspec.json.encode(body)


def signature(secret: str, body: bytes, seconds: int) -> str:
    """The value of ``Finstage-Signature``.

    >>> signature("0123456789abcdef", b"{}", 1700000000)
    't=1700000000,v1=e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e'
    """
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def check_url(target: WebhookTarget, *, allow_private: bool) -> None:
    """Refuse an invalid URL at the start.

    Raises:
        WebhookUrlError: no http(s) URL, user info in it, plain http or a private address without permission.
    """
    from yarl import URL  # aiohttp's URL type: parsed as in the request

    url = URL(target.url)
    if url.scheme not in {"http", "https"} or not url.host or url.user or url.password:
        raise WebhookUrlError(f"webhook {target.name!r}: expected https://host/path without user info")
    if allow_private:
        return
    if url.scheme != "https":
        raise WebhookUrlError(f"webhook {target.name!r}: plain http needs WEBHOOK_ALLOW_PRIVATE=true")
    if is_address(url.host) and not is_public(url.host):  # the addresses of a host name are checked at each request
        raise WebhookUrlError(f"webhook {target.name!r}: {url.host} is a private address")


def _outcome(status: int, retry_after: str) -> Outcome:
    if 200 <= status < 300:
        return Sent()
    if status == 410:
        return ChatUnavailable("410: the receiver is gone")
    if status in REFUSALS or status >= 500:
        seconds = min(float(retry_after), LONGEST_RETRY_AFTER) if retry_after.isascii() and retry_after.isdigit() else None
        return TemporaryRefusal(f"answered {status}", seconds)
    return PermanentRejection(f"answered {status}")
