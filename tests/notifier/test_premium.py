"""Premium end to end: a person pays in the stand-in, uses it, renews, cancels, gets stars back, joins the channel and leaves it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from services.notifier.adapters.payments import PaymentTable
from services.notifier.adapters.positions import PositionTable
from services.notifier.bot.invoices import payload
from services.notifier.bot.ledger import Ledger
from services.notifier.bot.premium_expiry import PremiumExpiry
from services.notifier.domain.payments import Offer, Payment, renewing
from services.notifier.domain.recipients import Chat
from services.notifier.domain.tiers import Tiers
from shared.conditions.user_limits import PREMIUM_GRACE
from shared.db import open_database
from shared.events import Timeframe
from shared.failures import TransientError
from tests.databases import on_mariadb, on_sqlite
from tests.notifier.parts import NOW, ManualClock, records, signal
from tests.notifier.telegram import TOKEN
from tests.notifier.telegram.server import Accepted
from tests.notifier.telegram.stars import PERIOD, Charge, RefusedError
from tests.notifier.test_bot import BotUser, bot_user
from tests.until import until

STARS = 250
PLACE = "-1001"
OPERATOR = frozenset({"1"})
SECONDS = NOW // 1000


@asynccontextmanager
async def customer(database_url: str, **more: Any) -> AsyncIterator[tuple[BotUser, ManualClock]]:
    """A bot that sells premium and has a channel for it; the clock is the test's."""
    clock = ManualClock()
    tiers = Tiers(STARS, OPERATOR)
    async with bot_user(database_url, clock=clock.clock(), premium_channel=PLACE, tiers=tiers, operators=OPERATOR, **more) as user:
        yield user, clock


async def invoice(user: BotUser, chat: int = 7) -> str:
    """The link of the invoice that /premium shows."""
    await user.ask("/premium", chat=chat, user=chat)
    return newest(user, chat).url("invoice")


def newest(user: BotUser, chat: int = 7) -> Accepted:
    return next(each for each in reversed(user.telegram.accepted) if each.chat_id == str(chat))


async def buy(user: BotUser, chat: int = 7) -> Charge:
    """Pay what /premium offers; returns when the bot has said thanks."""
    before = len(user.telegram.texts(str(chat))) + 1
    paid = await user.telegram.stars.pay(await invoice(user, chat), chat, at=SECONDS)
    assert isinstance(paid, Charge), paid
    await until(lambda: len(user.telegram.texts(str(chat))) > before, 60, "the thanks")
    return paid


async def premium_until(user: BotUser, chat: str = "7") -> int:
    known = await user.parts.chats.get("telegram", chat)
    return known.premium_until if known else 0


def expiry(user: BotUser, clock: ManualClock) -> PremiumExpiry:
    ports = user.ports
    assert ports.payments is not None
    assert ports.members is not None
    return PremiumExpiry(ports.payments, ports.members, ports.premium_channel, clock.clock(), user.parts.sender.wake)


@on_sqlite
@pytest.mark.parametrize(
    ("language", "need", "price", "thanks", "have", "cancelled", "ended"),
    [
        (
            "en",
            "Backtests need premium",
            "Subscribe: 250 stars",
            "Thank you! 250 ⭐",
            "It is renewed on",
            "not renewed",
            "has ended",
        ),
        (
            "ko",
            "백테스트는 프리미엄",
            "구독하기: 30일에 별 250개",
            "별 250개를 받았습니다",
            "에 갱신됩니다",
            "갱신되지 않습니다",
            "이용이 끝났습니다",
        ),
    ],
)
async def test_a_subscription_from_the_first_look_to_its_end(
    database_url: str, language: str, need: str, price: str, thanks: str, have: str, cancelled: str, ended: str
) -> None:
    async with customer(database_url) as (user, clock):
        await user.ask(f"/lang {language}")
        assert need in await user.ask("/backtest AAPL rsi_14 < 30")
        shown = await user.press("premium")
        assert price in shown.labels[0]
        paid = await user.telegram.stars.pay(shown.url("invoice"), at=SECONDS)
        assert isinstance(paid, Charge)
        await until(lambda: thanks in user.telegram.texts()[-1], 60, "the thanks")
        assert await premium_until(user) == (SECONDS + PERIOD) * 1000
        assert need not in await user.ask("/backtest AAPL rsi_14 < 30")
        assert have in await user.ask("/premium")
        assert not any(newest(user).urls), "nobody is offered what he has"
        clock.at = PERIOD
        fresh = await user.telegram.stars.renew(paid)
        await until(lambda: thanks in user.telegram.texts()[-1], 60, "the thanks for the renewal")
        assert await premium_until(user) == (fresh.at + PERIOD) * 1000
        await user.ask("/premium")
        await user.press("premium cancel")
        assert user.telegram.stars.cancelled == {paid.id}, "the subscription is that of the first payment"
        assert cancelled in await user.ask("/premium")
        clock.at = 2 * PERIOD + PREMIUM_GRACE / 1000
        await expiry(user, clock).once()
        await expiry(user, clock).once()
        assert need in await user.ask("/backtest AAPL rsi_14 < 30")
        async with user.parts.sending():
            await until(lambda: ended in user.telegram.texts()[-1], 60, "the notice of the end")
        assert sum(ended in text for text in user.telegram.texts()) == 1


