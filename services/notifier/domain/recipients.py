"""Decides which chats receive a signal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import msgspec

from services.notifier.domain.address import Address
from services.notifier.domain.delivery import DeliveryStatus
from shared.events import Signal
from shared.sequences import is_event

ALL_RULES: Final = "*"
"""Stands for every rule type that the chat has not set by name."""

CHANNEL_KIND: Final = "channel"
"""The kind of a chat that signals are posted to by a setting: nobody there can press a button or change a setting."""

PROVISIONAL: Final = "provisional"
"""Stored beside the rule types: signals on forming bars. Off unless the chat switches it on."""


@dataclass(frozen=True)
class Chat:
    """A recipient: an address with the settings of its chat."""

    channel: str
    chat_id: str
    user_id: str = ""
    """The user who may change the settings."""
    kind: str = "private"
    language: str = "ko"
    active: bool = True
    watch_all: bool = False
    unvalidated: bool = False
    """Whether it also receives predictions whose record is not validated; events always."""
    muted_until: int = 0
    rules: dict[str, bool] = field(default_factory=dict)
    """Rule type -> wanted. ``*`` applies to those that are not named; without it ``wants`` decides."""
    watch_all_thread_id: int = 0
    """The topic that receives the signals of all instruments where ``watch_all``."""
    zone: str = ""
    """IANA time zone; empty where none was chosen."""
    quiet_from: int = -1
    """Minute of the day at which the quiet hours begin; -1: there are none."""
    quiet_until: int = -1
    silent: bool = False
    """Whether alerts make no sound."""
    pace: str = "auto"
    """How alerts come, one of ``PACES``."""
    briefings: str = "off"
    """Which briefings it gets, one of ``BRIEFINGS``."""
    briefing_markets: str = ""
    """Markets of its briefings, separated by commas; empty: those of what it watches."""
    briefing_thread_id: int = 0
    """The topic that gets briefings."""
    premium_until: int = 0
    dark: bool = False
    """Whether pictures are dark."""
    news_from: float = 0.0
    """The importance from which it gets stories of news; 0: none."""
    timeframes: str = ""
    """The timeframes of its signals, separated by commas; empty: all."""
    thread_id: int = 0
    """The topic of the current message; not a setting."""

    @property
    def address(self) -> Address:
        """The destination of its messages."""
        return Address(self.channel, self.chat_id, self.thread_id)

    @property
    def wants_provisional(self) -> bool:
        """Whether the chat receives signals on forming bars."""
        return self.rules.get(PROVISIONAL, False)

    def choice(self, rule: str) -> bool | None:
        """Whether the chat has switched this rule type on or off; None where it has said nothing about it.

        >>> Chat("telegram", "1", rules={"*": False, "golden_cross": True}).choice("golden_cross")
        True
        """
        return self.rules.get(rule, self.rules.get(ALL_RULES))

    def wants(self, signal: Signal) -> bool:
        """Whether a signal of a rule is wanted: its timeframe and its rule as chosen; else an event, or a validated prediction.

        ``adapters.recipient_queries`` has the same decision for all chats at once; a test compares the two.
        """
        if self.timeframes and signal.timeframe not in self.timeframes.split(","):
            return False
        if signal.provisional and not self.wants_provisional:
            return False
        chosen = self.choice(signal.rule)
        if chosen is not None:
            return chosen
        if self.unvalidated or is_event(signal.rule, signal.params):
            return True
        return signal.quality is not None and signal.quality.validated


class Recipient(msgspec.Struct, frozen=True):
    """A chat that wants a signal, with what a delivery needs of it: a signal may have thousands of them."""

    channel: str
    chat_id: str
    thread_id: int = 0
    kind: str = "private"
    user_id: str = ""
    muted_until: int = 0
    premium_until: int = 0

    @property
    def address(self) -> Address:
        """The destination of its messages."""
        return Address(self.channel, self.chat_id, self.thread_id)


def status_when_wanted(chat: Chat | Recipient, signal: Signal, now: int, expiry: int) -> DeliveryStatus:
    """The initial status of a delivery of a signal that the chat wants."""
    if chat.muted_until > now:
        return DeliveryStatus.MUTED
    return DeliveryStatus.EXPIRED if is_stale(signal, now, expiry) else DeliveryStatus.PENDING


def is_stale(signal: Signal, now: int, expiry: int) -> bool:
    """Whether a signal is too old to send. A replayed one never is: its times are those of its tape."""
    return not signal.replayed and signal.ts_init + expiry < now
