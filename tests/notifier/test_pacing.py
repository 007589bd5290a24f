"""No flood: signals of one bar are one message, many become digests, quiet hours hold back, and every row still has its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from services.notifier.adapters.conditions import ConditionTable
from services.notifier.domain.conditions import FLOOD_MOST
from services.notifier.domain.delivery import NEVER, DeliveryRow, DeliveryStatus, RetryPolicy, apply_outcome, apply_to_message
from services.notifier.domain.digest_text import digest_text, group_text
from services.notifier.domain.instruments import InstrumentIndex, unknown_instrument
from services.notifier.domain.outcomes import DoubtfulOutcome, NoResponse, Outcome, TemporaryRefusal
from services.notifier.domain.pacing import DAY, FIRST, MINUTE, MOST_A_DAY, RecentMessages, Waiting, arrange
from services.notifier.domain.recipients import Chat
from shared.db import open_database
from shared.events import Signal
from tests.databases import on_sqlite
from tests.notifier.parts import NOW, ManualClock, Parts, chat, list_instruments, records, signal, wire
from tests.notifier.telegram.markup import parsed_length
from tests.notifier.test_conditions import CONDITION, fired, wanted
from tests.notifier.test_sending import RecordingChannel, finished
from tests.notifier.test_texts import HOSTILE

EVERYTHING = chat(pace="auto")
RULES = ("golden_cross", "ema_cross", "macd_cross", "rsi_mid", "gap", "new_high")


def waiting(signals: Sequence[Signal], **more: object) -> list[Waiting]:
    rows = [
        DeliveryRow(each.id, "telegram", "7", DeliveryStatus.PENDING, 0, int(str(more.get("unknowns", 0))), NOW, "", "", NOW)
        for each in signals
    ]
    return [Waiting(row, each) for row, each in zip(rows, signals, strict=True)]


@on_sqlite
async def test_signals_of_one_instrument_on_one_bar_are_one_message(database_url: str) -> None:
    channel = RecordingChannel()
    async with open_database(database_url) as database:
        await list_instruments(database)
        parts = wire(database, [channel])
        await parts.instruments.refresh()
        await parts.chats.save(EVERYTHING, 0)
        same_bar = [signal(rule=rule, params={}, replayed=True) for rule in RULES[:4]]
        await parts.fan_out.handle(records([*same_bar, signal(symbol="005930.KS", replayed=True), signal(1, replayed=True)]))
        async with parts.sending():
            rows = await finished(parts, 6)
    assert len(channel.sent) == 3
    assert {row.status for row in rows} == {"sent"}  # type: ignore[attr-defined]
    assert len({row.message_id for row in rows}) == 3  # type: ignore[attr-defined]
    (text,) = [alert.text for _, alert in channel.sent if len(alert.signals) == 4]
    assert text.startswith("▲ <b>애플 (Apple Inc.) · AAPL</b>")
    assert "외 1개" in text
    assert text.count("182.50 USD") == 1


@on_sqlite
@pytest.mark.parametrize("answer", [NoResponse("cut"), TemporaryRefusal("no connection")], ids=["no response", "refused"])
async def test_a_digest_that_fails_is_sent_again_as_a_digest(database_url: str, answer: NoResponse | TemporaryRefusal) -> None:
    channel = RecordingChannel(answers=[answer])
    async with open_database(database_url) as database:
        parts = wire(database, [channel])
        await parts.chats.save(EVERYTHING, 0)
        await parts.fan_out.handle(records([signal(number) for number in range(20)]))
        async with parts.sending():
            rows = await finished(parts, 20)
    assert [len(alert.signals) for _, alert in channel.sent] == [20, 20]
    assert {row.status for row in rows} == {"sent"}  # type: ignore[attr-defined]
    unknown = isinstance(answer, NoResponse)
    assert ("반복된 알림" in channel.sent[1][1].text) == unknown
    assert {row.unknowns for row in rows} == {int(unknown)}  # type: ignore[attr-defined]


@pytest.mark.parametrize("answer", [NoResponse("cut"), TemporaryRefusal("no connection"), DoubtfulOutcome("502")], ids=type)
@given(tries=st.lists(st.integers(1, 9), min_size=1, max_size=9), chance=st.floats(0, 0.999))
def test_what_is_tried_again_of_one_message_is_due_at_one_time(answer: Outcome, tries: list[int], chance: float) -> None:
    policy = RetryPolicy(doubtful_tries=9)
    rows = [replace(waiting([signal(i)])[0].row, status=DeliveryStatus.SENDING, tries=n) for i, n in enumerate(tries)]
    alone = [apply_outcome(row, answer, NOW, policy, chance) for row in rows]
    together = apply_to_message(rows, answer, NOW, policy, chance)
    assert [row for row, _ in together] == rows
    assert [change.final for _, change in together] == [change.final for change in alone]
    latest = {max((change.next_try_at for change in alone if not change.final), default=NEVER)}
    assert {change.next_try_at for _, change in together if not change.final} <= latest


@on_sqlite
@pytest.mark.parametrize("end", ["refused", "killed"])
async def test_a_digest_is_not_sent_again_in_parts(database_url: str, end: str) -> None:
    """Each attempt draws its own jitter: rows of one message that drew one each would be due one after the other."""
    clock, channel = ManualClock(), RecordingChannel(answers=[TemporaryRefusal("no connection")] if end == "refused" else [])
    drawn = cycle([0.0, 0.9, 0.5])
    async with open_database(database_url) as database:
        # the pause of the channel after a failure is over by the next step, so that only the rows' own times count
        time = replace(clock.clock(), chance=lambda: next(drawn), ticking=lambda: clock.at * 100)
        parts = wire(database, [channel], time, policy=RetryPolicy(first_wait=10_000, longest_wait=60_000, expiry=10**15))
        await parts.chats.save(EVERYTHING, 0)
        await parts.fan_out.handle(records([signal(number) for number in range(20)]))
        if end == "refused":
            await send_due(parts)
        else:
            page = await parts.deliveries.due(time.now(), 100)
            assert len(await parts.deliveries.claim(page, time.now(), time.now() + 1_000)) == 20
            clock.at += 60
            await parts.sender._close_abandoned()
        channel.sent.clear()
        for _ in range(20):
            clock.at += 1
            await send_due(parts)
        assert [len(alert.signals) for _, alert in channel.sent] == [20]
        assert await parts.statuses() == {"sent": 20}


@on_sqlite
async def test_further_messages_wait_and_come_together(database_url: str) -> None:
    clock, channel = ManualClock(), RecordingChannel()
    async with open_database(database_url) as database:
        parts = wire(database, [channel], clock.clock())
        await parts.chats.save(EVERYTHING, 0)
        for number in range(FIRST):
            await parts.fan_out.handle(records([signal(number)]))
            await send_due(parts)
        assert [len(alert.signals) for _, alert in channel.sent] == [1] * FIRST
        await parts.fan_out.handle(records([signal(10)]))
        await send_due(parts)
        await parts.fan_out.handle(records([signal(11), signal(12)]))
        await send_due(parts)
        assert len(channel.sent) == FIRST
        clock.at += 15 * 60
        await send_due(parts)
        assert len(channel.sent[FIRST][1].signals) == 3
        assert "묶어서" in channel.sent[FIRST][1].text
        statuses = await parts.statuses()
        assert statuses == {"sent": FIRST + 3}


async def send_due(parts: Parts) -> None:
    """Send what is due now, without the sender's loop, which waits on the real clock."""
    now = parts.sender._clock.now()
    for channel in parts.schedules:
        page = await parts.deliveries.due(now, 100)
        ours = await parts.deliveries.reserve([(row, now + 20_000) for row in page if row.channel == channel])
        if ours:
            await parts.sender._run(ours, parts.stopping)


