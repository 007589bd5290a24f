"""Settings of the notifier, read from the environment."""

from __future__ import annotations

from typing import Literal, Self

import msgspec
from pydantic import Field, SecretStr, field_validator, model_validator

from services.notifier.domain.delivery import RetryPolicy
from services.notifier.domain.posting import PostingChannel
from shared.settings import MeshSettings, Place, data_folder


class WebhookTarget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A web server that receives every alert."""

    name: str
    url: str
    secret: str
    """Key of the HMAC signature; at least 16 characters."""
    language: Literal["ko", "en"] = "en"

    def __repr__(self) -> str:
        return f"WebhookTarget(name={self.name!r})"


class ChannelTarget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in a messenger, or a mailbox, that receives every alert."""

    name: str
    kind: Literal["discord", "slack", "ntfy", "email"]
    url: str
    """The webhook of Discord or Slack, the ntfy server, or ``smtp://USER:PASSWORD@HOST:PORT``."""
    to: str = ""
    """ntfy: the topic; email: the address."""
    sender: str = ""
    """email: the sender's address, by default that of the receiver."""
    token: str = ""
    """ntfy: an access token."""
    language: Literal["ko", "en"] = "en"

    def __repr__(self) -> str:
        return f"ChannelTarget(name={self.name!r}, kind={self.kind!r})"


class NotifierSettings(MeshSettings):
    """Settings of the notifier."""

    probe_port: int = Field(default=9103, ge=0, le=65535)
    """Port for the probes; 0 chooses a free one."""
    notifier_group: str = "notifier"
    """Consumer group in which the notifiers share the signals."""
    telegram_bot_token: SecretStr = SecretStr("")
    """Token of the Telegram bot; without one, alerts go to the console."""
    telegram_api: str = "https://api.telegram.org"
    """Address of the Bot API, for a local Bot API server or a stand-in."""
    telegram_polling: bool = True
    """Whether this process answers the bot's chats. Telegram allows one poller per token: switch it off on further replicas."""
    console_alerts: bool | None = None
    """Whether alerts are printed on the console; by default only when there is no Telegram token."""
    alert_language: Literal["ko", "en"] = "ko"
    """Language of the console, at every start, and of new groups; a new private chat has that of the person's Telegram."""
    webhooks: SecretStr = SecretStr("[]")
    """JSON array of ``{"name", "url", "secret", "language"}``: web servers that get every alert, signed with HMAC-SHA256."""
    channels: SecretStr = SecretStr("[]")
    """JSON array of ``{"name", "kind", "url", "to", "sender", "token", "language"}``: Discord, Slack, ntfy and email."""
    webhook_allow_private: bool = False
    """Whether webhooks and channels may use plain http and addresses of this machine or a private network."""
    telegram_operators: str = ""
    """User ids, separated by commas, that may use /stats, /broadcast, /flags and /payments."""
    telegram_webhook_url: str = ""
    """Address at which Telegram reaches this process, https, with a path; empty: updates are fetched by polling."""
    telegram_webhook_secret: SecretStr = SecretStr("")
    """What Telegram sends with each update, 16 to 256 letters, digits, ``_`` or ``-``; needed with TELEGRAM_WEBHOOK_URL."""
    telegram_webhook_host: str = "127.0.0.1"
    """Address that the webhook listens on, behind what ends TLS."""
    telegram_webhook_port: int = Field(default=9113, ge=0, le=65535)
    """Port of the webhook."""
    telegram_premium_stars: int = Field(default=0, ge=0, le=10_000)
    """Price of premium for 30 days in Telegram Stars; 0: nothing is sold, and everything is free."""
    telegram_premium_channel: str = ""
    """Id or @name of the channel that only chats with premium may join; the bot must be an administrator there."""
    telegram_pay_support: str = ""
    """Whom /paysupport names: an @name, an address or a page."""
    telegram_channels: str = "[]"
    """JSON array of channels that signals are posted to: ``{"chat", "language", "symbols", "industries", "rules", "timeframes",
    "unproven", "pace", "silent"}``."""
    blocked_chat_days: int = Field(default=30, ge=1, le=3650)
    """Days after which everything about a chat that blocked the bot is deleted."""
    telegram_allowed: str = ""
    """Chat ids, separated by commas, that the bot answers; empty: all."""
    public_url: str = ""
    """Address of the page as people reach it; alerts then have a button that opens the chart there."""
    charts: bool = True
    """Whether Telegram alerts include a chart picture."""
    chart_timeout: float = Field(default=10.0, gt=0)
    """Timeout of drawing a picture, seconds; after it the alert is sent as text."""
    alert_expiry_seconds: int = Field(default=21_600, gt=0)
    """Age at which an alert is no longer worth sending: it is recorded as expired."""
    alert_stale_seconds: int = Field(default=900, gt=0)
    """Age from which alerts that wait, as after an outage, come together as one message."""
    alert_hold_seconds: float = Field(default=2.0, ge=0, le=60)
    """Seconds for which an alert waits for further ones of the same instrument and bar, which come as one message."""
    send_timeout: float = Field(default=20.0, gt=0)
    """Timeout of one request to Telegram, seconds."""
    lease_seconds: float = Field(default=60.0, gt=0)
    """Seconds after which another process takes over a delivery that is still being sent; must exceed ``send_timeout``."""
    reserve_seconds: float = Field(default=20.0, gt=0)
    """Seconds for which a process reserves deliveries while it draws pictures and waits for the rate limit."""
    send_concurrency: int = Field(default=16, ge=1, le=256)
    """Chats that alerts are sent to concurrently."""
    rate_overall: int = Field(default=30, ge=1)
    """Messages a second to Telegram overall; divide it among several notifiers."""
    rate_chat: int = Field(default=1, ge=1)
    """Messages a second to one Telegram chat."""
    rate_group_minute: int = Field(default=20, ge=1)
    """Messages a minute to one Telegram group."""
    bot_commands_minute: int = Field(default=30, ge=1)
    """Commands a minute that the bot answers to one person; more are ignored after one warning."""
    bot_concurrency: int = Field(default=8, ge=1, le=64)
    """Updates of the bot that are handled concurrently."""
    backtest_seconds: float = Field(default=600.0, gt=0)
    """Time limit of a backtest of the bot with the time that it waits, seconds; then it is cancelled."""
    research_artefacts: Place = Field(default_factory=lambda given: str(data_folder(given["var"]) / "research"))
    """Folder or URL of the files of runs, the same as that of analysis research; without it backtests are sent without pictures.
    Unset: ``research`` beside the database of the newest ``make run`` under VAR, or in VAR itself."""
    watchlist_most: int = Field(default=100, ge=1, le=1000)
    """Symbols that a chat may have on its watchlist."""

    @field_validator("webhooks")
    @classmethod
    def _decodable(cls, value: SecretStr) -> SecretStr:
        _targets(value)
        return value

    @field_validator("telegram_operators", "telegram_allowed")
    @classmethod
    def _ids(cls, value: str) -> str:
        for each in _split(value):
            if not each.removeprefix("-").isdecimal() or not each.isascii():
                raise ValueError(f"{each!r} is no id of Telegram: expected numbers, separated by commas")
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError(f"PUBLIC_URL is {value!r}: it must begin with https:// or http://")
        return value

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> Self:
        url, secret = self.telegram_webhook_url, self.telegram_webhook_secret.get_secret_value()
        if url and not url.startswith("https://"):
            raise ValueError("TELEGRAM_WEBHOOK_URL must begin with https://")
        plain = secret.replace("_", "a").replace("-", "a")
        if url and not (16 <= len(secret) <= 256 and plain.isascii() and plain.isalnum()):
            raise ValueError("TELEGRAM_WEBHOOK_URL needs TELEGRAM_WEBHOOK_SECRET: 16 to 256 letters, digits, _ or -")
        return self

    @field_validator("telegram_channels")
    @classmethod
    def _posting_decodable(cls, value: str) -> str:
        _posting(value)
        return value

    @field_validator("channels")
    @classmethod
    def _channels_decodable(cls, value: SecretStr) -> SecretStr:
        _channels(value)
        return value

    @model_validator(mode="after")
    def _leases_outlast_requests(self) -> Self:
        longest = max(self.send_timeout, 3.0)
        if self.lease_seconds <= longest:
            raise ValueError(f"LEASE_SECONDS is {self.lease_seconds:g}: it must exceed the longest request, {longest:g} s")
        return self

    @property
    def policy(self) -> RetryPolicy:
        """The retry policy of deliveries."""
        return RetryPolicy(expiry=self.alert_expiry_seconds * 1000)

    @property
    def webhook_targets(self) -> tuple[WebhookTarget, ...]:
        """The webhooks, decoded."""
        return _targets(self.webhooks)

    @property
    def channel_targets(self) -> tuple[ChannelTarget, ...]:
        """The messengers and mailboxes, decoded."""
        return _channels(self.channels)

    @property
    def posting_channels(self) -> tuple[PostingChannel, ...]:
        """The channels that signals are posted to, decoded."""
        return _posting(self.telegram_channels)

    @property
    def operators(self) -> frozenset[str]:
        """User ids of the operators."""
        return frozenset(_split(self.telegram_operators))

    @property
    def allowed(self) -> frozenset[str]:
        """Chat ids that the bot answers; empty: all."""
        return frozenset(_split(self.telegram_allowed))

    @property
    def console_enabled(self) -> bool:
        """Whether alerts are printed on the console."""
        return self.console_alerts if self.console_alerts is not None else not self.telegram_bot_token.get_secret_value()


