"""Plays a tape: its history first, then ticks and heartbeats at the chosen speed, from the saved position."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
import structlog

from services.ingest.domain.clock import Clock
from services.ingest.domain.cursor_store import CursorStore
from services.ingest.domain.source import MAX_BATCH, Backfill, Item
from services.ingest.domain.tape import Tape, TapeError
from services.ingest.domain.tape_schedule import SOURCE, Schedule
from shared.failures import TransientError
from shared.metrics import counter, gauge

SAVE_SECONDS: Final = 1.0
"""Interval of saving the cursor: after a crash, about this much is repeated, with the same sequence numbers."""
FLUSH_SECONDS: Final = 0.02
"""Items that are due within this time are sent in one batch."""
BEHIND_SECONDS: Final = 1.0
"""After a longer delay the schedule is shifted, so that the tape does not speed up to catch up."""
RETRY_SECONDS: Final = 1.0

log = structlog.get_logger("ingest.replay")
cursor_failures = counter("ingest_cursor_failures_total", "Failures to save the cursor of the tape.")
progress = gauge("ingest_tape_played_ratio", "Share of the tape that has been played.")


class TapePosition(msgspec.Struct, frozen=True):
    """How far a tape has been published."""

    digest: str
    backfilled: int = 0
    """Number of symbols whose history has been published."""
    played: int = 0
    """Number of items of the schedule that have been published."""


@dataclass(frozen=True)
class PlaybackSpeed:
    """The speed at which a tape is played."""

    speed: float | None
    """Seconds of event time per second; None: as fast as the broker acknowledges."""
    longest_pause: float
    """Seconds to which a time without events is shortened."""

    def due_seconds(self, schedule: Schedule) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """When each item is due, in seconds after the first. Shape (items,)."""
        if self.speed is None:
            return np.zeros(len(schedule))
        steps = np.minimum(np.diff(schedule.ts, prepend=schedule.ts[:1]) / 1000 / self.speed, self.longest_pause)
        return np.cumsum(steps)


class Replay:
    """The source that plays a tape. Event times, sequence numbers and content are the same in every run."""

    name = SOURCE

    def __init__(
        self, tape: Tape, history: Sequence[Backfill], schedule: Schedule, playback: PlaybackSpeed, cursors: CursorStore,
        clock: Clock, stopping: asyncio.Event,
    ) -> None:  # fmt: skip
        """``history``: the tape's ``backfills``."""
        self._tape = tape
        self._schedule = schedule
        self._due = playback.due_seconds(schedule)
        self._backfills = history
        self._cursors = cursors
        self._clock = clock
        self._stopping = stopping
        self._cursor = f"replay:{tape.name}"
        self._position = TapePosition(tape.digest)
        self._saved_at = clock.now()
        self.finished = False
        """True after the whole tape has been published."""

    @property
    def event_time(self) -> int | None:
        """Event time of the last item that has been published, milliseconds; None before the first one."""
        played = self._position.played
        return int(self._schedule.ts[played - 1]) if played else None

    async def events(self) -> AsyncIterator[Sequence[Item]]:
        await self._restore()
        for number, backfill in enumerate(self._backfills):
            if self._stopping.is_set():
                break
            if number >= self._position.backfilled:
                yield (backfill,)
                await self._advance(TapePosition(self._tape.digest, backfilled=number + 1))
        if not self._stopping.is_set():
            async for batch in self._play():
                yield batch
                await self._advance(msgspec.structs.replace(self._position, played=self._position.played + len(batch)))
        await self._save()
        if not self._stopping.is_set():
            self.finished = True
            log.info("the tape has ended; event time cannot go back, so it is not played again", tape=self._tape.name)
        while not self._stopping.is_set():
            await self._clock.wait(3600)

    async def _play(self) -> AsyncIterator[Sequence[Item]]:
        """Batches of due items from the position on; the caller advances the position before it requests the next batch."""
        clock, due = self._clock, self._due
        if self._position.played < len(due):
            started = clock.now() - float(due[self._position.played])
        while not self._stopping.is_set() and (place := self._position.played) < len(due):
            elapsed = clock.now() - started
            wait_seconds = float(due[place]) - elapsed
            if wait_seconds > 0:
                await clock.wait(max(wait_seconds, FLUSH_SECONDS))
                continue
            if wait_seconds < -BEHIND_SECONDS:
                started, elapsed = started - wait_seconds, float(due[place])
            ready = int(np.searchsorted(due, elapsed, side="right"))
            yield [self._schedule.item(i) for i in range(place, min(ready, place + MAX_BATCH))]

    async def _restore(self) -> None:
        """Restore the saved position.

        Raises:
            TapeError: the cursor belongs to another edition of the tape, or cannot be read.
        """
        while not self._stopping.is_set():
            try:
                text = await self._cursors.load(self._cursor)
                break
            except TransientError as error:
                log.warning("the cursor cannot be read yet", error=str(error))
                await self._clock.wait(RETRY_SECONDS)
        else:
            return
        if text is None:
            return
        try:
            position = msgspec.json.decode(text, type=TapePosition)
        except msgspec.DecodeError as error:
            raise TapeError(f"tape {self._tape.name!r}: its cursor {text[:80]!r} cannot be read: {error}") from error
        if position.digest != self._tape.digest or not 0 <= position.played <= len(self._schedule):
            raise TapeError(
                f"tape {self._tape.name!r}: it is another edition than the one that was played to item {position.played}; "
                "start with an empty database and an empty Kafka"
            )
        self._position = position
        log.info("the tape continues at its saved position", tape=self._tape.name, played=position.played, of=len(self._schedule))

    async def _advance(self, position: TapePosition) -> None:
        self._position = position
        progress.set(position.played / max(1, len(self._schedule)))
        if self._clock.now() - self._saved_at >= SAVE_SECONDS:
            await self._save()

    async def _save(self) -> None:
        self._saved_at = self._clock.now()
        try:
            await self._cursors.save(self._cursor, msgspec.json.encode(self._position).decode(), self._clock.wall())
        except TransientError as error:
            cursor_failures.inc()
            log.warning("the cursor cannot be saved now; a restart would repeat ticks with the same numbers", error=str(error))