@on_sqlite
async def test_quiet_hours_hold_alerts_back_until_they_end(database_url: str) -> None:
    clock, channel = ManualClock(), RecordingChannel()
    async with open_database(database_url) as database:
        parts = wire(database, [channel], clock.clock())
        await parts.chats.save(replace(EVERYTHING, zone="UTC", quiet_from=19 * 60, quiet_until=21 * 60, silent=True), 0)
        await parts.fan_out.handle(records([signal(number) for number in range(8)]))  # it is 20:00
        await send_due(parts)
        assert channel.sent == []
        clock.at += 3600
        await send_due(parts)
        assert [(len(alert.signals), alert.silent) for _, alert in channel.sent] == [(8, True)]


@on_sqlite
async def test_an_alert_that_fires_too_often_stops_itself_and_says_so(database_url: str) -> None:
    clock, channel = ManualClock(), RecordingChannel()
    async with open_database(database_url) as database:
        parts, table = wire(database, [channel], clock.clock()), ConditionTable(database)
        await parts.chats.save(chat(language="en", pace="auto"), 0)
        await table.add(wanted(CONDITION), NOW)
        for number in range(FLOOD_MOST + 5):
            clock.at += 5
            if number == 8:  # another process goes on counting
                parts = wire(database, [channel], clock.clock())
            await parts.fan_out.handle(records([fired(number)]))
            await send_due(parts)
        (alert,) = await table.for_chat("telegram", "7")
        assert (alert.enabled, alert.stopped) == (False, "flood")
        texts = [message.text for _, message in channel.sent]
        assert len(texts) == FLOOD_MOST + 1
        assert "Your alert #1 fired over 15 times in 3 minutes and stopped itself" in texts[-1]
        assert not [row for row in await parts.rows() if row.kind == "notice" and row.to_report], "a notice is no outcome"


