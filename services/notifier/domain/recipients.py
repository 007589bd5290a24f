"""Who gets a signal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from services.notifier.domain.address import Address
from services.notifier.domain.delivery import DeliveryStatus
from shared.events import Signal

ALL_RULES: Final = "*"
"""Stands for every rule type that the chat has not decided on by name."""

PROVISIONAL: Final = "provisional"
"""Stands beside the rule types for signals on bars that are still forming: wanted only where a chat says so."""


@dataclass(frozen=True)
class Chat:
    """A recipient: an address with the settings of its chat."""

    channel: str
    chat_id: str
    user_id: str = ""
    """Who may change the settings."""
    kind: str = "private"
    language: str = "ko"
    active: bool = True
    watch_all: bool = False
    unvalidated: bool = True
    """Wants signals that have no validated out-of-sample record too."""
    muted_until: int = 0
    rules: dict[str, bool] = field(default_factory=dict)
    """Rule type -> wanted; ``*`` decides on those that are not named; without it they are wanted."""
    watch_all_thread_id: int = 0
    """The topic that gets the signals of all instruments, where ``watch_all``."""
    thread_id: int = 0
    """The topic that is meant at this moment: not a setting."""

    @property
    def address(self) -> Address:
        """Where its messages go."""
        return Address(self.channel, self.chat_id, self.thread_id)

    @property
    def wants_provisional(self) -> bool:
        """Whether the chat hears of bars that are still forming."""
        return self.rules.get(PROVISIONAL, False)

    def wants_rule(self, rule: str) -> bool:
        """Whether this rule type is wanted.

        >>> Chat("telegram", "1", rules={"*": False, "golden_cross": True}).wants_rule("golden_cross")
        True
        """
        return self.rules.get(rule, self.rules.get(ALL_RULES, True))


def initial_status(chat: Chat, watched: frozenset[str], signal: Signal, now: int, expiry: int) -> DeliveryStatus | None:
    """The status that a new delivery of ``signal`` to ``chat`` begins with; None where the chat does not want it.

    ``watched`` are the symbols on the chat's list; ``expiry`` is the age in milliseconds at which a signal is not worth sending.
    """
    if signal.provisional and not chat.wants_provisional:
        return None
    if not chat.active or not (chat.watch_all or signal.symbol in watched) or not chat.wants_rule(signal.rule):
        return None
    if not chat.unvalidated and not (signal.quality and signal.quality.validated):
        return None
    return status_when_wanted(chat, signal, now, expiry)


def status_when_wanted(chat: Chat, signal: Signal, now: int, expiry: int) -> DeliveryStatus:
    """The status that the delivery of a signal begins with which the chat wants."""
    if chat.muted_until > now:
        return DeliveryStatus.MUTED
    return DeliveryStatus.EXPIRED if is_stale(signal, now, expiry) else DeliveryStatus.PENDING


def is_stale(signal: Signal, now: int, expiry: int) -> bool:
    """Whether a signal is too old to be worth sending. A replayed one never is: its times are those of its tape."""
    return not signal.replayed and signal.ts_init + expiry < now
