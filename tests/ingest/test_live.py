"""A live source with heartbeats: ticks come first; the end or failure of the inner source ends it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Sequence

import pytest
from pydantic import ValidationError

from services.ingest.adapters.heartbeat_source import LiveSource
from services.ingest.domain.freshness import StaleFeeds
from services.ingest.domain.source import Item
from services.ingest.settings import IngestSettings
from shared.events import Heartbeat, Quarantined, Tick
from tests.hours import sessions

CRYPTO = sessions("CRYPTO", dt.date(2024, 6, 25), dt.date(2024, 7, 10))
NOON = int(CRYPTO.open[5]) + 12 * 3_600_000


class ManualClock:
    """A clock that advances only when it is waited on or set."""

    def __init__(self) -> None:
        self.ms = NOON

    def now(self) -> float:
        return self.ms / 1000

    def wall(self) -> int:
        return self.ms

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.ms += int(seconds * 1000)


def tick(ms: int) -> Tick:
    return Tick(symbol="BTC-USD", price=1.0, ts_event=ms, ts_init=ms, source="yahoo-stream")


class Feed:
    """A source of ``count`` ticks, each after ``silence`` seconds; each advances the clock by ``step``."""

    name = "yahoo"

    def __init__(
        self, clock: ManualClock, count: int, step: float = 0.0, silence: float = 0.0, error: Exception | None = None
    ) -> None:
        self._clock, self._count, self._step, self._silence, self._error = clock, count, step, silence, error

    async def events(self) -> AsyncIterator[Sequence[Item]]:
        for _ in range(self._count):
            until = self._clock.ms + self._silence * 1000
            while self._clock.ms < until:  # noqa: ASYNC110 - the clock of the test has no event
                await asyncio.sleep(0)
            self._clock.ms += int(self._step * 1000)
            yield (tick(self._clock.ms),)
        if self._error is not None:
            raise self._error


def live(feed: Feed, clock: ManualClock) -> LiveSource:
    return LiveSource(feed, lambda _: {"CRYPTO": CRYPTO}, clock, asyncio.Event(), every=5.0, lag=2.0)


async def collect(source: LiveSource) -> list[Item]:
    return [item async for batch in source.events() for item in batch]


async def test_heartbeats_come_without_ticks_and_lag_behind_the_clock() -> None:
    clock = ManualClock()
    found = await collect(live(Feed(clock, 3, silence=30.0), clock))
    heartbeats = [item for item in found if isinstance(item, Heartbeat)]
    assert len(heartbeats) >= 9
    assert all(beat.mark == "beat" and beat.ts_event == beat.ts_init - 2_000 for beat in heartbeats)
    assert [beat.ts_event for beat in heartbeats] == sorted(beat.ts_event for beat in heartbeats)
    assert sum(isinstance(item, Tick) for item in found) == 3


async def test_no_heartbeat_overtakes_a_waiting_tick() -> None:
    """After ten minutes without a broker, waiting ticks come before the next heartbeat."""
    clock = ManualClock()
    source = live(Feed(clock, 40, step=0.01), clock)
    found: list[Item] = []
    async for batch in source.events():
        found += batch
        if len(found) == 1:
            clock.ms += 600_000
    reached = 0
    for item in found[1:]:
        if isinstance(item, Heartbeat):
            reached = item.ts_event
        elif isinstance(item, Tick):
            assert item.ts_event >= reached


async def test_heartbeats_come_between_ticks_that_never_pause() -> None:
    clock = ManualClock()
    found = await collect(live(Feed(clock, 200, step=0.5), clock))
    heartbeats = [item.ts_event for item in found if isinstance(item, Heartbeat)]
    assert 5 <= len(heartbeats) <= 21
    for place, item in enumerate(found):
        if isinstance(item, Heartbeat):
            assert all(each.ts_event >= item.ts_event for each in found[place:] if isinstance(each, Tick))


async def test_sessions_open_and_close_at_the_times_of_the_calendar() -> None:
    clock = ManualClock()
    clock.ms = int(CRYPTO.open[6]) - 60_000
    found = await collect(live(Feed(clock, 2, silence=70.0), clock))
    marks = [(item.mark, item.ts_event) for item in found if isinstance(item, Heartbeat) and item.mark != "beat"]
    assert marks == [("session_close", int(CRYPTO.open[6])), ("session_open", int(CRYPTO.open[6]))]


async def test_a_stale_feed_is_reported_once_and_its_recovery_too() -> None:
    clock = ManualClock()
    feeds = StaleFeeds({"BTC-USD": "CRYPTO"}, 60_000)
    source = LiveSource(
        Feed(clock, 2, silence=200.0), lambda _: {"CRYPTO": CRYPTO}, clock, asyncio.Event(), every=5.0, lag=2.0, feeds=feeds
    )
    reports = [item for item in await collect(source) if isinstance(item, Quarantined)]
    assert {(event.symbol, event.what, event.reason) for event in reports} == {("CRYPTO", "feed", "stale")}
    assert [event.outcome for event in reports[:3]] == ["quarantined", "released", "quarantined"]
    assert reports[0].values["silent_seconds"] == pytest.approx(62.5, abs=3.0)


async def test_the_live_source_ends_and_fails_with_its_inner_source() -> None:
    clock = ManualClock()
    assert [item for item in await collect(live(Feed(clock, 2), clock)) if isinstance(item, Tick)]
    with pytest.raises(RuntimeError, match="gone"):
        await collect(live(Feed(clock, 1, error=RuntimeError("gone")), clock))


@pytest.mark.parametrize("speed", ["-1", "nan", "inf", "fast"])
def test_an_invalid_speed_is_refused(speed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEED", speed)
    with pytest.raises(ValidationError, match="speed"):
        IngestSettings()
