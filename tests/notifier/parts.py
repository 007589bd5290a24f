"""The notifier's parts wired for tests: real tables, given channels, a manual clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.notifier.adapters.briefing_tables import BriefingTables
from services.notifier.adapters.chats import ChatTables
from services.notifier.adapters.conditions import ConditionTable
from services.notifier.adapters.deliveries import DeliveryTable
from services.notifier.adapters.exchange_calendars import ExchangeCalendars
from services.notifier.adapters.market_tables import MarketTables
from services.notifier.delivery.arranging import Arranger
from services.notifier.delivery.attempt import Attempt
from services.notifier.delivery.briefings import Briefings
from services.notifier.delivery.channel_schedule import ChannelSchedule
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.fan_out import FanOut
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.delivery.sending import Sender, SenderOptions
from services.notifier.delivery.topic_notice import TopicNotices
from services.notifier.domain.delivery import RetryPolicy
from services.notifier.domain.ports.channels import Channel
from services.notifier.domain.ports.chats import Admins
from services.notifier.domain.rate_limits import RateLimit, RateLimiter
from services.notifier.domain.recipients import Chat
from services.notifier.domain.tiers import Tiers
from shared.db import Database
from shared.events import IndustryView, Signal, Timeframe, signal_id
from shared.kafka import Record
from shared.tables import bars, deliveries, instruments

SESSIONS = Path(".cache/sessions")
"""Computing the sessions of an exchange takes seconds."""
NOW = 1_719_864_000_000
"""2024-07-01 20:00 UTC."""


def signal(number: int = 0, symbol: str = "AAPL", rule: str = "golden_cross", **more: Any) -> Signal:
    """A signal; each ``number`` is another one."""
    params = more.pop("params", {"fast": 50.0, "slow": 200.0})
    at = NOW + number * 86_400_000
    fields: dict[str, Any] = {
        "direction": "up",
        "timeframe": Timeframe.D1,
        "price": 182.5,
        "level": 180.11,
        "evidence": {"close": 182.5},
    }
    fields |= {"ts_event": at, "ts_init": NOW, "rule_version": 1} | more
    found = signal_id(rule, 1, params, fields["direction"], symbol, fields["timeframe"], fields["ts_event"])
    return Signal(id=found, rule=rule, params=params, symbol=symbol, **fields)


def records(signals: Sequence[Signal]) -> list[Record[Signal]]:
    """The signals as records from Kafka."""
    return [Record("analysis.signals.v1", 0, i, NOW, found.symbol, found, None) for i, found in enumerate(signals)]


def industry(slug: str, name_en: str, name_ko: str, **more: Any) -> Record[IndustryView]:
    """The view of an industry as a record from Kafka."""
    counts = {"advances": 1, "declines": 0, "unchanged": 0, "missing": 1}
    fields: dict[str, Any] = {"kind": "industry", "ts_event": NOW, "ts_init": NOW, "session": 20240701, "replayed": True, **counts}
    view = IndustryView(industry=slug, name_en=name_en, name_ko=name_ko, **fields | more)
    return Record("analysis.industries.v1", 0, 0, NOW, slug, view, None)


@dataclass
class ManualClock:
    """A clock that the test sets: ``at`` is seconds since ``NOW``."""

    at: float = 0.0

    def clock(self) -> TimeAndRandom:
        return TimeAndRandom(now=lambda: NOW + int(self.at * 1000), ticking=lambda: self.at, chance=lambda: 0.5)


@dataclass
class Parts:
    """The wired parts of a test."""

    database: Database
    chats: ChatTables
    deliveries: DeliveryTable
    market: MarketTables
    instruments: LatestInstruments
    fan_out: FanOut
    sender: Sender
    schedules: Mapping[str, ChannelSchedule]
    briefings: Briefings
    calendars: ExchangeCalendars
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def rows(self) -> list[Any]:
        """All rows of deliveries."""
        async with self.database.connect() as connection:
            return list((await connection.execute(deliveries.select().order_by(deliveries.c.created_at))).all())

    async def statuses(self) -> dict[str, int]:
        """How many rows there are of each status."""
        found: dict[str, int] = {}
        for row in await self.rows():
            found[row.status] = found.get(row.status, 0) + 1
        return found

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Run the sender; stop it at the end."""
        task = asyncio.create_task(self.sender.run(self.stopping))
        try:
            yield
        finally:
            self.stopping.set()
            async with asyncio.timeout(20):
                await task


