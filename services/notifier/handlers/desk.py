"""What the bot's commands have to hand."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.ports import Admins, ChatStore, ConditionParser, ConditionStore, DeliveryStore, Market, Quotes
from services.notifier.handlers.clock import Clock
from services.notifier.handlers.directory import InstrumentBook
from services.notifier.handlers.industries import LatestIndustries


@dataclass(frozen=True)
class Desk:
    """Stores, quotes, industries and limits."""

    chats: ChatStore
    conditions: ConditionStore
    parser: ConditionParser
    deliveries: DeliveryStore
    market: Market
    quotes: Quotes
    industries: LatestIndustries
    book: InstrumentBook
    admins: Admins
    clock: Clock
    watchlist_most: int = 100
    language: str = "ko"
    """Language of new chats."""
