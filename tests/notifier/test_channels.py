"""The same checks for every channel, against a receiver on a real socket with injected failures."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import html
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from functools import partial
from typing import Any, Final

import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP

from services.notifier.adapters.chat_webhooks import ChatWebhooks, discord, ntfy, slack
from services.notifier.adapters.console import ConsoleChannel
from services.notifier.adapters.email import EmailChannel, message
from services.notifier.adapters.http_sending import ForbiddenUrlError
from services.notifier.adapters.telegram.api import BadTokenError, open_bot
from services.notifier.adapters.telegram.channel import TelegramChannel
from services.notifier.adapters.webhook import WebhookChannel
from services.notifier.domain import telegram_html
from services.notifier.domain.address import Address
from services.notifier.domain.alert_text import alert_buttons, alert_text
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.messages import Alert
from services.notifier.domain.outcomes import (
    ChatMigrated,
    ChatUnavailable,
    DoubtfulOutcome,
    NoResponse,
    Outcome,
    PermanentRejection,
    Sent,
    TemporaryRefusal,
)
from services.notifier.domain.ports.channels import Channel
from services.notifier.settings import ChannelTarget, WebhookTarget
from shared.public_addresses import PublicResolver
from tests.notifier.parts import signal
from tests.notifier.telegram import TOKEN, Fault, open_telegram

SECRET = "a-secret-of-enough-length"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x03\x84\x00\x00\x02\x30"
APPLE = KnownInstrument("AAPL", "Apple <Inc.> & Co", "애플", "USD")


def alert(language: str = "ko", picture: bytes | None = None, **more: Any) -> Alert:
    fired = signal(**more)
    return Alert((fired,), alert_text(fired, APPLE, language), language, alert_buttons(fired, language), picture)


@dataclass
class ChannelUnderTest:
    """A channel and its receiver."""

    channel: Channel
    chat: str
    received: Callable[[], list[str]]
    fail: Callable[[Fault], None]
    gone: Callable[[], Any] = lambda: None
    """Close the receiver: nothing listens any more."""

    @property
    def to(self) -> Address:
        return Address(self.channel.name, self.chat)


PATIENCE: Final = 20.0
"""Seconds in which a channel's receiver answers, unless the test is about one that does not."""


@asynccontextmanager
async def telegram(patience: float = PATIENCE) -> AsyncIterator[ChannelUnderTest]:
    stack_open = open_telegram()
    server = await stack_open.__aenter__()
    async with open_bot(TOKEN, server.base, patience) as bot:
        closed: list[bool] = []

        async def close() -> None:
            if not closed:
                closed.append(True)
                await stack_open.__aexit__(None, None, None)

        try:
            yield ChannelUnderTest(TelegramChannel(bot, patience), "7", lambda: server.texts("7"), server.faults.append, close)
        finally:
            await close()
            assert server.problems == []


@dataclass
class Hooks:
    """A web server that receives webhooks."""

    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        fault = self.faults.pop(0) if self.faults else None
        kind = fault.kind if fault else ""
        if kind in {"", "cut-after", "slow"}:
            self.requests.append((dict(request.headers), body))
        if kind == "slow":
            await asyncio.sleep(2)
        if kind.startswith("cut") and request.transport is not None:
            request.transport.abort()
        if fault and kind == "429":
            return web.Response(status=429, headers={"Retry-After": str(int(fault.value))})
        if kind == "migrate":
            return web.Response(status=302, headers={"Location": "http://169.254.169.254/"})
        return web.Response(status=int(kind) if kind.isdigit() else 204)


@asynccontextmanager
async def hooks() -> AsyncIterator[tuple[Hooks, Callable[[], Any]]]:
    remote = Hooks()
    app = web.Application()
    app.router.add_post("/hook", remote.take)
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    remote.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield remote, runner.cleanup
    finally:
        await runner.cleanup()


@asynccontextmanager
async def webhook(patience: float = PATIENCE) -> AsyncIterator[ChannelUnderTest]:
    async with hooks() as (remote, close):
        target = WebhookTarget(name="desk", url=remote.url, secret=SECRET)
        channel = WebhookChannel([target], allow_private=True, now=lambda: 1_700_000_000_000, timeout=patience)
        try:
            yield ChannelUnderTest(
                channel, "desk", lambda: [json.loads(body)["text"] for _, body in remote.requests], remote.faults.append, close
            )
        finally:
            await channel.close()


@asynccontextmanager
async def console() -> AsyncIterator[ChannelUnderTest]:
    out = io.StringIO()
    yield ChannelUnderTest(
        ConsoleChannel(out), "console", lambda: [text for text in out.getvalue().split("\n\n") if text.strip()], lambda _: None
    )


READ: dict[str, Callable[[dict[str, Any]], str]] = {
    "discord": lambda body: str(body["content"]).replace("\\", ""),
    "slack": lambda body: html.unescape(body["text"]),
    "ntfy": lambda body: f"{body['title']}\n{body['message']}",
}
"""What a person reads."""


