"""What a chat may use: everything, or the part that is free. Without a price all chats may use everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.notifier.domain.conditions import ONCE
from services.notifier.domain.recipients import Chat, Recipient
from shared.conditions.user_limits import MAX_PER_OWNER, MAX_PREMIUM, has_premium
from shared.events import Timeframe

INTRADAY: Final = frozenset(str(each) for each in Timeframe if each.row.length_ms)
"""Timeframes that are not free."""
PEOPLE: Final = frozenset({"private", "group"})
"""Kinds of chats that can be limited: a channel of the operator, a console and a webhook are not."""


@dataclass(frozen=True)
class Tiers:
    """The price and who need not pay it."""

    stars: int = 0
    """Price of 30 days in Telegram Stars; 0: nothing is sold, and nothing is limited."""
    operators: frozenset[str] = frozenset()
    """User ids that may use everything."""

    @property
    def sells(self) -> bool:
        """Whether there is a price."""
        return self.stars > 0

    def is_full(self, chat: Chat | Recipient, now: int) -> bool:
        """Whether the chat may use everything.

        >>> Tiers().is_full(Chat("telegram", "7"), 0), Tiers(100).is_full(Chat("telegram", "7"), 3_600_000)
        (True, False)
        """
        return not self.sells or chat.kind not in PEOPLE or self.has_paid(chat, now) or chat.user_id in self.operators

    def has_paid(self, chat: Chat | Recipient, now: int) -> bool:
        """Whether the chat has premium, by payment or granted."""
        return has_premium(chat.premium_until, now)

    def most_conditions(self, chat: Chat | Recipient, now: int) -> int:
        """How many alerts the chat may have."""
        paid = self.has_paid(chat, now) or (self.sells and self.is_full(chat, now))
        return MAX_PREMIUM if paid else MAX_PER_OWNER

    def allows(self, chat: Chat | Recipient, timeframe: str, now: int, frequency: str = "") -> bool:
        """Whether the chat may use a timeframe. An alert that is for once, such as one on a price, is free on each.

        >>> tiers, free = Tiers(100), Chat("telegram", "7")
        >>> [tiers.allows(free, each, 0) for each in ("1d", "1h")], tiers.allows(free, "1m", 0, "once")
        ([True, False], True)
        """
        return timeframe not in INTRADAY or frequency == ONCE or self.is_full(chat, now)
