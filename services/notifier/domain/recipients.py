"""Decides which chats receive a signal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from services.notifier.domain.address import Address
from services.notifier.domain.delivery import DeliveryStatus
from shared.events import Signal

ALL_RULES: Final = "*"
"""Stands for every rule type that the chat has not set by name."""

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
    unvalidated: bool = True
    """Whether it also receives signals without a validated out-of-sample record."""
    muted_until: int = 0
    rules: dict[str, bool] = field(default_factory=dict)
    """Rule type -> wanted. ``*`` applies to those that are not named; without it they are wanted."""
    watch_all_thread_id: int = 0
    """The topic that receives the signals of all instruments where ``watch_all``."""
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

    def wants_rule(self, rule: str) -> bool:
        """Whether this rule type is wanted.

        >>> Chat("telegram", "1", rules={"*": False, "golden_cross": True}).wants_rule("golden_cross")
        True
        """
        return self.rules.get(rule, self.rules.get(ALL_RULES, True))


def initial_status(chat: Chat, watched: frozenset[str], signal: Signal, now: int, expiry: int) -> DeliveryStatus | None:
    """The initial status of a delivery of ``signal`` to ``chat``; None where the chat does not want it.

    ``watched``: the symbols on the chat's watchlist; ``expiry``: age in milliseconds at which a signal is too old to send.
    """
    if signal.provisional and not chat.wants_provisional:
        return None
    if not chat.active or not (chat.watch_all or signal.symbol in watched) or not chat.wants_rule(signal.rule):
        return None
    if not chat.unvalidated and not (signal.quality and signal.quality.validated):
        return None
    return status_when_wanted(chat, signal, now, expiry)


def status_when_wanted(chat: Chat, signal: Signal, now: int, expiry: int) -> DeliveryStatus:
    """The initial status of a delivery of a signal that the chat wants."""
    if chat.muted_until > now:
        return DeliveryStatus.MUTED
    return DeliveryStatus.EXPIRED if is_stale(signal, now, expiry) else DeliveryStatus.PENDING


def is_stale(signal: Signal, now: int, expiry: int) -> bool:
    """Whether a signal is too old to send. A replayed one never is: its times are those of its tape."""
    return not signal.replayed and signal.ts_init + expiry < now
