"""The replay source with a simulated clock: speed, resumption, and refused cursors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from services.ingest.adapters.cursor_table import CursorTable
from services.ingest.adapters.replay import PlaybackSpeed, Replay
from services.ingest.domain.cursor_store import CursorStore
from services.ingest.domain.source import MAX_BATCH, Backfill, Item
from services.ingest.domain.tape import Tape, TapeError
from services.ingest.domain.tape_backfills import backfills
from services.ingest.domain.tape_schedule import schedule_of
from shared.db import open_database
from shared.events import Heartbeat, Tick
from shared.failures import TransientError
from tests.ingest import small_tape

SCHEDULE = schedule_of(small_tape.mixed(), small_tape.calendars())
TOTAL = len(SCHEDULE) + 2  # and two backfills


class ManualClock:
    """A clock that advances when it is waited on; a wait of an hour ends the test's run."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self.time = 1000.0
        self._stopping = stopping

    def now(self) -> float:
        return self.time

    def wall(self) -> int:
        return int(self.time * 1000)

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.time += seconds
        if seconds >= 3600:
            self._stopping.set()


class MemoryCursors:
    """Cursors in memory; the first ``broken`` calls fail."""

    def __init__(self, broken: int = 0) -> None:
        self.kept: dict[str, str] = {}
        self.broken = broken

    def _fail(self) -> None:
        if self.broken > 0:
            self.broken -= 1
            raise TransientError("the database is not available")

    async def load(self, cursor: str) -> str | None:
        self._fail()
        return self.kept.get(cursor)

    async def save(self, cursor: str, position: str, now: int) -> None:
        self._fail()
        assert now > 0
        self.kept[cursor] = position


async def play(
    cursors: CursorStore,
    *,
    speed: float | None = None,
    longest_pause: float = 0.5,
    crash_after: int | None = None,
    stop_after: int | None = None,
    tape: Tape | None = None,
) -> list[tuple[float, Item]]:
    """Play to the end, until a crash (no further batch is requested) or an orderly stop after this many items."""
    stopping = asyncio.Event()
    clock = ManualClock(stopping)
    used = tape or small_tape.mixed()
    source = Replay(
        used, backfills(used, small_tape.calendars()), SCHEDULE, PlaybackSpeed(speed, longest_pause), cursors, clock, stopping
    )
    found: list[tuple[float, Item]] = []
    async for batch in source.events():
        assert 1 <= len(batch) <= MAX_BATCH
        found += [(clock.time, item) for item in batch]
        clock.time += 0.01
        if crash_after is not None and len(found) >= crash_after:
            return found
        if stop_after is not None and len(found) >= stop_after:
            stopping.set()
    assert source.finished == (stop_after is None)
    return found


def items(found: Sequence[tuple[float, Item]]) -> list[Item]:
    return [item for _, item in found]


async def test_history_comes_first_then_everything_in_order() -> None:
    found = items(await play(MemoryCursors()))
    assert [item.symbol for item in found[:2] if isinstance(item, Backfill)] == ["AAA", "KKK.KS"]
    assert found[2:] == [SCHEDULE.item(i) for i in range(len(SCHEDULE))]


async def test_the_closing_heartbeats_are_played_at_the_end() -> None:
    last = items(await play(MemoryCursors()))[-1]
    assert isinstance(last, Heartbeat)
    assert (last.ts_event, last.mark) == (small_tape.mixed().end, "session_open")  # CRYPTO never closes
    closes = [item for item in items(await play(MemoryCursors())) if isinstance(item, Heartbeat) and item.mark == "session_close"]
    assert {"NYSE", "KRX", "CRYPTO"} == {item.exchange for item in closes}


async def test_a_speed_of_sixty_plays_a_minute_per_second_and_shortens_the_night() -> None:
    found = await play(MemoryCursors(), speed=60.0, longest_pause=2.0)
    opening, close = small_tape.session("NYSE", small_tape.FIRST)
    times = {item.ts_event: at for at, item in found if isinstance(item, Heartbeat) and item.exchange == "NYSE"}
    session = times[close] - times[opening]
    assert session == pytest.approx((close - opening) / 1000 / 60, rel=0.02)
    next_opening, _ = small_tape.session("NYSE", small_tape.FIRST.replace(day=2))
    assert times[next_opening] - times[close] < 20  # not the 1050 seconds of the night


