"""History is published once and completely, resumed at its position, and repaired if bars were missing or have changed."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from services.ingest.adapters.yahoo.chart_client import ChartClient
from services.ingest.adapters.yahoo.client import YahooClient, open_client
from services.ingest.adapters.yahoo.history import YahooHistory, failures
from services.ingest.domain.gaps import expected_closes
from services.ingest.domain.health import ProviderHealth
from services.ingest.domain.history_position import Gap, HistoryPosition, advance_position, brought_up_to_date, read_position
from services.ingest.domain.source import MAX_BARS, Backfill
from services.ingest.domain.universe import Instrument
from shared.calendars import CALENDARS, Corrections
from shared.corrections import Correction, parse_corrections
from shared.events import History, ProviderBar, Quarantined, Timeframe
from shared.failures import TransientError
from tests.hours import sessions
from tests.ingest.yahoo.charts import chart
from tests.ingest.yahoo.market import Market, all_there, raw_price
from tests.ingest.yahoo.server import Reply, YahooStandIn, ok, yahoo_stand_in

AAPL = Instrument(symbol="AAPL", name_en="Apple", name_ko="애플", exchange="NASDAQ", currency="USD", kind="stock")
EVENING = int(dt.datetime(2025, 2, 12, 22, tzinfo=dt.UTC).timestamp() * 1000)
DAY = 86_400_000
ALL = ("1d", "1w", "1M", "1h", "4h", "15m", "30m", "5m", "1m")


class MemoryCursors:
    """Positions in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.broken = False

    async def load(self, cursor: str) -> str | None:
        if self.broken:
            raise TransientError("the database is not available")
        return self.kept.get(cursor)

    async def save(self, cursor: str, position: str, now: int) -> None:  # noqa: ARG002
        if self.broken:
            raise TransientError("the database is not available")
        self.kept[cursor] = position


class Clock:
    """A clock that advances when it is waited on."""

    def __init__(self, wall: int) -> None:
        self.at = wall

    def now(self) -> float:
        return self.at / 1000

    def wall(self) -> int:
        return self.at

    async def wait(self, seconds: float) -> None:
        self.at += int(seconds * 1000)
        await asyncio.sleep(0)


class Rig:
    """A stand-in for Yahoo, its market data, and what a source has published."""

    def __init__(self, yahoo: YahooStandIn, client: YahooClient) -> None:
        self.yahoo, self.client = yahoo, client
        self.cursors, self.clock, self.market = MemoryCursors(), Clock(EVENING), Market(EVENING)
        self.corrections: Corrections | None = None
        self.reports: list[Quarantined] = []
        self.health = ProviderHealth()
        self.health.register({"yahoo-history": "yahoo"})
        yahoo.default = self.market.reply

    async def run(
        self,
        enough: Callable[[list[Backfill]], bool],
        most: int = 20 * DAY,
        meanwhile: Callable[[YahooHistory], None] | None = None,
    ) -> list[Backfill]:
        """What a new source yields until ``enough`` is true, or until ``most`` milliseconds have passed on the clock."""
        stopping = asyncio.Event()
        found: list[Backfill] = []
        source = YahooHistory(
            self.client, [AAPL], self.cursors, self.clock, stopping, random.Random(7), self.health, self.corrections
        )
        end = self.clock.at + most

        class Ending(Clock):
            async def wait(_, seconds: float) -> None:  # noqa: N805
                await self.clock.wait(seconds)
                if meanwhile is not None:
                    meanwhile(source)
                if self.clock.at >= end or enough(found):
                    stopping.set()

            def wall(_) -> int:  # noqa: N805
                return self.clock.at

        source._clock = Ending(0)
        async for batch in source.events():
            found += [item for item in batch if isinstance(item, Backfill)]
            self.reports += [item for item in batch if isinstance(item, Quarantined)]
            if enough(found):
                stopping.set()
        return found

    async def first(self) -> list[Backfill]:
        """The first pass."""
        return await self.run(lambda found: "1m" in timeframes(found))


