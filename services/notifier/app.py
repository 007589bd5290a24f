"""Composition root of the notifier: opens connections, wires the parts, names the tasks."""

from __future__ import annotations

import asyncio
import hashlib
import math
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from services.notifier.adapters.backtest_runs import ResearchBacktests
from services.notifier.adapters.bot_updates import UpdateTable
from services.notifier.adapters.briefing_tables import BriefingTables
from services.notifier.adapters.charts.renderer import ProcessChartRenderer
from services.notifier.adapters.chat_webhooks import SERVICES, ChatWebhooks
from services.notifier.adapters.chats import ChatTables
from services.notifier.adapters.condition_times import ResearchConditionTimes
from services.notifier.adapters.conditions import ConditionTable
from services.notifier.adapters.console import CHAT, ConsoleChannel
from services.notifier.adapters.deliveries import DeliveryTable
from services.notifier.adapters.email import EmailChannel
from services.notifier.adapters.exchange_calendars import ExchangeCalendars
from services.notifier.adapters.flags import FlagTable
from services.notifier.adapters.key_links import KeyLinkTable
from services.notifier.adapters.market_tables import MarketTables
from services.notifier.adapters.news_tables import NewsTables
from services.notifier.adapters.notices import NoticeTable
from services.notifier.adapters.outcome_publisher import KafkaOutcomePublisher
from services.notifier.adapters.parsing.parser import ProcessParser
from services.notifier.adapters.payments import PaymentTable
from services.notifier.adapters.personal_data import PersonalDataTables
from services.notifier.adapters.positions import PositionTable
from services.notifier.adapters.premium_members import MemberTable
from services.notifier.adapters.statistics import StatisticsTables
from services.notifier.adapters.story_rows import StoryRows
from services.notifier.adapters.webhook import WebhookChannel
from services.notifier.bot.backtests import Backtests
from services.notifier.bot.clean_up import CleanUp
from services.notifier.bot.flags import SECONDS as FLAG_SECONDS
from services.notifier.bot.flags import LatestFlags
from services.notifier.bot.industries import LatestIndustries
from services.notifier.bot.ledger import Ledger
from services.notifier.bot.ports import BotPorts
from services.notifier.bot.premium_expiry import PremiumExpiry
from services.notifier.bot.quotes import LatestQuotes
from services.notifier.delivery.arranging import Arranger
from services.notifier.delivery.attempt import Attempt
from services.notifier.delivery.briefing_schedule import BriefingSchedule
from services.notifier.delivery.briefings import Briefings
from services.notifier.delivery.broadcasting import Broadcasting
from services.notifier.delivery.channel_schedule import ChannelSchedule
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.fan_out import FanOut
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.delivery.news_fan_out import NewsFanOut
from services.notifier.delivery.outcome_reporter import Reporter
from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.delivery.posting import apply_channels
from services.notifier.delivery.sending import Sender, SenderOptions
from services.notifier.delivery.topic_notice import TopicNotices
from services.notifier.domain.ports.chats import Admins
from services.notifier.domain.rate_limits import RateLimit, RateLimiter
from services.notifier.domain.recipients import Chat
from services.notifier.domain.tiers import Tiers
from services.notifier.settings import NotifierSettings
from shared.db import Database, open_database
from shared.kafka import JobClient, Producer, Record, open_group_consumer, open_producer, open_tail
from shared.run_files import RunReader, open_files
from shared.runtime import Lifecycle, Task
from shared.topics import INDUSTRIES, QUOTES, RESEARCH_RESULTS, SIGNALS, STORIES
from shared.waiting import Refresher

if TYPE_CHECKING:
    from services.notifier.adapters.telegram.api import Client

TENTHS = 10
"""Parts of a second over which the messages of Telegram are spread."""
QUOTES_BACK = 2_000
"""Quotes of each partition that are read at the start."""