@pytest.mark.parametrize("points", [[1], [2], [3, 50, 51], [700, 701, 2500]])
async def test_an_orderly_stop_repeats_nothing(points: list[int]) -> None:
    cursors = MemoryCursors()
    found: list[Item] = []
    for point in points:
        found += items(await play(cursors, speed=60.0, stop_after=point))
    found += items(await play(cursors))
    assert len(found) == TOTAL
    assert found[2:] == [SCHEDULE.item(i) for i in range(len(SCHEDULE))]


@pytest.mark.parametrize("points", [[1], [2], [3, 50, 51], [700, 700, 1200]])
async def test_after_a_crash_a_few_items_are_repeated_unchanged(points: list[int]) -> None:
    cursors = MemoryCursors()
    found: list[Item] = []
    for point in points:
        found += items(await play(cursors, speed=600.0, crash_after=point))
    found += items(await play(cursors))
    ticks: dict[tuple[str, int], Tick] = {}
    for item in found:
        if isinstance(item, Tick):
            assert ticks.setdefault((item.symbol, item.seq), item) == item
            assert item.seq == 1 or (item.symbol, item.seq - 1) in ticks
    assert len(ticks) == sum(1 for i in range(len(SCHEDULE)) if isinstance(SCHEDULE.item(i), Tick))
    assert {item.symbol for item in found if isinstance(item, Backfill)} == {"AAA", "KKK.KS"}


async def test_a_delayed_replay_does_not_speed_up() -> None:
    stopping = asyncio.Event()
    clock = ManualClock(stopping)
    source = Replay(small_tape.mixed(), (), SCHEDULE, PlaybackSpeed(60.0, 0.5), MemoryCursors(), clock, stopping)
    opening, _ = small_tape.session("NYSE", small_tape.FIRST)
    sizes: list[int] = []
    async for batch in source.events():
        first = batch[0]
        if not isinstance(first, Backfill) and first.ts_event > opening + 600_000:
            if not sizes:
                clock.time += 120  # a delay by the broker: two hours of the tape
            sizes.append(len(batch))
        if len(sizes) == 20:
            break
    assert max(sizes) < 200


async def test_a_finished_tape_is_not_played_again() -> None:
    cursors = MemoryCursors()
    await play(cursors)
    assert await play(cursors) == []


async def test_an_unavailable_database_delays_the_start_but_not_playing() -> None:
    assert len(await play(MemoryCursors(broken=3))) == TOTAL
    cursors = MemoryCursors()
    await play(cursors, speed=600.0, crash_after=500)
    cursors.broken = 10_000

    async def give_back() -> None:
        await asyncio.sleep(0)
        cursors.broken = 0

    back = asyncio.create_task(give_back())
    assert len(await play(cursors)) > 0
    await back


async def test_another_edition_of_the_tape_is_refused() -> None:
    cursors = MemoryCursors()
    await play(cursors, stop_after=100)
    other = small_tape.mixed()
    object.__setattr__(other, "digest", "another")
    with pytest.raises(TapeError, match="another edition"):
        await play(cursors, tape=other)


async def test_a_damaged_cursor_is_refused() -> None:
    cursors = MemoryCursors()
    await cursors.save("replay:small", '{"digest": "digest", "played": -4}', 1)
    with pytest.raises(TapeError):
        await play(cursors)
    await cursors.save("replay:small", "nonsense", 1)
    with pytest.raises(TapeError, match="cursor"):
        await play(cursors)


async def test_the_cursor_is_stored_in_the_database(database_url: str) -> None:
    async with open_database(database_url) as database:
        found = items(await play(CursorTable(database), stop_after=40))
    async with open_database(database_url) as database:
        assert list(await CursorTable(database).all()) == ["replay:small"]
        found += items(await play(CursorTable(database)))
    assert found[2:] == [SCHEDULE.item(i) for i in range(len(SCHEDULE))]
