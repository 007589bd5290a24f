"""Which heartbeats are due: session opens and closes at the calendar's times, and periodic ones in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from shared.calendars import Sessions

Mark = Literal["beat", "session_open", "session_close"]


@dataclass(frozen=True, order=True)
class DueHeartbeat:
    """A heartbeat that is due. Ordered as heartbeats are sent: by time, then rank."""

    ts: int
    rank: int
    """Order relative to ticks of the same time: see ``RANK_TICK``."""
    exchange: str
    mark: Mark


RANK_TICK: Final = 2
"""A tick comes after the open of its session and before its close. If one session closes when the next opens, a tick of that time
belongs to the next, so the close comes first."""
_RANKS: Final[dict[Mark, int]] = {"session_open": 1, "beat": 1, "session_close": 3}
_RANK_SEAMLESS_CLOSE: Final = 0


def session_marks(sessions: Sessions, after: int, upto: int) -> Iterator[DueHeartbeat]:
    """Session opens and closes with ``after`` < time <= ``upto``, in order.

    >>> import datetime as dt
    >>> from shared.calendars import sessions
    >>> coin = sessions("CRYPTO", dt.date(2024, 1, 1), dt.date(2024, 1, 2))
    >>> [(due.ts - int(coin.open[0]), due.mark) for due in session_marks(coin, int(coin.open[0]), int(coin.open[1]))]
    [(86400000, 'session_close'), (86400000, 'session_open')]
    """
    first = int(np.searchsorted(sessions.close, after, side="right"))
    for i in range(first, len(sessions.open)):
        opening, closing = int(sessions.open[i]), int(sessions.close[i])
        if opening > upto:
            return
        if opening > after:
            yield DueHeartbeat(opening, _RANKS["session_open"], sessions.exchange, "session_open")
        if closing <= upto:
            seamless = i + 1 < len(sessions.open) and int(sessions.open[i + 1]) == closing
            yield DueHeartbeat(
                closing, _RANK_SEAMLESS_CLOSE if seamless else _RANKS["session_close"], sessions.exchange, "session_close"
            )


def heartbeats_within(sessions: Sessions, index: int, every: int) -> Iterator[DueHeartbeat]:
    """A heartbeat each ``every`` milliseconds within session ``index``, without its open and close."""
    for ts in range(int(sessions.open[index]) + every, int(sessions.close[index]), every):
        yield DueHeartbeat(ts, _RANKS["beat"], sessions.exchange, "beat")


@dataclass(frozen=True)
class HeartbeatProgress:
    """The heartbeats of an exchange that have been sent."""

    session_marks_until: int
    """Session opens and closes up to this time have been sent."""
    last_heartbeat: int
    """Event time of the last heartbeat."""


def due_heartbeats(
    calendars: Mapping[str, Sessions], progress: Mapping[str, HeartbeatProgress], now: int, every: int
) -> tuple[list[DueHeartbeat], dict[str, HeartbeatProgress]]:
    """Heartbeats of all exchanges that are due at event time ``now``, in order, and the progress once they are sent.

    ``now`` is the time up to which every tick has been published: the wall clock less a lag. ``every`` in milliseconds.
    """
    due: list[DueHeartbeat] = []
    after = dict(progress)
    for exchange, sessions in calendars.items():
        before = progress[exchange]
        if now <= before.session_marks_until:
            continue
        fresh = list(session_marks(sessions, before.session_marks_until, now))
        latest = max((each.ts for each in fresh), default=before.last_heartbeat)
        if sessions.at(now) >= 0 and now - latest >= every:
            fresh.append(DueHeartbeat(now, _RANKS["beat"], exchange, "beat"))
            latest = now
        due += fresh
        after[exchange] = replace(before, session_marks_until=now, last_heartbeat=latest)
    return sorted(due), after
