"""Plays a tape: the past as history, then ticks and heartbeats at the tape's pace, from where it stopped last time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec
import numpy as np
import structlog

from services.ingest.domain.clock import Clock
from services.ingest.domain.schedule import SOURCE, Schedule
from services.ingest.domain.source import MAX_BATCH, Item
from services.ingest.domain.tape import Tape, TapeError
from services.ingest.domain.tape_backfills import backfills
from shared.failures import TransientError
from shared.metrics import counter, gauge

SAVE_SECONDS: Final = 1.0
"""How often the cursor is saved: after a crash, at most about so much is played again, with the same numbers."""
FLUSH_SECONDS: Final = 0.02
"""Items that are due within this time travel together."""
BEHIND_SECONDS: Final = 1.0
"""Whoever was held back longer than this does not run to catch up."""
RETRY_SECONDS: Final = 1.0

log = structlog.get_logger("ingest.replay")
cursor_failures = counter("ingest_cursor_failures_total", "Times that the cursor of the tape could not be saved.")
progress = gauge("ingest_tape_played_ratio", "Share of the tape that has been played.")


class CursorStore(Protocol):
    """Keeps cursors; raises ``TransientError``."""

    async def load(self, cursor: str) -> str | None: ...

    async def save(self, cursor: str, position: str, now: int) -> None: ...


class TapePosition(msgspec.Struct, frozen=True):
    """How far a tape has been published."""

    digest: str
    backfilled: int = 0
    """Symbols whose history has been published."""
    played: int = 0
    """Items of the score that have been published."""


@dataclass(frozen=True)
class PlaybackSpeed:
    """How fast a tape is played."""

    speed: float | None
    """Seconds of event time a second; None: as fast as the broker acknowledges."""
    longest_pause: float
    """Seconds to which a time without events is cut."""

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
        self, tape: Tape, schedule: Schedule, playback: PlaybackSpeed, cursors: CursorStore, clock: Clock, stopping: asyncio.Event
    ) -> None:
        self._tape = tape
        self._schedule = schedule
        self._due = playback.due_seconds(schedule)
        self._backfills = backfills(tape)
        self._cursors = cursors
        self._clock = clock
        self._stopping = stopping
        self._cursor = f"replay:{tape.name}"
        self._position = TapePosition(tape.digest)
        self._saved_at = clock.now()
        self.finished = False
        """True when the whole tape has been published."""

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
            log.info("the tape is over; event time cannot go back, so it is not played again", tape=self._tape.name)
        while not self._stopping.is_set():
            await self._clock.wait(3600)

    async def _play(self) -> AsyncIterator[Sequence[Item]]:
        """Batches of what is due from the position on; whoever asks for the next has moved the position past the one before."""
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
        """Take up the saved position.

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
        log.info("the tape goes on where it stopped", tape=self._tape.name, played=position.played, of=len(self._schedule))

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
            log.warning("the cursor cannot be saved now; a restart would repeat ticks under their numbers", error=str(error))
