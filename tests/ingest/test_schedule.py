"""The order in which any tape is played, and its heartbeats."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.domain.heartbeats import HeartbeatProgress, due_heartbeats, session_marks
from services.ingest.domain.tape import RecordedBars, Recording, Resolution, Tape, TapeError, tick_path
from services.ingest.domain.tape_schedule import Schedule, schedule_of
from shared.events import Heartbeat, Tick, Timeframe
from tests.ingest import small_tape
from tests.sizes import examples

DAYS = [small_tape.FIRST + dt.timedelta(days=number) for number in range(3)]
# July 3rd has half a session: 210 minutes.
NUMBERS = st.lists(st.integers(0, 209), min_size=1, max_size=30, unique=True).map(sorted)


@st.composite
def tapes(draw: st.DrawFn) -> Tape:
    """Any mix of resolutions of up to four instruments, each instrument by days."""
    recordings: list[Recording] = []
    for symbol in draw(st.lists(st.sampled_from(list(small_tape.EXCHANGES)), min_size=1, max_size=4, unique=True)):
        for day in draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True).map(sorted)):
            seed = draw(st.integers(0, 1000))
            resolution: Resolution = draw(st.sampled_from(["1s", "1m", "1d"]))
            if resolution == "1d":
                recordings.append(small_tape.daily(symbol, [day], seed))
            else:
                recordings.append(small_tape.intraday(symbol, resolution, day, draw(NUMBERS), seed))
    return small_tape.tape(recordings)


def schedule_items(schedule: Schedule) -> list[Tick | Heartbeat]:
    return [schedule.item(i) for i in range(len(schedule))]


@settings(deadline=None, max_examples=examples(60))
@given(tapes())
def test_ticks_are_in_order_numbered_without_a_gap_and_complete(tape: Tape) -> None:
    schedule = schedule_of(tape, small_tape.calendars())
    assert (np.diff(schedule.ts) >= 0).all()
    seen: defaultdict[str, list[Tick]] = defaultdict(list)
    for item in schedule_items(schedule):
        assert item.replayed
        assert item.ts_init == item.ts_event
        if isinstance(item, Tick):
            seen[item.symbol].append(item)
    for symbol, ticks in seen.items():
        assert [tick.seq for tick in ticks] == list(range(1, len(ticks) + 1))
        recordings = [each for each in tape.recordings if each.symbol == symbol]
        assert sum(tick.size for tick in ticks) == sum(float(each.bars.volume.sum()) for each in recordings)
        daily = {each.resolution == "1d" for each in recordings}
        assert {tick.finest is Timeframe.D1 for tick in ticks} == daily
    assert {each.symbol for each in tape.recordings} == set(seen)


@settings(deadline=None, max_examples=examples(60))
@given(tapes())
def test_no_tick_is_older_than_a_heartbeat_and_ticks_are_within_sessions(tape: Tape) -> None:
    """After a heartbeat at T there is no tick before T; ticks are between the open and the close of a session of their exchange."""
    reached: dict[str, int] = {}
    opened: dict[str, bool] = {}
    exchange_of = {each.symbol: each.exchange for each in tape.recordings}
    for item in schedule_items(schedule_of(tape, small_tape.calendars())):
        if isinstance(item, Heartbeat):
            assert item.ts_event >= reached.get(item.exchange, 0)
            reached[item.exchange] = item.ts_event
            if item.mark != "beat":
                opened[item.exchange] = item.mark == "session_open"
        else:
            exchange = exchange_of[item.symbol]
            assert opened[exchange], item
            assert item.ts_event >= reached[exchange]
    assert not any(opened.values()) or set(exchange_of.values()) == {"CRYPTO"} or opened.get("CRYPTO", False)


@settings(deadline=None, max_examples=40)
@given(tapes())
def test_each_bar_can_be_rebuilt_from_its_ticks(tape: Tape) -> None:
    for recording in tape.recordings:
        path = tick_path(recording)
        bars = recording.bars
        bar = np.searchsorted(bars.start, path.ts, side="right") - 1
        for i in range(len(bars)):
            prices = path.price[bar == i]
            built = (prices[0], prices.max(), prices.min(), prices[-1], path.size[bar == i].sum())
            assert built == (bars.open[i], bars.high[i], bars.low[i], bars.close[i], bars.volume[i])
            assert path.ts[bar == i].max() <= bars.end[i]


def test_the_same_tape_gives_the_same_schedule() -> None:
    one, two = (schedule_of(small_tape.mixed(), small_tape.calendars()) for _ in range(2))
    assert schedule_items(one) == schedule_items(two)


def test_heartbeats_come_each_minute_only_in_sessions_with_fine_ticks() -> None:
    items = schedule_items(schedule_of(small_tape.mixed(), small_tape.calendars()))
    heartbeats = [item for item in items if isinstance(item, Heartbeat) and item.mark == "beat"]
    opening, close = small_tape.session("NYSE", small_tape.FIRST)
    second, second_close = small_tape.session("NYSE", DAYS[1])
    assert {item.exchange for item in heartbeats} == {"NYSE"}
    wanted = [*range(opening + 60_000, close, 60_000), *range(second + 60_000, second_close, 60_000)]
    assert [item.ts_event for item in heartbeats] == wanted


def test_closing_ticks_come_before_the_close_and_seamless_sessions_close_before_they_open() -> None:
    items = schedule_items(schedule_of(small_tape.mixed(), small_tape.calendars()))
    marks_of = [(item.exchange, item.mark) for item in items if isinstance(item, Heartbeat) and item.exchange == "CRYPTO"]
    inner = marks_of[marks_of.index(("CRYPTO", "session_open")) :]
    assert inner[:4] == [("CRYPTO", mark) for mark in ("session_open", "session_close", "session_open", "session_close")]
    _, close = small_tape.session("NYSE", small_tape.FIRST)
    at_close = [item for item in items if item.ts_event == close]
    assert isinstance(at_close[-1], Heartbeat)
    assert at_close[-1].mark == "session_close"
    assert any(isinstance(item, Tick) and item.symbol == "BBB" for item in at_close[:-1])


def test_recordings_of_a_symbol_must_not_overlap() -> None:
    day = small_tape.FIRST
    both = [small_tape.intraday("AAA", "1m", day, [1, 2, 3]), small_tape.daily("AAA", [day])]
    with pytest.raises(TapeError, match="AAA overlap"):
        schedule_of(small_tape.tape(both), small_tape.calendars())


def test_ticks_from_before_the_start_are_refused() -> None:
    early = small_tape.daily("AAA", [small_tape.FIRST])
    moved = RecordedBars(*(getattr(early.bars, name) for name in ("start", "end", "open", "high", "low", "close", "volume")))
    moved.start[:] -= 86_400_000 * 3
    with pytest.raises(TapeError, match="before its start"):
        schedule_of(small_tape.tape([early]), small_tape.calendars())


@settings(deadline=None, max_examples=examples(100))
@given(
    steps=st.lists(st.integers(1, 20 * 3_600_000), min_size=1, max_size=40),
    every=st.sampled_from([5_000, 60_000, 600_000]),
    begin=st.integers(0, 3 * 86_400_000),
)
def test_live_session_marks_come_once_and_heartbeats_not_too_often(steps: list[int], every: int, begin: int) -> None:
    calendars = small_tape.calendars()
    start = small_tape.session("CRYPTO", small_tape.FIRST - dt.timedelta(days=5))[0] + begin
    progress = {exchange: HeartbeatProgress(start, 0) for exchange in calendars}
    sent = []
    now = start
    for step in steps:
        now = min(now + step, start + 8 * 86_400_000)
        due, progress = due_heartbeats(calendars, progress, now, every)
        assert due == sorted(due)
        assert all(each.ts <= now for each in due)
        sent += due
    for exchange, calendar in calendars.items():
        mine = [each for each in sent if each.exchange == exchange]
        assert [each for each in mine if each.mark != "beat"] == list(session_marks(calendar, start, now))
        assert [each.ts for each in mine] == sorted(each.ts for each in mine)
        heartbeats = [each.ts for each in mine if each.mark == "beat"]
        assert all(later - earlier >= every for earlier, later in itertools.pairwise(heartbeats))
        assert all(calendar.at(ts) >= 0 for ts in heartbeats)
