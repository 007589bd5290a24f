"""The schedule of a tape: all its ticks and heartbeats in playing order, numbered. The same tape always gives the same
schedule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.ingest.domain.heartbeats import RANK_TICK, DueHeartbeat, Mark, heartbeats_within, session_marks
from services.ingest.domain.tape import FINEST, Int64s, Recording, Tape, TapeError, tick_path
from shared.calendars import Sessions
from shared.events import Heartbeat, Tick, Timeframe

MINUTE: Final = 60_000
SOURCE: Final = "replay"
_MARKS: Final[tuple[Mark, ...]] = ("beat", "session_open", "session_close")


@dataclass(frozen=True)
class Schedule:
    """Ticks and heartbeats in order. All arrays have the shape (items,)."""

    ts: Int64s
    """Event time in milliseconds, never falling."""
    part: Int64s
    """Index of the recording; for a heartbeat -1 - index of the exchange."""
    seq: Int64s
    """Ticks: number within the symbol from 1 without a gap. Heartbeats: index of the mark."""
    price: npt.NDArray[np.float64]
    size: npt.NDArray[np.float64]
    symbols: tuple[str, ...]
    finest: tuple[Timeframe, ...]
    exchanges: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ts)

    def item(self, i: int) -> Tick | Heartbeat:
        """The event at index ``i``; the same index always gives the same event."""
        ts, part, seq = int(self.ts[i]), int(self.part[i]), int(self.seq[i])
        if part < 0:
            exchange = self.exchanges[-1 - part]
            return Heartbeat(exchange=exchange, ts_event=ts, ts_init=ts, source=SOURCE, mark=_MARKS[seq], replayed=True)
        return Tick(
            symbol=self.symbols[part],
            price=float(self.price[i]),
            size=float(self.size[i]),
            ts_event=ts,
            ts_init=ts,
            source=SOURCE,
            seq=seq,
            finest=self.finest[part],
            replayed=True,
        )


def schedule_of(tape: Tape, calendars: Mapping[str, Sessions]) -> Schedule:
    """Make the schedule of a tape.

    ``calendars`` holds the sessions of each of the tape's exchanges, from its start to its end at least.

    Raises:
        TapeError: two recordings of one symbol overlap, or a tick lies before the tape's start.
    """
    recordings = tape.recordings
    paths = [tick_path(each) for each in recordings]
    for recording, path in zip(recordings, paths, strict=True):
        if len(path.ts) and (path.ts[0] < tape.start or path.ts[-1] > tape.end):
            raise TapeError(f"tape {tape.name!r}: {recording.symbol} has ticks from before its start or after its end")
    due = _heartbeats(tape, calendars)
    ticks = sum(len(path.ts) for path in paths)
    ts = np.concatenate([*(path.ts for path in paths), np.array([each.ts for each in due], dtype=np.int64)])
    part = np.concatenate(
        [
            *(np.full(len(path.ts), i, dtype=np.int64) for i, path in enumerate(paths)),
            np.array([-1 - tape.exchanges.index(each.exchange) for each in due], dtype=np.int64),
        ]
    )
    rank = np.concatenate([np.full(ticks, RANK_TICK, dtype=np.int64), np.array([each.rank for each in due], dtype=np.int64)])
    none = np.zeros(len(due))
    order = np.lexsort((rank, ts))  # stable: ticks of one time keep the tape's order, heartbeats the order of their marks
    sorted_part = part[order]
    seq = np.concatenate([np.zeros(ticks, dtype=np.int64), np.array([_MARKS.index(each.mark) for each in due], dtype=np.int64)])[
        order
    ]
    _number(seq, sorted_part, tape, ts[order])
    return Schedule(
        ts=ts[order],
        part=sorted_part,
        seq=seq,
        price=np.concatenate([*(path.price for path in paths), none])[order],
        size=np.concatenate([*(path.size for path in paths), none])[order],
        symbols=tuple(each.symbol for each in recordings),
        finest=tuple(FINEST[each.resolution] for each in recordings),
        exchanges=tape.exchanges,
    )


def _number(seq: Int64s, part: Int64s, tape: Tape, ts: Int64s) -> None:
    """Number the ticks of each symbol, in place; the recordings of one symbol must follow one another."""
    parts: dict[str, list[int]] = {}
    for i, recording in enumerate(tape.recordings):
        parts.setdefault(recording.symbol, []).append(i)
    for symbol, indexes in parts.items():
        places = np.flatnonzero(np.isin(part, indexes))
        if np.count_nonzero(np.diff(part[places])) > len(indexes) - 1:
            raise TapeError(f"tape {tape.name!r}: recordings of {symbol} overlap around {int(ts[places[0]])}")
        seq[places] = np.arange(1, len(places) + 1)


def _heartbeats(tape: Tape, calendars: Mapping[str, Sessions]) -> list[DueHeartbeat]:
    due: list[DueHeartbeat] = []
    for exchange in tape.exchanges:
        sessions = calendars[exchange]
        due += session_marks(sessions, tape.start - 1, tape.end)
        fine = [each for each in tape.recordings if each.exchange == exchange and FINEST[each.resolution] is Timeframe.M1]
        for index in _sessions_with_ticks(sessions, fine):
            due += heartbeats_within(sessions, index, MINUTE)
    return sorted(due)


def _sessions_with_ticks(sessions: Sessions, recordings: list[Recording]) -> list[int]:
    """Sessions with ticks finer than daily ones: only these need a heartbeat per minute."""
    found: set[int] = set()
    for recording in recordings:
        indexes = np.searchsorted(sessions.open, recording.bars.start, side="right") - 1
        found.update(int(i) for i in np.unique(indexes) if i >= 0)
    return sorted(found)