@on_sqlite
@pytest.mark.parametrize(
    ("settings_of", "count", "state"),
    [
        ({"frequency": "once"}, 1, (False, "fired")),
        ({"cooldown": 60_000}, 2, (True, "")),
        ({"expires_at": NOW + 25_000}, 3, (False, "expired")),
        ({"enabled": False, "stopped": "paused"}, 0, (False, "paused")),
    ],
    ids=["once", "cooldown", "expiry", "paused"],
)
async def test_limits_of_an_alert(database_url: str, settings_of: dict[str, Any], count: int, state: tuple[bool, str]) -> None:
    clock = ManualClock()
    async with open_database(database_url) as database:
        parts, table = wire(database, [RecordingChannel()], clock.clock()), ConditionTable(database)
        await parts.chats.save(chat(), 0)
        await table.add(wanted(CONDITION, **settings_of), NOW)
        for number in range(8):
            clock.at = number * 10 + 1
            for _ in range(2):  # a signal that is read again changes nothing
                await parts.fan_out.handle(records([fired(number)]))
        assert len(await parts.rows()) == count
        (alert,) = await table.for_chat("telegram", "7")
        assert (alert.enabled, alert.stopped) == state


class Receiver:
    """Plays the times of due rows against the plan: what a chat receives."""

    def __init__(self, at: Chat) -> None:
        self.chat = at
        self.sent: list[tuple[int, int]] = []

    def run(self, arrivals: Sequence[int]) -> None:
        """``arrivals``: times of signals, milliseconds, ascending."""
        queue: list[tuple[int, Waiting]] = []
        pending = list(enumerate(arrivals))
        while pending or queue:
            now = min([at for at, _ in queue] + [at for _, at in pending[:1]])
            while pending and pending[0][1] <= now:
                number, at = pending.pop(0)
                (found,) = waiting([signal(number, f"S{number % 7}", replayed=True)])
                queue.append((at, found))
            due = [each for at, each in queue if at <= now]
            recent = [at for at, _ in self.sent if at > now - DAY]
            plan = arrange(due, self.chat, RecentMessages(len(recent), max(recent, default=0)), now)
            self.sent += [(now, len(message.rows)) for message in plan.messages]
            slots = {row.key: at for row, at in plan.later}
            queue = [item for item in queue if item[0] > now] + [(slots[e.row.key], e) for e in due if e.row.key in slots]


@settings(max_examples=40)
@given(st.lists(st.integers(0, 3 * DAY // MINUTE).map(lambda minute: NOW + minute * MINUTE), max_size=150).map(sorted))
def test_no_day_has_more_messages_than_stated_and_no_signal_is_lost(arrivals: list[int]) -> None:
    receiver = Receiver(EVERYTHING)
    receiver.run(arrivals)
    assert sum(count for _, count in receiver.sent) == len(arrivals)
    times = [at for at, _ in receiver.sent]
    for first, last in zip(times, times[MOST_A_DAY:], strict=False):
        assert last - first >= DAY, "more than the stated number in 24 hours"


def test_a_signal_a_minute_becomes_the_stated_number_of_messages() -> None:
    receiver = Receiver(EVERYTHING)
    receiver.run([NOW + minute * MINUTE for minute in range(1440)])
    assert len(receiver.sent) <= MOST_A_DAY + 1
    times = [at for at, _ in receiver.sent]
    assert all(later > earlier for earlier, later in pairwise(times))


def test_a_chat_that_chose_digests_gets_one_an_hour() -> None:
    receiver = Receiver(replace(EVERYTHING, pace="digest"))
    receiver.run([NOW + minute * MINUTE for minute in range(180)])
    assert len(receiver.sent) == 4


def test_old_signals_come_together_after_an_outage() -> None:
    old = waiting([signal(number, ts_init=NOW) for number in range(3)])
    plan = arrange(old, EVERYTHING, RecentMessages(), NOW + 16 * MINUTE)
    assert [(len(message.rows), message.digest) for message in plan.messages] == [(3, True)]
    assert len(arrange(old, EVERYTHING, RecentMessages(), NOW + 14 * MINUTE).messages) == 3
    assert len(arrange(old, EVERYTHING, RecentMessages(), NOW + 14 * MINUTE, stale=13 * MINUTE).messages) == 1, "a setting"


@given(st.lists(st.tuples(HOSTILE, HOSTILE, st.floats(allow_nan=True)), min_size=1, max_size=45), st.sampled_from(["ko", "en"]))
@settings(max_examples=40)
def test_groups_fit_a_caption_and_digests_a_message_for_all_values(found: list[tuple[str, str, float]], language: str) -> None:
    made = [
        changed(signal(), rule=rule, symbol=symbol, params={"fast": value}, provisional=True, replayed=True)
        for rule, symbol, value in found
    ]
    at = replace(EVERYTHING, language=language)
    assert parsed_length(group_text(made, unknown_instrument("<b>" * 9), at, repeat=True)) <= 1024
    assert parsed_length(digest_text(made, InstrumentIndex(), at, repeat=True)) <= 4096
