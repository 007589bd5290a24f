"""Sends alerts as signed HTTP requests to web servers that the operator configures.

``POST`` with a JSON body; ``Finstage-Signature: t=SECONDS,v1=HEX`` where HEX is HMAC-SHA256 of ``SECONDS.BODY`` under the shared
secret; ``Finstage-Delivery`` is the permanent id of the alert, so a receiver can drop repeats. Any 2xx confirms. Redirects are not
followed. A 5xx is the receiver's own statement that it did not accept the alert, so it counts as refused, not unknown.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from services.notifier.adapters.http_sending import TIMEOUT_SECONDS, HttpSending, check_url
from services.notifier.domain.address import Address
from services.notifier.domain.messages import Alert
from services.notifier.domain.outcomes import Outcome, PermanentRejection
from services.notifier.domain.telegram_html import plain
from services.notifier.settings import WebhookTarget


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
            check_url(f"webhook {target.name!r}", target.url, allow_private=allow_private)
        self._http = HttpSending(allow_private=allow_private, timeout=timeout)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def send(self, to: Address, alert: Alert) -> Outcome:
        target = self._targets.get(to.chat_id)
        if target is None:
            return PermanentRejection("this webhook is not configured any more")
        if len(alert.signals) != 1:
            return PermanentRejection("a webhook takes single signals")
        body = payload(alert)
        headers = {
            "Finstage-Delivery": alert.signals[0].id,
            "Finstage-Signature": signature(target.secret, body, self._now() // 1000),
        }
        if alert.traceparent:
            headers["traceparent"] = alert.traceparent
        return await self._http.post(target.url, body, headers)


def payload(alert: Alert) -> bytes:
    """The body: the signal as on the topic, and the alert as text."""
    body: dict[str, Any] = {
        "signal": alert.signals[0],
        "text": plain(alert.text),
        "language": alert.language,
        "repeat": alert.repeat,
    }
    return msgspec.json.encode(body)


def signature(secret: str, body: bytes, seconds: int) -> str:
    """The value of ``Finstage-Signature``.

    >>> signature("0123456789abcdef", b"{}", 1700000000)
    't=1700000000,v1=e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e'
    """
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"
