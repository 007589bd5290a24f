"""Alerts in Discord, Slack and ntfy: one web address each, in the format and within the limits of each service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec

from services.notifier.adapters.http_sending import HttpSending, check_url
from services.notifier.domain.address import Address
from services.notifier.domain.messages import Alert
from services.notifier.domain.outcomes import Outcome, PermanentRejection
from services.notifier.domain.rate_limits import RateLimit
from services.notifier.domain.telegram_html import plain
from services.notifier.settings import ChannelTarget

DISCORD_MOST: Final = 2000
"""Characters of ``content``."""
SLACK_MOST: Final = 4000
"""Characters of ``text`` that are not cut (api.slack.com/changelog/2018-04-truncating-really-long-messages)."""
NTFY_MOST: Final = 4000
"""Bytes of ``message``; more than 4,096 become an attachment."""
_MARKDOWN: Final = str.maketrans({sign: "\\" + sign for sign in "\\*_~`|>#[]"})


class Format(Protocol):
    """The body and headers of a service."""

    def __call__(self, alert: Alert, target: ChannelTarget) -> tuple[dict[str, Any], dict[str, str]]: ...


def discord(alert: Alert, target: ChannelTarget) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ARG001
    """https://discord.com/developers/docs/resources/webhook#execute-webhook; nobody is mentioned, whatever a name contains."""
    text = _cut(plain(alert.text).translate(_MARKDOWN), DISCORD_MOST)
    return {"content": text, "allowed_mentions": {"parse": []}, "flags": 4096 if alert.silent else 0}, {}


def slack(alert: Alert, target: ChannelTarget) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ARG001
    """https://api.slack.com/messaging/webhooks; control characters are escaped, so that no name becomes a mention or a link."""
    text = plain(alert.text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": _cut(text, SLACK_MOST), "mrkdwn": False, "unfurl_links": False}, {}


def ntfy(alert: Alert, target: ChannelTarget) -> tuple[dict[str, Any], dict[str, str]]:
    """https://docs.ntfy.sh/publish/#publish-as-json; ``to`` is the topic."""
    title, _, rest = plain(alert.text).partition("\n")
    body = {
        "topic": target.to,
        "title": title[:250],
        "message": _cut_bytes(rest or title, NTFY_MOST),
        "priority": 2 if alert.silent else 3,
    }
    return body, {"Authorization": f"Bearer {target.token}"} if target.token else {}


@dataclass(frozen=True)
class Service:
    """A service: its format, and the messages that one address accepts."""

    format: Format
    limit: RateLimit


SERVICES: Final[dict[str, Service]] = {
    "discord": Service(discord, RateLimit(5, 2.0)),
    "slack": Service(slack, RateLimit(1, 1.0)),
    "ntfy": Service(ntfy, RateLimit(1, 5.0)),
}


class ChatWebhooks:
    """The channel of one service: the chat id is the name of a target."""

    pictures = False
    one_server = False

    def __init__(self, name: str, targets: Mapping[str, ChannelTarget], *, allow_private: bool) -> None:
        self.name = name
        self._targets = dict(targets)
        for target in self._targets.values():
            check_url(f"channel {target.name!r}", target.url, allow_private=allow_private)
        self._http = HttpSending(allow_private=allow_private)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def send(self, to: Address, alert: Alert) -> Outcome:
        target = self._targets.get(to.chat_id)
        if target is None:
            return PermanentRejection("this channel is not configured any more")
        body, headers = SERVICES[self.name].format(alert, target)
        return await self._http.post(target.url, msgspec.json.encode(body), headers)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip("\\") + "…"


def _cut_bytes(text: str, most: int) -> str:
    data = text.encode(errors="replace")
    return text if len(data) <= most else data[: most - 3].decode(errors="ignore") + "…"