def _split(value: str) -> list[str]:
    return [each.strip() for each in value.split(",") if each.strip()]


def _targets(value: SecretStr) -> tuple[WebhookTarget, ...]:
    try:
        targets = msgspec.json.decode(value.get_secret_value() or "[]", type=tuple[WebhookTarget, ...])
    except msgspec.DecodeError as error:
        raise ValueError(f"WEBHOOKS: {error}") from None
    for target in targets:
        if len(target.secret) < 16:
            raise ValueError(f"WEBHOOKS: the secret of {target.name!r} has fewer than 16 characters")
    if len({target.name for target in targets}) != len(targets):
        raise ValueError("WEBHOOKS: two have the same name")
    return targets


def _posting(value: str) -> tuple[PostingChannel, ...]:
    try:
        found = msgspec.json.decode(value or "[]", type=tuple[PostingChannel, ...])
        for each in found:
            each.check()
    except (msgspec.DecodeError, ValueError) as error:
        raise ValueError(f"TELEGRAM_CHANNELS: {error}") from None
    if len({each.chat for each in found}) != len(found):
        raise ValueError("TELEGRAM_CHANNELS: two have the same chat")
    return found


def _channels(value: SecretStr) -> tuple[ChannelTarget, ...]:
    try:
        targets = msgspec.json.decode(value.get_secret_value() or "[]", type=tuple[ChannelTarget, ...])
    except msgspec.DecodeError as error:
        raise ValueError(f"CHANNELS: {error}") from None
    for target in targets:
        if target.kind in {"ntfy", "email"} and not target.to:
            raise ValueError(f"CHANNELS: {target.name!r} needs 'to'")
    if len({(target.kind, target.name) for target in targets}) != len(targets):
        raise ValueError("CHANNELS: two of one kind have the same name")
    return targets
