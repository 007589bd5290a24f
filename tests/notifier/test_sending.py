"""Fan-out and the sender on real tables: recipients, no duplicates, and the effect of each failure on rows and chats."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace
from sqlalchemy import case, func, select, update
from structlog.testing import capture_logs

from services.notifier.adapters.telegram.api import open_bot
from services.notifier.adapters.telegram.channel import TelegramChannel
from services.notifier.app import telegram_limiter
from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.domain.address import Address
from services.notifier.domain.delivery import NEVER, RetryPolicy
from services.notifier.domain.messages import Alert
from services.notifier.domain.outcomes import Outcome, Sent, TemporaryRefusal
from services.notifier.domain.ports.pictures import Picture, RenderError
from services.notifier.domain.recipients import Chat
from services.notifier.settings import NotifierSettings
from shared.db import open_database
from shared.events import SignalQuality
from shared.failures import PoisonError
from shared.tables import deliveries
from tests.notifier.parts import NOW, ManualClock, Parts, chat, list_instruments, records, signal, store_bars, wire
from tests.notifier.telegram import TOKEN, Fault, Telegram, open_telegram
from tests.notifier.test_texts import QUALITY
from tests.until import until


@dataclass
class RecordingChannel:
    """A channel that records alerts and returns given outcomes."""

    name: str = "telegram"
    pictures: bool = False
    one_server: bool = True
    answers: list[Outcome] = field(default_factory=list)
    sent: list[tuple[str, Alert]] = field(default_factory=list)

    async def send(self, to: Address, alert: Alert) -> Outcome:
        await asyncio.sleep(0)
        self.sent.append((to.chat_id, alert))
        return self.answers.pop(0) if self.answers else Sent(str(len(self.sent)))

    def counts(self) -> Counter[tuple[str, str]]:
        return Counter((chat_id, alert.signals[0].id) for chat_id, alert in self.sent)


async def finished(parts: Parts, count: int, seconds: float = 20) -> list[object]:
    """The rows, once there are ``count`` and all are final."""

    counted = select(func.count(), func.count(case((deliveries.c.next_try_at == NEVER, 1))))

    async def settled() -> bool:
        async with parts.database.connect() as connection:
            total, final = (await connection.execute(counted.select_from(deliveries))).one()
        return bool(total == final == count)

    await until(settled, seconds, f"{count} settled deliveries")
    return await parts.rows()


RECIPIENTS: list[tuple[str, Chat, list[str], SignalQuality | None, str | None]] = [
    # what, chat, its watchlist, the signal's record, the status of its delivery
    ("watches it", chat(watch_all=False), ["AAPL"], None, "sent"),
    ("watches another", chat(watch_all=False), ["MSFT"], None, None),
    ("watches everything", chat(), [], None, "sent"),
    ("switched off", chat(active=False), [], None, None),
    ("muted", chat(muted_until=10**15), [], None, "muted"),
    ("does not want the rule", chat(rules={"golden_cross": False}), [], None, None),
    ("wants only this rule", chat(rules={"*": False, "golden_cross": True}), [], None, "sent"),
    ("wants only another rule", chat(rules={"*": False, "gap": True}), [], None, None),
    ("a prediction without a record", chat(unvalidated=False), [], None, None),
    ("a prediction no better than chance", chat(unvalidated=False), [], replace(QUALITY, validated=False), None),
    ("a validated prediction", chat(unvalidated=False), [], QUALITY, "sent"),
    ("a prediction that was asked for", chat(unvalidated=False, rules={"golden_cross": True}), [], None, "sent"),
    ("every rule was asked for", chat(unvalidated=False, rules={"*": True}), [], None, "sent"),
    ("another was asked for", chat(unvalidated=False, rules={"gap": True}), [], None, None),
    ("a validated prediction that is switched off", chat(rules={"golden_cross": False}), [], QUALITY, None),
]


@pytest.mark.parametrize(
    ("what", "who", "watched", "quality", "expected"), RECIPIENTS, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_who_receives_a_signal(
    database_url: str, what: str, who: Chat, watched: list[str], quality: SignalQuality | None, expected: str | None
) -> None:
    channel = RecordingChannel()
    async with open_database(database_url) as database:
        parts = wire(database, [channel])
        await parts.chats.save(who, 0)
        await parts.chats.watch(Address("telegram", "7"), watched, 0)
        await parts.fan_out.handle(records([signal(quality=quality)] * 2))
        await parts.fan_out.handle(records([signal(quality=quality)]))
        async with parts.sending():
            await finished(parts, 1 if expected else 0)
        assert await parts.statuses() == ({expected: 1} if expected else {})
        assert len(channel.sent) == (1 if expected == "sent" else 0)


@pytest.mark.parametrize(
    ("rule", "params", "event"),
    [
        ("price_move", {"level": 0.03}, True),
        ("volume_surge", {"period": 20.0, "ratio": 2.0, "move": 0.01}, True),
        ("new_low", {"bars": 252.0}, True),
        ("all_time_high", {}, True),
        ("gap", {"move": 0.01}, True),
        ("prev_high_break", {}, True),
        ("sma_breakout_down", {"period": 200.0}, True),
        ("sma_breakout_down", {"period": 20.0}, False),
        ("dead_cross", {"fast": 50.0, "slow": 200.0}, False),
        ("hammer", {}, False),
        ("double_top", {}, False),
        ("sequence", {}, False),
        ("a rule of a newer version", {}, False),
    ],
)
def test_events_come_by_default_and_predictions_do_not(rule: str, params: dict[str, float], event: bool) -> None:
    fired = signal(rule=rule, params=params)
    usual = Chat("telegram", "7", watch_all=True)
    assert usual.wants(fired) == event
    assert usual.wants(replace(fired, quality=QUALITY))
    assert not dataclasses.replace(usual, rules={rule: False}).wants(fired)


@pytest.mark.parametrize("broken", [{"id": "x" * 40}, {"symbol": "A" * 40}, {"rule": ""}, {"symbol": "A\x00B"}])
async def test_a_signal_that_cannot_be_stored_is_poison(database_url: str, broken: dict[str, str]) -> None:
    async with open_database(database_url) as database:
        parts = wire(database, [RecordingChannel()])
        with pytest.raises(PoisonError, match=next(iter(broken))):
            await parts.fan_out.handle(records([replace(signal(), **broken)]))


async def test_two_senders_share_rows_and_none_is_sent_twice(database_url: str) -> None:
    channel = RecordingChannel()
    async with open_database(database_url) as database, open_database(database_url) as other:
        first, second = wire(database, [channel]), wire(other, [channel])
        for number in range(8):
            await first.chats.save(chat(number), 0)
        async with first.sending(), second.sending():
            await first.fan_out.handle(records([signal(i) for i in range(15)]))
            await finished(first, 120, 60)
        assert set(channel.counts().values()) == {1}
        assert len(channel.counts()) == 120


async def test_an_abandoned_delivery_is_taken_over_once_and_marked(database_url: str) -> None:
    channel, manual = RecordingChannel(), ManualClock()
    async with open_database(database_url) as database:
        parts = wire(database, [channel], manual.clock())
        await parts.chats.save(chat(), 0)
        await parts.fan_out.handle(records([signal()]))
        async with database.begin() as connection:
            lease = manual.clock().now() + 60_000
            await connection.execute(update(deliveries).values(status="sending", tries=1, next_try_at=lease))
        async with parts.sending():
            await until(lambda: parts.sender.connected)
            assert channel.sent == []
            manual.at = 120.0

            def look_again() -> bool:
                manual.at += 1.0
                parts.sender.wake()
                return bool(channel.sent)

            await until(look_again)
            await finished(parts, 1)
        (row,) = await parts.rows()
        assert (row.status, row.tries, row.unknowns) == ("sent", 2, 1)
        assert "반복된 알림일 수 있음" in channel.sent[0][1].text


async def test_old_alerts_expire_instead_of_being_sent(database_url: str) -> None:
    channel, manual = RecordingChannel(answers=[TemporaryRefusal("away")] * 1000), ManualClock()
    async with open_database(database_url) as database:
        parts = wire(database, [channel], manual.clock(), policy=RetryPolicy(expiry=60_000, first_wait=1000))
        await parts.chats.save(chat(), 0)
        await parts.fan_out.handle(records([signal()]))
        async with parts.sending():
            await until(lambda: channel.sent)
            manual.at = 61.0
            await finished(parts, 1)
        assert await parts.statuses() == {"expired": 1}


async def deliver(server: Telegram, parts: Parts, count: int) -> None:
    await parts.fan_out.handle(records([signal(i) for i in range(count)]))
    async with parts.sending():
        await finished(parts, count)
    assert server.problems == []


FAULTS: list[tuple[Fault, str, int, int]] = [
    # fault on the first request, status in the end, unknowns, alerts that arrived
    (Fault("429", 1), "sent", 0, 1),
    (Fault("403"), "failed", 0, 0),
    (Fault("400", text="Bad Request: message text is empty"), "failed", 0, 0),
    (Fault("500"), "sent", 1, 1),
    (Fault("502"), "sent", 1, 1),
    (Fault("cut-before"), "sent", 1, 1),
    (Fault("cut-after"), "sent", 1, 2),
]


@pytest.mark.parametrize(("fault", "status", "unknowns", "arrived"), FAULTS, ids=lambda value: str(getattr(value, "kind", value)))
async def test_the_row_after_each_fault(database_url: str, fault: Fault, status: str, unknowns: int, arrived: int) -> None:
    async with open_telegram() as server, open_bot(TOKEN, server.base, 20) as bot, open_database(database_url) as database:
        parts = wire(database, [TelegramChannel(bot, 20)])
        await parts.chats.save(chat(), 0)
        server.faults.append(fault)
        began = time.monotonic()
        await deliver(server, parts, 1)
        (row,) = await parts.rows()
        assert (row.status, row.unknowns, len(server.accepted)) == (status, unknowns, arrived)
        assert (row.error != "") == (status != "sent")
        assert row.message_id == (str(arrived) if status == "sent" else "")
        found = await parts.chats.get("telegram", "7")
        assert found is not None
        assert found.active == (fault.kind != "403")
        if fault.kind == "429":
            assert server.accepted[0].at - began >= 1


async def test_an_alert_that_stays_unanswered_is_resent_once_and_then_final(database_url: str) -> None:
    async with open_telegram() as server, open_bot(TOKEN, server.base, 20) as bot, open_database(database_url) as database:
        parts = wire(database, [TelegramChannel(bot, 20)])
        await parts.chats.save(chat(), 0)
        server.faults += [Fault("cut-after"), Fault("cut-after"), Fault("cut-after")]
        await deliver(server, parts, 1)
        (row,) = await parts.rows()
        assert (row.status, row.tries, row.unknowns) == ("unknown", 2, 2)
        assert len(server.accepted) == 2
        assert "반복" not in server.accepted[0].text
        assert "반복" in server.accepted[1].text


async def test_a_chat_that_moves_takes_settings_and_open_alerts_along(database_url: str) -> None:
    async with open_telegram() as server, open_bot(TOKEN, server.base, 20) as bot, open_database(database_url) as database:
        parts = wire(database, [TelegramChannel(bot, 20)])
        await parts.chats.save(
            Chat("telegram", "-5", "9", "group", language="en", pace="each", rules={"gap": False, "golden_cross": True}), 0
        )
        await parts.chats.watch(Address("telegram", "-5"), ["AAPL"], 0)
        server.faults.append(Fault("migrate", -100200))
        await deliver(server, parts, 4)
        assert Counter(message.chat_id for message in server.accepted) == {"-100200": 4}
        new, old = await parts.chats.get("telegram", "-100200"), await parts.chats.get("telegram", "-5")
        assert new is not None
        assert old is not None
        assert (new.active, new.language, new.user_id, new.rules, old.active) == (
            True,
            "en",
            "9",
            {"gap": False, "golden_cross": True},
            False,
        )
        assert await parts.chats.watched(Address("telegram", "-100200")) == ["AAPL"]


async def test_a_group_gets_no_more_than_its_limit_and_does_not_block_others(database_url: str) -> None:
    manual = ManualClock()
    limiter = telegram_limiter(NotifierSettings(_env_file=None, rate_overall=1000, rate_chat=1000, rate_group_minute=3))
    async with open_telegram() as server, open_bot(TOKEN, server.base, 20) as bot, open_database(database_url) as database:
        parts = wire(database, [TelegramChannel(bot, 20)], manual.clock(), limiter=limiter)
        for number in (-100200, -5, 7):
            await parts.chats.save(chat(number, kind="private" if number > 0 else "group"), 0)
        await parts.fan_out.handle(records([signal(i) for i in range(7)]))
        sent: list[Counter[str]] = []

        async def postponed() -> bool:
            parts.sender.wake()
            reserved = manual.clock().now() + 2_000  # deliveries of the current runs
            rows = await parts.rows()
            return all(row.status == "sent" or (row.status == "pending" and row.next_try_at > reserved) for row in rows)

        async with parts.sending():
            while not sent or sent[-1].total() < 21:
                await until(postponed, 20, "deliveries over the limit to be postponed")
                sent.append(Counter(message.chat_id for message in server.accepted))
                assert len(sent) < 20, sent
                manual.at += 20.0
        assert sent[0] == {"7": 7, "-5": 3, "-100200": 3}, "the groups have reached their limit, and no other chat waits"
        for before, after in zip(sent, sent[3:], strict=False):
            assert max((after - before).values(), default=0) <= 3, "more than the limit in a minute"
        assert server.problems == []


@dataclass
class BrokenRenderer:
    """Always fails."""

    async def render(self, request: Picture) -> bytes:  # noqa: ARG002
        raise RenderError("timeout")


async def test_alerts_are_sent_as_text_without_a_picture(database_url: str) -> None:
    channel = RecordingChannel(pictures=True)
    async with open_database(database_url) as database:
        await list_instruments(database)
        await store_bars(database)
        parts = wire(database, [channel])
        pictures = PictureCache(parts.market, BrokenRenderer())
        parts = wire(database, [channel], pictures=pictures)
        await parts.instruments.refresh()
        await parts.chats.save(chat(), 0)
        await parts.fan_out.handle(records([signal(), signal(symbol="NOBARS")]))
        async with parts.sending():
            await finished(parts, 2)
        assert [alert.picture for _, alert in channel.sent] == [None, None]
        assert any("애플 (Apple Inc.)" in alert.text for _, alert in channel.sent)


async def test_stopping_releases_deliveries_that_were_not_started(database_url: str) -> None:
    channel, manual = RecordingChannel(), ManualClock()
    async with open_database(database_url) as database:
        parts = wire(database, [channel], manual.clock(), rate=1)
        await parts.chats.save(chat(), 0)
        await parts.fan_out.handle(records([signal(i) for i in range(5)]))
        async with parts.sending():
            await until(lambda: channel.sent)
        rows = await parts.rows()
        assert Counter(row.status for row in rows) == {"sent": 1, "pending": 4}
        assert all(row.next_try_at <= manual.clock().now() for row in rows if row.status == "pending")


async def test_a_chat_with_a_long_queue_does_not_block_another(database_url: str) -> None:
    channel, manual = RecordingChannel(), ManualClock()
    async with open_database(database_url) as database:
        parts = wire(database, [channel], manual.clock())
        parts.schedules["telegram"].limiter.pause(10_000.0, "7")
        await parts.chats.save(chat(7), 0)
        await parts.fan_out.handle(records([signal(i) for i in range(300)]))
        await parts.chats.save(chat(8), 0)
        await parts.fan_out.handle(records([signal(1000)]))
        async with parts.sending():
            await until(lambda: channel.sent, 30)
        assert [name for name, _ in channel.sent] == ["8"]


@dataclass
class RaisingChannel(RecordingChannel):
    """Raises for some alerts, by the number of their signal."""

    raises: dict[int, BaseException] = field(default_factory=dict)

    async def send(self, to: Address, alert: Alert) -> Outcome:
        if (error := self.raises.get((alert.signals[0].ts_event - NOW) // 86_400_000)) is not None:
            raise error
        return await super().send(to, alert)


async def test_a_delivery_with_an_unexpected_error_fails_with_its_reason_and_others_continue(database_url: str) -> None:
    channel = RaisingChannel(raises={1: ValueError("no \ud800 such thing"), 3: KeyError("price")})
    async with open_database(database_url) as database:
        parts = wire(database, [channel])
        await parts.chats.save(chat(), 0)
        await parts.fan_out.handle(records([signal(number) for number in range(5)]))
        async with parts.sending():
            await finished(parts, 5)
        assert await parts.statuses() == {"sent": 3, "failed": 2}
        assert sorted(row.error for row in await parts.rows()) == ["", "", "", "KeyError: 'price'", "ValueError: no ? such thing"]
    assert sorted(channel.counts().values()) == [1, 1, 1]


async def test_a_delivery_that_is_interrupted_by_the_network_is_not_failed(database_url: str) -> None:
    channel = RaisingChannel(raises={0: ConnectionResetError("gone")})
    async with open_database(database_url) as database:
        parts = wire(database, [channel], lease=200)
        await parts.chats.save(chat(), 0)
        await parts.fan_out.handle(records([signal()]))

        async def tried() -> bool:
            return any(row.tries for row in await parts.rows())

        async with parts.sending():
            await until(tried, 20)
            channel.raises.clear()
            await finished(parts, 1)
        assert await parts.statuses() == {"sent": 1}


async def test_when_most_deliveries_fail_they_wait_instead(database_url: str) -> None:
    channel = RaisingChannel(raises={number: TypeError("a programming error") for number in range(60)})
    manual = ManualClock()
    async with open_database(database_url) as database:
        parts = wire(database, [channel], manual.clock(), lease=60_000, reserve=20_000)
        await parts.chats.save(chat(), 0)
        await parts.fan_out.handle(records([signal(number) for number in range(60)]))

        async def waits() -> bool:
            return any(row.error and row.status == "pending" for row in await parts.rows())

        with capture_logs():  # twenty coloured tracebacks take longer than the rest of the test
            async with parts.sending():
                await until(waits, 20)
                failed = (await parts.statuses())["failed"]
                assert failed < 25
                channel.raises.clear()
                manual.at += 120
                await finished(parts, 60)
        assert await parts.statuses() == {"failed": failed, "sent": 60 - failed}


async def test_a_programming_error_ends_the_sender_after_the_other_runs_have_finished(database_url: str) -> None:
    answer = asyncio.Event()

    @dataclass
    class Slow(RaisingChannel):
        started: int = 0

        async def send(self, to: Address, alert: Alert) -> Outcome:
            self.started += 1
            if to.chat_id == "8":
                await answer.wait()
            elif self.started < 2:
                await until(lambda: self.started >= 2, 20)
            return await super().send(to, alert) if to.chat_id == "8" else self.fail()

        def fail(self) -> Outcome:
            raise RuntimeError("a programming error")

    channel = Slow()
    async with open_database(database_url) as database:
        parts = wire(database, [channel])
        await parts.chats.save(chat(7), 0)
        await parts.chats.save(chat(8), 0)
        await parts.fan_out.handle(records([signal()]))
        running = asyncio.create_task(parts.sender.run(parts.stopping))
        await until(lambda: channel.started == 2, 20)
        answer.set()
        with pytest.raises(RuntimeError, match="a programming error"):
            await asyncio.wait_for(running, 20)
        assert await parts.statuses() == {"sending": 1, "sent": 1}
