"""The ports and settings that the bot's commands use."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.ports import (
    Admins,
    ChatStore,
    ConditionParser,
    ConditionStore,
    ConditionTimes,
    DeliveryStore,
    KeyLinks,
    MarketStore,
    Quotes,
)
from services.notifier.handlers.clock import TimeAndRandom
from services.notifier.handlers.industries import LatestIndustries
from services.notifier.handlers.instruments import LatestInstruments


@dataclass(frozen=True)
class BotContext:
    """Stores, quotes, industries, instruments, administrators, clock and limits."""

    chats: ChatStore
    conditions: ConditionStore
    parser: ConditionParser
    deliveries: DeliveryStore
    market: MarketStore
    quotes: Quotes
    industries: LatestIndustries
    instruments: LatestInstruments
    admins: Admins
    clock: TimeAndRandom
    watchlist_most: int = 100
    language: str = "ko"
    """Language of new chats."""
    condition_times: ConditionTimes | None = None
    """Without it, /explain says only what a condition means."""
    links: KeyLinks | None = None
    """Without it, /link says only what it is for."""