@on_sqlite
async def test_who_chooses_timeframes_that_are_not_free_is_told(database_url: str) -> None:
    async with customer(database_url) as (user, _):
        await user.ask("/lang en")
        assert "shorter than a day need premium" in await user.ask("/settings timeframes 1h 1d")
        assert "need premium" not in await user.ask("/settings timeframes 1d")
        assert "need premium" not in await user.ask("/settings timeframes all")
        await buy(user)
        assert "need premium" not in await user.ask("/settings timeframes 1h")


@on_sqlite
async def test_a_checkout_is_judged_by_payload_person_price_and_age(database_url: str) -> None:
    async with customer(database_url) as (user, clock):
        await user.ask("/lang en")
        stars, link = user.telegram.stars, await invoice(user)
        good = stars.invoices[link]["payload"]
        assert "not valid" in await stars.check_out(good.replace(":250:", ":1:"), 7, 1), "a payload that someone changed"
        assert "not valid" in await stars.check_out("premium:7:250:1", 7, STARS)
        assert "The price has changed" in await stars.check_out(payload(Offer("7", 100, NOW), TOKEN), 7, 100)
        assert "The price has changed" in await stars.check_out(good, 7, STARS, currency="USD")
        assert "another person" in await stars.check_out(good, 8, STARS) or "다른 사람" in await stars.check_out(good, 8, STARS)
        clock.at = 86_401
        assert "too old" in await stars.check_out(good, 7, STARS)
        clock.at = 0
        await buy(user)
        assert "already" in await stars.check_out(good, 7, STARS)
        assert len(stars.charges) == 1


async def test_a_charge_is_credited_once_however_often_it_is_reported(database_url: str) -> None:
    async with customer(database_url) as (user, _):
        paid = await buy(user)
        await user.telegram.stars.credit(paid)
        last = await user.telegram.stars.credit(paid)
        await until(lambda: user.telegram.confirmed >= last, 60, "the repeats to be handled")
        assert await premium_until(user) == (SECONDS + PERIOD) * 1000
        assert user.ports.payments is not None
        assert [(each.charge_id, each.stars) for each in await user.ports.payments.of_chat("7")] == [(paid.id, STARS)]
    async with open_database(database_url) as database:  # another process gets it again
        table = PaymentTable(database, "ko")
        again = Payment(paid.id, "7", "7", "", STARS, NOW + 9 * PERIOD * 1000, NOW)
        assert not await table.credit(again, NOW)
        assert await table.credit(Payment(paid.id.upper(), "7", "7", "", STARS, NOW, NOW), NOW), "ids differ by case"
        totals = await table.totals(0, NOW)
        assert (totals["payments"], totals["stars"]) == (2, 2 * STARS)


class BusyPayments:
    """A database that is not available for some attempts."""

    def __init__(self, table: PaymentTable, failures: int) -> None:
        self._table, self._failures = table, failures

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    async def credit(self, payment: Payment, now: int) -> bool:
        self._failures -= 1
        if self._failures >= 0:
            raise TransientError("the database is not available")
        return await self._table.credit(payment, now)