async def test_a_split_is_published_between_the_last_session_and_its_own(rig: Rig) -> None:
    ex = dt.date(2025, 2, 13)
    rig.market.splits = [(ex, 4.0)]
    rig.clock.at = rig.market.now = EVENING - 4 * 3_600_000  # in the session before
    assert not [action for history in histories(await rig.first(), "1d") for action in history.actions]
    published_at: list[int] = []

    def split_published(found: list[Backfill]) -> bool:
        if any(action.kind == "split" for history in histories(found, "1d") for action in history.actions):
            published_at.append(rig.clock.at)
        return bool(published_at)

    def hide(_: YahooHistory) -> None:
        rig.market.now = rig.clock.at
        rig.market.unapplied = rig.clock.at < open_of(ex) * 1000 - 900_000  # listed first, applied later
        late = rig.clock.at >= open_of(ex) * 1000 - 3_600_000  # Yahoo lists it in the morning
        rig.market.splits = [(ex, 4.0)] if late else []

    rig.market.splits = []
    found = await rig.run(split_published, meanwhile=hide)
    opens = open_of(ex) * 1000
    assert opens - 900_000 <= published_at[0] < opens
    (split,) = (action for history in histories(found, "1d") for action in history.actions)
    assert (split.kind, split.value, split.ts_event) == ("split", 4.0, opens)
    newest = bars(found, "1d")[-1]
    assert newest.ts_close == int(sessions("NASDAQ", ex - dt.timedelta(days=1), ex).close[0])
    assert newest.split_factor == 0.25
    assert newest.close == pytest.approx(raw_price(newest.ts_open // 1000) * 1.005, rel=1e-6)


async def test_a_price_far_from_the_close_triggers_a_request_at_once(rig: Rig) -> None:
    ex = dt.date(2025, 2, 13)
    opens, published_at = open_of(ex) * 1000, list[int]()

    def jump(source: YahooHistory) -> None:
        rig.market.now = rig.clock.at
        late = rig.clock.at >= opens + 3_600_000  # Yahoo is late
        rig.market.splits = [(ex, 4.0)] if late else []
        if rig.clock.at >= opens:
            source.observe_price("AAPL", 26.2)

    def split_published(found: list[Backfill]) -> bool:
        if any(action.kind == "split" for history in histories(found, "1d") for action in history.actions):
            published_at.append(rig.clock.at)
        return bool(published_at)

    await rig.run(split_published, meanwhile=jump)
    assert opens + 3_600_000 <= published_at[0] < opens + 3_600_000 + 400_000


def never(_: list[Backfill]) -> bool:
    return False


def open_of(day: dt.date) -> int:
    return int(sessions("NASDAQ", day, day).open[0]) // 1000


def timeframes(found: list[Backfill]) -> list[str]:
    return list(dict.fromkeys(history.timeframe.value for each in found for history in each.histories))


def histories(found: list[Backfill], timeframe: str) -> list[History]:
    return [history for each in found for history in each.histories if history.timeframe.value == timeframe]


def bars(found: list[Backfill], timeframe: str) -> list[ProviderBar]:
    return [bar for history in histories(found, timeframe) for bar in history.bars]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with AsyncExitStack() as stack:
        yahoo = await stack.enter_async_context(yahoo_stand_in())
        client = await stack.enter_async_context(
            open_client(ChartClient(tmp_path, yahoo.url, 5.0), threads=4, per_minute=60_000, request_seconds=5.0, open_seconds=0.05)
        )
        yield Rig(yahoo, client)


async def test_the_whole_history_is_published_in_messages_of_one_timeframe(rig: Rig) -> None:
    found = await rig.first()
    assert timeframes(found) == list(ALL)
    calendar = sessions("NASDAQ", dt.date(2024, 1, 2), dt.date(2025, 2, 12))
    assert [bar.ts_close for bar in bars(found, "1d")] == calendar.close.tolist()
    assert [bar.ts_open for bar in bars(found, "1d")] == calendar.open.tolist()
    depths = {"1h": 730, "15m": 60, "5m": 60, "1m": 8}
    for timeframe, days in depths.items():
        expected = expected_closes(calendar, Timeframe(timeframe), EVENING - days * DAY, EVENING).tolist()
        got = [bar.ts_close for bar in bars(found, timeframe)]
        assert got == expected[-len(got) :]
        assert len(expected) - len(got) <= 3600 // 60
    for timeframe, finer in (("30m", "15m"), ("4h", "1h")):
        got = [bar.ts_close for bar in bars(found, timeframe)]
        assert got == expected_closes(calendar, Timeframe(timeframe), bars(found, finer)[0].ts_open, EVENING).tolist()[-len(got) :]
        assert not any(bar.incomplete for bar in bars(found, timeframe))
    months = bars(found, "1M")
    assert [dt.datetime.fromtimestamp(bar.ts_close / 1000, dt.UTC).month for bar in months] == [*range(1, 13), 1]
    assert months[-1].close == next(bar.close for bar in bars(found, "1d") if bar.ts_close == months[-1].ts_close)
    weeks = bars(found, "1w")
    assert weeks[-1].ts_close == int(sessions("NASDAQ", dt.date(2025, 2, 7), dt.date(2025, 2, 7)).close[0])
    for history in (history for each in found for history in each.histories):
        assert 0 < len(history.bars) <= MAX_BARS
        assert history.ts_event == history.bars[-1].ts_close
        assert (history.symbol, history.exchange, history.source, history.reason) == ("AAPL", "NASDAQ", "yahoo-history", "backfill")
    minute = bars(found, "1m")[100]
    assert minute.open == pytest.approx(raw_price(minute.ts_open // 1000), rel=1e-6)


async def test_a_week_is_the_aggregate_of_its_days_across_a_split(rig: Rig) -> None:
    rig.market.splits = [(dt.date(2025, 2, 5), 4.0)]
    found = await rig.first()
    week = bars(found, "1w")[-1]
    days = [bar for bar in bars(found, "1d") if week.ts_open < bar.ts_close <= week.ts_close]
    assert [day.split_factor for day in days] == [0.25, 0.25, 1.0, 1.0, 1.0]
    assert days[0].close == pytest.approx(raw_price(days[0].ts_open // 1000) * 1.005, rel=1e-6)
    assert week.open == pytest.approx(days[0].open / 4)
    assert week.close == days[-1].close
    assert week.high == pytest.approx(max(day.high * day.split_factor for day in days))
    assert week.volume == pytest.approx(sum(day.volume / day.split_factor for day in days))
    assert [action.value for action in histories(found, "1d")[-1].actions] == [4.0]


async def test_a_restart_publishes_only_what_is_new(rig: Rig) -> None:
    await rig.first()
    sent = len(rig.yahoo.requests)
    assert await rig.run(bool, most=60_000) == []
    assert len(rig.yahoo.requests) == sent + 1  # the daily chart, for its factors; nothing else can be new
    rig.market.now = rig.clock.at = EVENING + 2 * DAY
    found = await rig.first()
    fresh = sessions("NASDAQ", dt.date(2025, 2, 13), dt.date(2025, 2, 14))
    assert [bar.ts_close for bar in bars(found, "1d")] == fresh.close.tolist()
    assert [bar.ts_close for bar in bars(found, "1w")] == [fresh.close[-1]]
    assert bars(found, "1M") == []
    assert [bar.ts_close for bar in bars(found, "4h")] == expected_closes(fresh, Timeframe.H4, 0, 2**60).tolist()
    assert [bar.ts_close for bar in bars(found, "30m")] == expected_closes(fresh, Timeframe.M30, 0, 2**60).tolist()
    assert [bar.ts_close for bar in bars(found, "1m")] == expected_closes(fresh, Timeframe.M1, 0, 2**60).tolist()
    assert {history.reason for each in found for history in each.histories} == {"backfill"}


async def test_each_session_is_requested_after_its_close(rig: Rig) -> None:
    await rig.first()
    rig.market.now = EVENING + DAY
    found = await rig.first()
    close = int(sessions("NASDAQ", dt.date(2025, 2, 13), dt.date(2025, 2, 13)).close[0])
    assert [bar.ts_close for bar in bars(found, "1d")] == [close]
    assert close < histories(found, "1d")[0].ts_init < close + 10 * 60_000


async def test_an_unsaved_position_is_published_again(rig: Rig) -> None:
    rig.cursors.broken = True
    assert await rig.run(bool, most=60_000) == []
    assert failures.labels("database")._value.get() > 0
    rig.cursors.broken = False
    first = await rig.first()
    rig.cursors.kept.clear()
    again = await rig.first()
    assert bars(again, "1d") == bars(first, "1d")


async def test_a_missing_session_is_requested_again_and_repaired(rig: Rig) -> None:
    hole = open_of(dt.date(2025, 2, 6))
    rig.market.hidden = lambda _, ts: hole <= ts < hole + 86_400
    first = await rig.first()
    assert hole * 1000 not in [bar.ts_open for bar in bars(first, "1d")]
    rig.market.hidden = all_there
    found = await rig.run(lambda found: "1m" in timeframes(found), most=30 * 60_000)
    assert [bar.ts_open for bar in bars(found, "1d")] == [hole * 1000]
    assert {history.reason for each in found for history in each.histories} == {"repair"}
    assert len(bars(found, "1h")) == 7
    assert [bar.incomplete for bar in bars(found, "4h")] == [False, False]
    assert len(bars(found, "30m")) == 13
    assert len(bars(found, "1m")) == 390
    week = bars(found, "1w")[0]
    assert week.ts_open < hole * 1000 < week.ts_close


async def test_a_remaining_gap_is_accepted_after_the_last_try(rig: Rig) -> None:
    hole = open_of(dt.date(2025, 2, 6))
    rig.market.hidden = lambda interval, ts: interval == "1m" and ts == hole
    await rig.first()
    await rig.run(never, most=45 * 60_000)
    sent = len(rig.yahoo.requests)
    await rig.run(never, most=3 * 3_600_000)
    assert [each.query["interval"] for each in rig.yahoo.requests[sent:]] == ["1d"]
    assert read_position(rig.cursors.kept["history:AAPL:1m"]).gaps == (Gap(hole * 1000 + 60_000, hole * 1000 + 60_000, 2),)


async def test_a_new_split_publishes_history_again_with_its_factors(rig: Rig) -> None:
    before = await rig.first()
    rig.market.splits = [(dt.date(2025, 2, 13), 10.0)]
    rig.market.now = rig.clock.at = EVENING + DAY
    found = await rig.first()
    assert [bar.close for bar in bars(found, "1d")][:-1] == pytest.approx([bar.close for bar in bars(before, "1d")], rel=1e-6)
    assert {bar.split_factor for bar in bars(found, "1d")[:-1]} == {0.1}
    assert bars(found, "1d")[-1].split_factor == 1.0
    assert bars(found, "1m")[0].split_factor == 0.1
    assert {history.reason for history in histories(found, "1d")} == {"repair"}


async def test_a_split_that_is_not_applied_yet_waits_until_it_is(rig: Rig) -> None:
    await rig.first()
    rig.market.splits, rig.market.unapplied = [(dt.date(2025, 2, 13), 10.0)], True
    rig.market.now = rig.clock.at = EVENING + DAY
    count = failures.labels("split_not_applied")._value.get()
    assert await rig.run(bool, most=60_000) == []
    assert failures.labels("split_not_applied")._value.get() == count + 1
    rig.market.unapplied = False
    found = await rig.run(bool, most=DAY)
    assert bars(found, "1d")[0].split_factor == 0.1


async def test_a_range_that_is_refused_is_halved(rig: Rig) -> None:
    rig.market.refused_before = {"1m": (EVENING - 5 * DAY) // 1000}
    found = await rig.first()
    assert bars(found, "1m")[0].ts_open >= EVENING - 5 * DAY
    assert failures.labels("invalid_range")._value.get() > 0


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(429, b"Too Many Requests"), "rate_limited"),
        (Reply(200, b"<html>"), "not_json"),
        (Reply(404), "unknown_symbol"),
        (ok(chart(interval="1d")), "empty"),
        (ok(chart(interval="1d", rows=[(1_739_370_600, 1, 1, 1, 1, 1)], currency="GBp")), "currency"),
        (ok(chart(interval="1d", rows=[(1_739_370_600, 1, 1, 1, 1, 1)], timezone="Mars/Olympus")), "malformed"),
        (Reply(200, json.dumps(chart(interval="1d")).encode()[:80]), "not_json"),
    ],
)
async def test_a_bad_response_is_counted_and_requested_again_later(rig: Rig, reply: Reply, reason: str) -> None:
    count = failures.labels(reason)._value.get()
    rig.yahoo.script("AAPL", *[reply] * 3)
    found = await rig.run(lambda found: "1m" in timeframes(found), most=2 * DAY)
    assert failures.labels(reason)._value.get() > count
    assert timeframes(found) == list(ALL)


def test_many_gaps_are_merged() -> None:
    runs = [(i * 10, i * 10 + 5) for i in range(1, 300)]
    kept = advance_position(HistoryPosition(), "", 5000, 0, runs).gaps
    assert len(kept) <= 20
    assert (kept[0].first, kept[-1].last) == (10, 2995)
    assert all(any(gap.first <= first and last <= gap.last for gap in kept) for first, last in runs)


async def test_a_day_that_yahoo_revises_is_published_again_and_reported(rig: Rig) -> None:
    """The day was read as closed while it was still open: prices of another hour followed."""
    first = await rig.first()
    running, hidden = bars(first, "1d")[-1], bars(first, "1d")[-3]
    rig.market.revised = {running.ts_open // 1000: 1.02, hidden.ts_open // 1000: 1 + 5e-5}
    rig.reports.clear()
    rig.market.now = rig.clock.at = EVENING + DAY
    found = await rig.first()
    again = [bar for bar in bars(found, "1d") if bar.ts_close <= running.ts_close]
    assert [bar.ts_close for bar in again] == [running.ts_close]  # half a basis point is rounding
    assert again[0].close == pytest.approx(running.close * 1.02, rel=1e-6)
    assert {history.reason for history in histories(found, "1d")} == {"repair"}
    (report,) = rig.reports
    assert (report.what, report.reason, report.outcome, report.timeframe) == ("bar", "revised", "repaired", "1d")
    assert (report.ts_event, report.values["close"], report.values["last"]) == (running.ts_close, running.close, again[0].close)
    rig.market.now = rig.clock.at = EVENING + 2 * DAY
    later = await rig.first()
    assert [bar for bar in bars(later, "1d") if bar.ts_close <= running.ts_close] == []


async def test_corrected_hours_publish_history_again_for_a_past_day_only(rig: Rig) -> None:
    before = await rig.first()
    day = {"exchange": "NASDAQ", "source": "a notice", "zone": "America/New_York", "open": "09:30", "close": "13:00"}

    def with_day(date: str) -> tuple[Correction, ...]:
        return parse_corrections([json.dumps({**day, "date": date})], "own", CALENDARS)

    rig.corrections = with_day("2025-02-20")
    assert await rig.run(bool, most=60_000) == []
    rig.corrections = with_day("2025-02-11")
    found = await rig.first()
    closes = [bar.ts_close for bar in bars(found, "1d")]
    assert len(closes) == len(bars(before, "1d"))
    changed = [
        (old.ts_close - new) // 3_600_000 for old, new in zip(bars(before, "1d"), closes, strict=True) if old.ts_close != new
    ]
    assert changed == [3]
    assert {history.reason for history in histories(found, "1d")} == {"repair"}
    assert await rig.run(bool, most=60_000) == []


def test_a_position_of_an_older_version_is_read() -> None:
    old = read_position('{"until":5,"fingerprint":"x","gaps":[[1,2,1]]}')
    assert (old.until, old.recent, old.hours) == (5, (), "")
    assert brought_up_to_date(old, Timeframe.M1, "") is old
    assert brought_up_to_date(old, Timeframe.M1, "h").fingerprint != "x"


def test_a_position_without_a_built_timeframe_is_published_again() -> None:
    old = read_position('{"until":5,"fingerprint":"x"}')
    again = brought_up_to_date(old, Timeframe.D1, "")
    assert (again.until, again.fingerprint != "x", again.built) == (5, True, ("1w", "1M"))
    assert brought_up_to_date(again, Timeframe.D1, "") is again