@asynccontextmanager
async def build(settings: NotifierSettings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    """Open and wire the notifier; yields its tasks."""
    clock = TimeAndRandom()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        producer = await stack.enter_async_context(open_producer(settings, "notifier"))
        consumer = await stack.enter_async_context(open_group_consumer(settings, [SIGNALS], settings.notifier_group, producer))
        token = settings.telegram_bot_token.get_secret_value()
        bot = await _bot(settings, token, stack) if token else None
        chats, market = ChatTables(database), MarketTables(database)
        schedules = await _schedules(settings, bot, chats, clock, stack)
        if bot is not None:
            await apply_channels(settings.posting_channels, chats, chats, "telegram", clock.now())
        deliveries = DeliveryTable(database, tuple(schedules))
        instruments = LatestInstruments(market)
        refresher = Refresher(instruments.refresh, "instruments", lambda: instruments.seconds, lifecycle.stopping)
        pictures = _pictures(settings, market, stack, early=bot is not None) if settings.charts else None
        calendars = ExchangeCalendars(settings.session_files)
        briefings = Briefings(BriefingTables(database), market, calendars, instruments, pictures)
        lease = int(settings.lease_seconds * 1000)
        topics = TopicNotices(chats, deliveries, _admins(bot))
        attempt = Attempt(
            deliveries, chats, instruments, pictures, settings.policy, lease, clock, briefings, topics, settings.public_url
        )
        options = SenderOptions(int(settings.reserve_seconds * 1000), lease, settings.send_concurrency, settings.policy)
        sender = Sender(
            deliveries, schedules, attempt, Arranger(deliveries, chats, clock, settings.alert_stale_seconds * 1000), options, clock
        )
        fan_out = FanOut(
            chats,
            ConditionTable(database),
            market,
            deliveries,
            tuple(schedules),
            settings.policy.expiry,
            clock,
            sender.wake,
            int(settings.alert_hold_seconds * 1000),
            tiers(settings),
        )
        reporter = Reporter(
            deliveries, KafkaOutcomePublisher(producer), hashlib.sha256(b"recipient:" + token.encode()).digest(), clock
        )
        briefed = "telegram" if bot is not None and settings.telegram_polling else ""
        schedule = BriefingSchedule(briefings, calendars, chats, deliveries, briefed, clock, sender.wake)
        lifecycle.on_ready("signals", lambda: consumer.ready)
        lifecycle.on_ready("database", lambda: sender.connected)
        lifecycle.on_alive("signals", lambda: consumer.alive)
        tasks: dict[str, Task] = {
            "signals": partial(consumer.run, fan_out.handle, lifecycle.stopping),
            "sender": partial(_after_instruments, refresher, sender.run, lifecycle.stopping),
            "reports": partial(reporter.run, lifecycle.stopping),
            "instruments": refresher.run,
            "briefings": partial(_after_instruments, refresher, schedule.run, lifecycle.stopping),
        }
        if bot is not None:
            group = f"{settings.notifier_group}-news"
            news = await stack.enter_async_context(open_group_consumer(settings, [STORIES], group, producer))
            stories = NewsFanOut(
                StoryRows(database, "telegram"), deliveries, instruments, settings.policy.expiry, clock, sender.wake
            )
            lifecycle.on_ready("news", lambda: news.ready)
            lifecycle.on_alive("news", lambda: news.alive)
            tasks["news"] = partial(_after_instruments, refresher, partial(news.run, stories.handle), lifecycle.stopping)
        if bot is not None and settings.telegram_polling:
            broadcasting = Broadcasting(NoticeTable(database), "telegram", clock, sender.wake)
            tasks["broadcasts"] = partial(broadcasting.run, lifecycle.stopping)
            tasks |= await _bot_tasks(
                settings,
                lifecycle,
                stack,
                bot,
                schedules["telegram"],
                database,
                producer,
                deliveries,
                instruments,
                refresher,
                clock,
                pictures,
                briefings,
                sender.wake,
            )
        yield tasks


async def _after_instruments(
    refresher: Refresher, run: Callable[[asyncio.Event], Awaitable[None]], stopping: asyncio.Event
) -> None:
    """Start ``run`` once the instruments are loaded: before that, every name would be answered as unknown."""
    if await refresher.wait_first_success():
        await run(stopping)


async def _bot(settings: NotifierSettings, token: str, stack: AsyncExitStack) -> Client:
    from services.notifier.adapters.telegram.api import (
        open_bot,
    )  # the import takes three seconds, which a process without a bot saves

    return await stack.enter_async_context(open_bot(token, settings.telegram_api, settings.send_timeout))


def _admins(bot: Client | None) -> Mapping[str, Admins]:
    """Who knows the administrators of groups, by channel."""
    if bot is None:
        return {}
    from services.notifier.adapters.telegram.administrators import BotAdmins  # slow import, see _bot

    return {"telegram": BotAdmins(bot)}


def tiers(settings: NotifierSettings) -> Tiers:
    """What is free, by the settings."""
    return Tiers(settings.telegram_premium_stars, settings.operators)


def telegram_limiter(settings: NotifierSettings) -> RateLimiter:
    """Telegram's limits for a bot: overall, per chat, and per group or channel, whose ids are negative or names.

    core.telegram.org/api/bots/ids. The messages of a second are spread over it: what is under way when a process is killed may
    come twice, so little should be.
    """
    burst = math.ceil(settings.rate_overall / TENTHS)
    overall = [RateLimit(settings.rate_overall, 1.0), RateLimit(burst, burst / settings.rate_overall)]
    chat = [RateLimit(settings.rate_chat, 1.0)]
    return RateLimiter(overall, chat, [RateLimit(settings.rate_group_minute, 60.0)], lambda chat_id: chat_id.startswith(("-", "@")))


async def _schedules(
    settings: NotifierSettings, bot: Client | None, chats: ChatTables, clock: TimeAndRandom, stack: AsyncExitStack
) -> dict[str, ChannelSchedule]:
    """The enabled channels. Also creates the chats that represent the console and the webhooks."""
    schedules: dict[str, ChannelSchedule] = {}
    if bot is not None:
        from services.notifier.adapters.telegram.channel import TelegramChannel  # slow import, see _bot

        schedules["telegram"] = ChannelSchedule(
            TelegramChannel(bot, settings.send_timeout), telegram_limiter(settings), run_length=8
        )
    if settings.console_enabled:
        schedules["console"] = ChannelSchedule(ConsoleChannel(sys.stdout), RateLimiter([RateLimit(200, 1.0)], []), run_length=100)
        chat = Chat("console", CHAT, kind="console", language=settings.alert_language, watch_all=True)
        await chats.ensure(chat, clock.now())
    if settings.webhook_targets:
        webhook = WebhookChannel(settings.webhook_targets, allow_private=settings.webhook_allow_private, now=clock.now)
        stack.push_async_callback(webhook.close)
        schedules["webhook"] = ChannelSchedule(webhook, RateLimiter([RateLimit(100, 1.0)], [RateLimit(20, 1.0)]), run_length=20)
        for target in settings.webhook_targets:
            chat = Chat("webhook", target.name, kind="webhook", language=target.language, watch_all=True, unvalidated=True)
            await chats.ensure(chat, clock.now())
    for kind in sorted({target.kind for target in settings.channel_targets}):
        targets = {target.name: target for target in settings.channel_targets if target.kind == kind}
        if kind == "email":
            schedules[kind] = ChannelSchedule(
                EmailChannel(targets), RateLimiter([RateLimit(10, 1.0)], [RateLimit(10, 60.0)]), run_length=8
            )
        else:
            service = ChatWebhooks(kind, targets, allow_private=settings.webhook_allow_private)
            stack.push_async_callback(service.close)
            schedules[kind] = ChannelSchedule(service, RateLimiter([RateLimit(50, 1.0)], [SERVICES[kind].limit]), run_length=8)
        for place in targets.values():
            chat = Chat(kind, place.name, kind=kind, language=place.language, watch_all=True)
            await chats.ensure(chat, clock.now())
    return schedules


def _pictures(settings: NotifierSettings, market: MarketTables, stack: AsyncExitStack, *, early: bool) -> PictureCache:
    """``early``: start the drawing process now, which saves the first picture the wait."""
    renderer = ProcessChartRenderer(settings.chart_timeout)
    stack.push_async_callback(renderer.close)
    if early:
        renderer.start()
    return PictureCache(market, renderer)


async def _bot_tasks(
    settings: NotifierSettings,
    lifecycle: Lifecycle,
    stack: AsyncExitStack,
    bot: Client,
    schedule: ChannelSchedule,
    database: Database,
    producer: Producer,
    deliveries: DeliveryTable,
    instruments: LatestInstruments,
    refresher: Refresher,
    clock: TimeAndRandom,
    pictures: PictureCache | None,
    briefings: Briefings,
    wake: Callable[[], None],
) -> dict[str, Task]:
    """The tasks of the bot: polling, and the quotes and industries that it answers from."""
    from services.notifier.adapters.dialogs import DialogTable
    from services.notifier.adapters.telegram.administrators import BotAdmins
    from services.notifier.adapters.telegram.polling import Polling
    from services.notifier.adapters.telegram.premium_channel import TelegramPremiumChannel
    from services.notifier.adapters.telegram.reply_sender import ReplySender  # slow import, see _bot
    from services.notifier.adapters.telegram.stars import TelegramStars
    from services.notifier.adapters.telegram.updates import UpdateProcessor
    from services.notifier.adapters.telegram.webhook_updates import WebhookAddress, WebhookUpdates
    from services.notifier.bot.router import CommandBot

    back = {QUOTES: QUOTES_BACK, INDUSTRIES: None, RESEARCH_RESULTS: 0}
    tail = await stack.enter_async_context(open_tail(settings, back, "notifier-quotes"))
    quotes, industries, research = LatestQuotes(), LatestIndustries(), JobClient(producer)
    handlers: dict[str, Callable[[Sequence[Record[Any]]], Awaitable[None]]] = {
        QUOTES.name: quotes.handle,
        INDUSTRIES.name: industries.handle,
        RESEARCH_RESULTS.name: research.handle,
    }

    async def dispatch(records: Sequence[Record[Any]]) -> None:
        await handlers[records[0].topic](records)  # all records of a batch are from one partition

    answers = ReplySender(bot, schedule.limiter, clock.ticking)
    files = RunReader(open_files(settings.research_artefacts))
    runner = ResearchBacktests(research, database, files, clock.now, settings.backtest_seconds)
    chats, market = ChatTables(database), MarketTables(database)
    backtests = Backtests(runner, answers.send_later, pictures)
    stack.push_async_callback(backtests.close)
    parser = ProcessParser()
    stack.push_async_callback(parser.close)
    parser.start()
    payments, members = PaymentTable(database, settings.alert_language), MemberTable(database)
    place = settings.telegram_premium_channel
    premium_channel = TelegramPremiumChannel(bot, place) if place else None
    stars = TelegramStars(bot)
    ledger = Ledger(stars, payments, PositionTable(database), clock)
    expiry = PremiumExpiry(payments, members, premium_channel, clock, wake)
    flags, personal_data = LatestFlags(FlagTable(database)), PersonalDataTables(database)
    reading = Refresher(flags.refresh, "flags", FLAG_SECONDS, lifecycle.stopping)
    clean_up = CleanUp(chats, personal_data, deliveries, settings.operators, settings.blocked_chat_days, clock, wake)
    ports = BotPorts(
        chats,
        chats,
        ConditionTable(database),
        parser,
        deliveries,
        market,
        NewsTables(database),
        quotes,
        industries,
        instruments,
        BotAdmins(bot),
        clock,
        personal_data,
        NoticeTable(database),
        StatisticsTables(database),
        briefings,
        settings.watchlist_most,
        settings.alert_language,
        settings.operators,
        settings.allowed,
        pictures,
        ResearchConditionTimes(research, clock.now),
        backtests,
        KeyLinkTable(database),
        flags,
        tiers(settings),
        payments,
        stars,
        members,
        premium_channel,
        settings.telegram_pay_support,
    )
    handler = CommandBot(ports, DialogTable(database, clock.now), settings.bot_commands_minute)
    updates = UpdateProcessor(bot, handler, answers, settings.bot_concurrency)
    sells = settings.telegram_premium_stars > 0
    receive = Polling(bot, handler, updates, UpdateTable(database), clock, sells=sells).run
    if settings.telegram_webhook_url:
        secret = settings.telegram_webhook_secret.get_secret_value()
        address = WebhookAddress(
            settings.telegram_webhook_url, secret, settings.telegram_webhook_host, settings.telegram_webhook_port
        )
        receive = WebhookUpdates(bot, handler, updates, UpdateTable(database), address, clock, sells=sells).run
    return {
        "quotes": partial(tail.run, dispatch, lifecycle.stopping),
        "bot": partial(_after_instruments, refresher, receive, lifecycle.stopping),
        "premium": partial(expiry.run, lifecycle.stopping),
        **({"stars": partial(ledger.run, lifecycle.stopping)} if settings.telegram_premium_stars else {}),
        "flags": reading.run,
        "clean-up": partial(clean_up.run, lifecycle.stopping),
    }