@on_sqlite
async def test_a_payment_waits_for_the_database(database_url: str) -> None:
    async with open_database(database_url) as database:
        busy = BusyPayments(PaymentTable(database, "ko"), 2)
        async with customer(database_url, payments=busy) as (user, _):
            await buy(user)
            assert await premium_until(user) == (SECONDS + PERIOD) * 1000


@on_mariadb
async def test_settings_saved_meanwhile_take_no_premium_away(database_url: str) -> None:
    async with customer(database_url) as (user, _):
        await user.ask("/settings silent on")
        before = await user.parts.chats.get("telegram", "7")
        assert before is not None
        await buy(user)
        await user.parts.chats.save(before, NOW)  # a handler that read the chat before the payment
        assert await premium_until(user) == (SECONDS + PERIOD) * 1000


@on_sqlite
async def test_stars_are_given_back_by_the_operator_alone(database_url: str) -> None:
    async with customer(database_url) as (user, _):
        await user.ask("/lang en", chat=1, user=1)
        first = await buy(user)
        second = await user.telegram.stars.renew(first)
        await until(lambda: len(user.telegram.texts()) == 3, 60, "the thanks for the renewal")
        assert f"/refund {first.id}" not in await user.ask(f"/refund {first.id}")
        assert "no payment" in await user.ask("/refund nothing", chat=1, user=1)
        listed = await user.ask("/payments", chat=1, user=1)
        assert "2 · 500 ⭐" in listed
        assert second.id in listed
        assert "250 ⭐ were given back to 7" in await user.ask(f"/refund {second.id}", chat=1, user=1)
        assert user.telegram.stars.charges[second.id].refunded
        assert user.telegram.stars.cancelled == {first.id}, "and nothing is renewed"
        assert await premium_until(user) == (SECONDS + PERIOD) * 1000, "the first payment still counts"
        await user.telegram.stars.report_refund(second)
        assert "given back" in await user.ask(f"/refund {first.id}", chat=1, user=1)
        assert await premium_until(user) == 0
        assert "were given back" in await user.ask(f"/refund {first.id}", chat=1, user=1), "a refund can be repeated after a kill"
        assert "3 days" in await user.ask("/grant -5 3", chat=1, user=1)
        assert await premium_until(user, "-5") == NOW + 3 * 86_400_000


@on_sqlite
async def test_the_channel_admits_who_paid_and_lets_go_at_the_end(database_url: str) -> None:
    async with customer(database_url) as (user, clock):
        channels = user.telegram.channels
        await user.ask("/lang en")
        assert "for people with premium" in await user.ask("/premium channel")
        await buy(user)
        link = (await user.press("premium channel")).url("+link")
        await channels.ask_to_join(link, 8)  # the link was passed on
        await channels.ask_to_join(link, 7)
        await until(lambda: (PLACE, 7) in channels.members, 60, "the customer to be admitted")
        await until(lambda: channels.declined == [(PLACE, 8)], 60, "the other one to be declined")
        clock.at = PERIOD
        await expiry(user, clock).once()
        assert (PLACE, 7) in channels.members, "a renewal may be late"
        clock.at = PERIOD + PREMIUM_GRACE / 1000
        await expiry(user, clock).once()
        assert channels.members == set()
        assert channels.banned == set(), "who comes back must not be banned"
        assert channels.links[link]["is_revoked"]
        with pytest.raises(RefusedError):
            await channels.ask_to_join(link, 7)
        await user.telegram.stars.renew(Charge("again", 7, "premium:7", STARS, SECONDS, "again"))
        await until(lambda: "Thank you" in user.telegram.texts()[-1], 60, "the thanks")
        again = (await user.press("premium channel")).url("+link")
        await channels.ask_to_join(again, 7)
        await until(lambda: (PLACE, 7) in channels.members, 60, "the customer to be back")