def wire(
    database: Database,
    channels: Sequence[Channel],
    clock: TimeAndRandom | None = None,
    *,
    policy: RetryPolicy | None = None,
    pictures: PictureCache | None = None,
    rate: int = 1000,
    limiter: RateLimiter | None = None,
    lease: int = 60_000,
    reserve: int = 2_000,
    tiers: Tiers | None = None,
    admins: Mapping[str, Admins] | None = None,
) -> Parts:
    """Wire the parts with some channels, and with rate limits that do not slow down tests."""
    clock = clock or TimeAndRandom()
    policy = policy or RetryPolicy(first_wait=20, longest_wait=100, expiry=10**15)
    schedules = {
        channel.name: ChannelSchedule(channel, limiter or RateLimiter([RateLimit(rate, 1.0)], [RateLimit(rate, 1.0)]), 50)
        for channel in channels
    }
    chats, market = ChatTables(database), MarketTables(database)
    table = DeliveryTable(database, tuple(schedules))
    instruments = LatestInstruments(market)
    calendars = ExchangeCalendars(SESSIONS)
    briefings = Briefings(BriefingTables(database), market, calendars, instruments, pictures)
    topics = TopicNotices(chats, table, admins or {})
    attempt = Attempt(table, chats, instruments, pictures, policy, lease, clock, briefings, topics)
    sender = Sender(table, schedules, attempt, Arranger(table, chats, clock), SenderOptions(reserve, lease, 8, policy), clock)
    channels_known, conditions = tuple(schedules), ConditionTable(database)
    fan_out = FanOut(chats, conditions, market, table, channels_known, policy.expiry, clock, sender.wake, tiers=tiers)
    return Parts(database, chats, table, market, instruments, fan_out, sender, schedules, briefings, calendars)


APPLE = {
    "symbol": "AAPL",
    "name_en": "Apple Inc.",
    "name_ko": "애플",
    "exchange": "NASDAQ",
    "currency": "USD",
    "kind": "stock",
    "sector": "",
    "aliases": '["Apple"]',
    "active": True,
}
SAMSUNG = APPLE | {
    "symbol": "005930.KS",
    "name_en": "Samsung Electronics",
    "name_ko": "삼성전자",
    "exchange": "KRX",
    "currency": "KRW",
    "aliases": '["삼전", "Samsung"]',
}


async def list_instruments(database: Database, *more: str) -> None:
    """Two instruments in the table, and ``more`` by their symbols."""
    rows = [APPLE, SAMSUNG, *(APPLE | {"symbol": symbol, "aliases": "[]"} for symbol in more)]
    async with database.begin() as connection:
        await connection.execute(instruments.insert(), rows)


async def store_bars(database: Database, count: int = 260, symbol: str = "AAPL") -> None:
    """Daily bars up to the time of ``signal(0)``."""
    rows = []
    for i in range(count):
        price = 100.0 + i * 0.3
        rows.append(
            {
                "symbol": symbol,
                "timeframe": "1d",
                "ts_close": NOW - (count - 1 - i) * 86_400_000,
                "ts_open": NOW - (count - 1 - i) * 86_400_000 - 23_400_000,
                "session": 20240101,
                "open": price,
                "high": price + 2,
                "low": price - 2,
                "close": price + 1,
                "volume": 1e6,
                "price_factor": 1.0,
                "split_factor": 1.0,
                "source": "test",
                "replayed": False,
            }
        )
    async with database.begin() as connection:
        await connection.execute(bars.insert(), rows)


def chat(number: int = 7, **more: Any) -> Chat:
    """A Telegram chat that watches everything and wants every prediction, each by itself."""
    fields: dict[str, Any] = {"watch_all": True, "unvalidated": True, "pace": "each"} | more
    return Chat("telegram", str(number), str(number), **fields)
