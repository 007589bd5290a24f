"""The ports and settings that commands may use, and how a command gets those that it names."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Final

from services.notifier.bot.backtests import Backtests
from services.notifier.bot.flags import LatestFlags
from services.notifier.bot.industries import LatestIndustries
from services.notifier.delivery.briefings import Briefings
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import Admins, ChatStore, KeyLinks, PersonalData
from services.notifier.domain.ports.conditions import ConditionParser, ConditionStore, ConditionTimes
from services.notifier.domain.ports.deliveries import DeliveryCounts
from services.notifier.domain.ports.market import MarketStore, Quotes
from services.notifier.domain.ports.operating import NoticeStore, Statistics
from services.notifier.domain.ports.payments import MemberStore, PaymentStore, PremiumChannel, Stars
from services.notifier.domain.ports.stories import NewsStore
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.tiers import Tiers

CommandFunction = Callable[..., Awaitable[Reply]]
GIVEN: Final = frozenset({"chat", "arguments"})


@dataclass(frozen=True)
class BotPorts:
    """Stores, quotes, industries, instruments, administrators, clock and limits."""

    chats: ChatStore
    watchlists: Watchlists
    conditions: ConditionStore
    parser: ConditionParser
    deliveries: DeliveryCounts
    market: MarketStore
    news_stories: NewsStore
    quotes: Quotes
    industries: LatestIndustries
    instruments: LatestInstruments
    admins: Admins
    clock: TimeAndRandom
    personal_data: PersonalData
    notices: NoticeStore
    statistics: Statistics
    briefings: Briefings
    watchlist_most: int = 100
    language: str = "ko"
    """Language of new chats."""
    operators: frozenset[str] = frozenset()
    """User ids that may give the operator's commands."""
    allowed: frozenset[str] = frozenset()
    """Chat ids that the bot answers; empty: all."""
    pictures: PictureCache | None = None
    """Without it, replies have no pictures."""
    condition_times: ConditionTimes | None = None
    """Without it, /explain says only what a condition means."""
    backtests: Backtests | None = None
    """Without it, /backtest says that there are none."""
    links: KeyLinks | None = None
    """Without it, /link says only what it is for."""
    flags: LatestFlags = field(default_factory=LatestFlags)
    tiers: Tiers = field(default_factory=Tiers)
    """What is free; without a price everything is."""
    payments: PaymentStore | None = None
    stars: Stars | None = None
    """Without these two nothing is sold."""
    members: MemberStore | None = None
    premium_channel: PremiumChannel | None = None
    """Without it, premium has no channel."""
    support: str = ""
    """Whom /paysupport names."""


def bind(run: CommandFunction, ports: BotPorts) -> CommandFunction:
    """The command with the ports that its parameters name.

    Raises:
        TypeError: a parameter is neither ``chat``, ``arguments`` nor a port.
    """
    known = {each.name for each in fields(BotPorts)}
    wanted = inspect.signature(run).parameters.keys() - GIVEN
    if unknown := wanted - known:
        raise TypeError(f"{run.__module__}.{getattr(run, '__name__', run)}: no port is called {', '.join(sorted(unknown))}")
    return partial(run, **{name: getattr(ports, name) for name in wanted})