@on_sqlite
async def test_what_is_free_and_what_is_not(database_url: str) -> None:
    async with customer(database_url) as (user, _):
        await user.ask("/lang en")
        assert "bars shorter than a day" in await user.ask("/alert rsi_14 < 30 on 1h for AAPL")
        assert "is set" in await user.ask("/alert AAPL above 200")
        assert "is set" in await user.ask("/alert rsi_14 < 30 on 1d for AAPL")
        assert "bars shorter than a day" in await user.ask("/alerts 1 frequency once_per_bar"), (
            "the free alert on minutes stays once"
        )
        for number in range(2, 20):
            await user.ask(f"/alert close > {number} on 1d for AAPL")
        assert "all 20 alerts that are free. Premium has 100" in await user.ask("/alert close > 20 on 1d for AAPL")
        assert "Daily charts are free" in await user.ask("/chart AAPL 15m")
        assert "Daily charts" not in await user.ask("/chart AAPL")
        assert "need" not in await user.ask("/alert rsi_14 < 30 on 1h for AAPL", chat=1, user=1), "an operator pays nothing"
        for number in (7, 8):
            await user.parts.chats.save(
                Chat("telegram", str(number), str(number), watch_all=True, unvalidated=True, pace="each"), NOW
            )
        await buy(user, 8)
        await user.parts.fan_out.handle(records([signal(0, timeframe=Timeframe.D1), signal(1, timeframe=Timeframe.H1)]))
        rows = [(row.chat_id, row.signal_id) for row in await user.parts.rows()]
        assert sorted(rows) == sorted([("7", signal(0).id), ("8", signal(0).id), ("8", signal(1, timeframe=Timeframe.H1).id)])


@on_sqlite
async def test_without_a_price_nothing_is_sold_or_limited(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/lang en")
        assert "everything is free" in await user.ask("/premium")
        assert "need premium" not in await user.ask("/alert rsi_14 < 30 on 1h for AAPL")
        assert "It is free" in await user.ask("/terms")
        assert "the operator of this bot" in await user.ask("/paysupport")
        assert "not valid" in await user.telegram.stars.check_out(payload(Offer("7", STARS, NOW), TOKEN), 7, STARS)


@on_sqlite
async def test_who_is_forgotten_pays_no_more_and_leaves_the_channel(database_url: str) -> None:
    async with customer(database_url) as (user, _):
        paid = await buy(user)
        link = (await user.press("premium channel")).url("+link")
        await user.telegram.channels.ask_to_join(link, 7)
        await until(lambda: user.telegram.channels.members, 60, "the customer to be admitted")
        await user.ask("/forget")
        await user.press("forget yes")
        assert user.telegram.stars.cancelled == {paid.id}
        assert user.telegram.channels.members == set()
        last = await user.telegram.stars.credit(paid)
        await until(lambda: user.telegram.confirmed >= last, 60, "the repeat to be handled")
        assert await premium_until(user) == 0, "a charge that was forgotten is not credited again"


@on_sqlite
async def test_what_was_never_reported_is_found_in_the_list_of_transactions(database_url: str) -> None:
    async with customer(database_url) as (user, clock):
        ports, stars = user.ports, user.telegram.stars
        assert ports.payments is not None
        assert ports.stars is not None
        positions = PositionTable(user.parts.database)
        ledger = Ledger(ports.stars, ports.payments, positions, clock.clock())
        reported = await buy(user)
        silent = [Charge(f"s{i}", 8, "premium:8:250:1:x", STARS, SECONDS + i, f"s{i}") for i in range(120)]
        foreign = Charge("f", 9, "something else", STARS, SECONDS, "f")
        stars.charges |= {each.id: each for each in (*silent, foreign)}
        await ledger.once()
        await ledger.once()
        assert await positions.get("stars") == 122
        assert await premium_until(user, "8") == (SECONDS + 119 + PERIOD) * 1000
        assert await premium_until(user, "9") == 0
        assert len(await ports.payments.of_chat("7")) == 1
        stars.charges[reported.id] = replace(reported, refunded=True)  # by Telegram's support
        await ledger.once()
        assert await premium_until(user) == 0


def test_a_cancelled_or_refunded_subscription_is_not_renewed() -> None:
    alive = Payment("a", "7", "7", "", 1, NOW + 1, NOW, 0, "a")
    gone = [Payment("b", "7", "7", "", 1, NOW + 9, NOW, 5, "b"), Payment("c", "7", "7", "", 1, NOW + 9, NOW, 0, "c", 5)]
    assert renewing([*gone, alive], NOW) == alive
    assert renewing(gone, NOW) is None
    assert renewing([alive], NOW + 1) is None