@asynccontextmanager
async def messenger(kind: Any) -> AsyncIterator[ChannelUnderTest]:
    async with hooks() as (remote, close):
        target = ChannelTarget(name="desk", kind=kind, url=remote.url, to="alerts")
        channel = ChatWebhooks(kind, {"desk": target}, allow_private=True)
        try:
            yield ChannelUnderTest(
                channel, "desk", lambda: [READ[kind](json.loads(body)) for _, body in remote.requests], remote.faults.append, close
            )
        finally:
            await channel.close()


class Mailbox:
    """The handler of a mail server; an answer in ``answers`` is given instead of acceptance."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self.answers: list[str] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: ARG002, N802 - the library's name
        if self.answers:
            return self.answers.pop(0)
        found = message_from_bytes(envelope.content, policy=default)
        self.mails.append(f"{found['Subject']}\n{found.get_content()}")
        return "250 OK"


@asynccontextmanager
async def email() -> AsyncIterator[ChannelUnderTest]:
    box, loop = Mailbox(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="localhost", loop=loop), "127.0.0.1", 0)
    url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    channel = EmailChannel({"me": ChannelTarget(name="me", kind="email", url=url, to="me@example.com")}, timeout=PATIENCE)
    codes = {"429": "451 try again later", "400": "550 no"}

    async def close() -> None:
        server.close()

    try:
        yield ChannelUnderTest(channel, "me", lambda: box.mails, lambda fault: box.answers.append(codes[fault.kind]), close)
    finally:
        server.close()


IMPATIENT: dict[str, Callable[[], AbstractAsyncContextManager[ChannelUnderTest]]] = {
    "telegram": partial(telegram, 1),
    "webhook": partial(webhook, 1),
}
"""The ones whose receiver is slower than they wait."""
CHANNELS: dict[str, Callable[[], AbstractAsyncContextManager[ChannelUnderTest]]] = {
    "telegram": telegram,
    "webhook": webhook,
    "console": console,
    "discord": partial(messenger, "discord"),
    "slack": partial(messenger, "slack"),
    "ntfy": partial(messenger, "ntfy"),
    "email": email,
}
"""All channels."""

ANSWERS: list[tuple[str, Fault, type[Outcome], int]] = [
    # channel, failure of the receiver, outcome, alerts that arrived
    ("telegram", Fault("429", 3), TemporaryRefusal, 0),
    ("telegram", Fault("403"), ChatUnavailable, 0),
    ("telegram", Fault("400", text="Bad Request: chat not found"), ChatUnavailable, 0),
    ("telegram", Fault("400", text="Bad Request: message is too long"), PermanentRejection, 0),
    ("telegram", Fault("401"), TemporaryRefusal, 0),
    ("telegram", Fault("500"), DoubtfulOutcome, 0),
    ("telegram", Fault("502"), DoubtfulOutcome, 0),
    ("telegram", Fault("slow", 2), NoResponse, 0),
    ("telegram", Fault("cut-before"), NoResponse, 0),
    ("telegram", Fault("cut-after"), NoResponse, 1),
    ("telegram", Fault("migrate", -100123), ChatMigrated, 0),
    ("webhook", Fault("429", 3), TemporaryRefusal, 0),
    ("webhook", Fault("403"), PermanentRejection, 0),
    ("webhook", Fault("400"), PermanentRejection, 0),
    ("webhook", Fault("500"), TemporaryRefusal, 0),
    ("webhook", Fault("502"), TemporaryRefusal, 0),
    ("webhook", Fault("slow", 2), NoResponse, 1),
    ("webhook", Fault("cut-before"), NoResponse, 0),
    ("webhook", Fault("cut-after"), NoResponse, 1),
    ("webhook", Fault("migrate"), PermanentRejection, 0),
    *(
        (name, fault, outcome, arrived)
        for name in ("discord", "slack", "ntfy")
        for fault, outcome, arrived in (
            (Fault("429", 3), TemporaryRefusal, 0),
            (Fault("400"), PermanentRejection, 0),
            (Fault("500"), TemporaryRefusal, 0),
            (Fault("cut-after"), NoResponse, 1),
        )
    ),
    ("email", Fault("429"), TemporaryRefusal, 0),
    ("email", Fault("400"), PermanentRejection, 0),
]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", CHANNELS)
async def test_a_channel_delivers_the_whole_alert(name: str, language: str) -> None:
    async with CHANNELS[name]() as remote:
        assert remote.channel.name == name
        assert isinstance(await remote.channel.send(remote.to, alert(language)), Sent)
        (text,) = remote.received()
        for words in ("AAPL", "182.50 USD", "KST", {"ko": "투자 조언이 아닙니다", "en": "Not investment advice"}[language]):
            assert words in text
        assert ("<b>" in text) == (name == "telegram")


@pytest.mark.parametrize(("name", "fault", "expected", "arrived"), ANSWERS, ids=lambda value: str(getattr(value, "kind", value)))
async def test_a_channel_returns_the_outcome_of_each_failure(
    name: str, fault: Fault, expected: type[Outcome], arrived: int
) -> None:
    async with (IMPATIENT if fault.kind == "slow" else CHANNELS)[name]() as remote:
        remote.fail(fault)
        outcome = await remote.channel.send(remote.to, alert())
        assert isinstance(outcome, expected), outcome
        assert len(remote.received()) == arrived
        assert TOKEN not in repr(outcome)
        if isinstance(outcome, TemporaryRefusal) and fault.value == 3:
            assert outcome.retry_after == 3
        if fault.kind != "slow":
            assert isinstance(await remote.channel.send(remote.to, alert()), Sent)


@pytest.mark.parametrize("name", ["telegram", "webhook", "discord", "email"])
async def test_no_connection_means_refused(name: str) -> None:
    async with CHANNELS[name]() as remote:
        await remote.gone()
        assert isinstance(await remote.channel.send(remote.to, alert()), TemporaryRefusal)


async def test_telegram_sends_the_picture_and_falls_back_to_text() -> None:
    async with open_telegram() as server, open_bot(TOKEN, server.base, PATIENCE) as bot:
        channel = TelegramChannel(bot, PATIENCE)
        assert isinstance(await channel.send(Address("telegram", "7"), alert(picture=PNG)), Sent)
        server.faults.append(Fault("400", text="Bad Request: PHOTO_INVALID_DIMENSIONS"))
        assert isinstance(await channel.send(Address("telegram", "7"), alert(picture=PNG)), Sent)
        assert [(message.method, message.photo is not None) for message in server.accepted] == [
            ("sendPhoto", True),
            ("sendMessage", False),
        ]
        assert server.accepted[0].text == server.accepted[1].text
        assert "mute 1h" in server.accepted[0].actions
        assert server.problems == []


async def test_a_webhook_has_a_signature_and_a_permanent_id() -> None:
    async with hooks() as (remote, _):
        channel = WebhookChannel(
            [WebhookTarget(name="d", url=remote.url, secret=SECRET)], allow_private=True, now=lambda: 1_700_000_000_000
        )
        sent = alert()
        await channel.send(Address("webhook", "d"), sent)
        await channel.close()
        headers, body = remote.requests[0]
        stamp, given = headers["Finstage-Signature"].split(",")
        wanted = hmac.new(SECRET.encode(), b"1700000000." + body, hashlib.sha256).hexdigest()
        assert (stamp, given) == ("t=1700000000", f"v1={wanted}")
        assert headers["Finstage-Delivery"] == sent.signals[0].id
        assert json.loads(body)["signal"]["rule"] == "golden_cross"


PRIVATE = [
    "http://example.com/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://10.0.0.1/",
    "https://169.254.169.254/",
    "https://224.0.0.1/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "ftp://e.com/",
    "https://u:p@e.com/",
    "nonsense",
]


@pytest.mark.parametrize("url", PRIVATE)
async def test_webhooks_to_private_addresses_are_refused_unless_allowed(url: str) -> None:
    with pytest.raises(ForbiddenUrlError):
        WebhookChannel([WebhookTarget(name="d", url=url, secret=SECRET)], allow_private=False, now=lambda: 0)


async def test_a_name_with_a_private_address_is_rejected_at_the_request() -> None:
    channel = WebhookChannel(
        [WebhookTarget(name="d", url="https://localhost/x", secret=SECRET)], allow_private=False, now=lambda: 0
    )
    outcome = await channel.send(Address("webhook", "d"), alert())
    await channel.close()
    assert isinstance(outcome, PermanentRejection)
    assert "may not reach" in outcome.reason
    with pytest.raises(OSError, match="may not reach"):
        await PublicResolver().resolve("localhost", 443)


async def test_the_error_about_a_malformed_token_does_not_contain_it() -> None:
    with pytest.raises(BadTokenError) as error:
        async with open_bot("not-a-token-canary", "http://127.0.0.1:1", 1):
            pass
    assert "canary" not in str(error.value)


HOSTILE_NAMES = [
    "@everyone <!channel> <https://evil.example|x>",
    "**bold** [x](https://evil.example)",
    "a\r\nBcc: other@example.com",
    "가" * 3000,
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_names_become_no_mentions_links_or_headers_and_texts_fit(name: str) -> None:
    made = Alert((signal(),), f"{telegram_html.escape(name, 5000)}\n" + "x" * 9000, "en", key="abc")
    target = ChannelTarget(name="d", kind="email", url="smtp://localhost", to="me@example.com")
    content = discord(made, target)[0]
    assert content["allowed_mentions"] == {"parse": []}
    assert len(content["content"]) <= 2000
    assert "[x](" not in content["content"]
    text = slack(made, target)[0]["text"]
    assert len(text) <= 4000
    assert "<" not in text
    assert len(ntfy(made, target)[0]["message"].encode()) <= 4096
    mail = message(made, target)
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert mail["Message-ID"] == "<abc@finstage>"
