"""What a linked instrument did after a story, from closes of stored bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from shared.events import Reaction

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS
HOUR_BARS: Final = (("5m", 12), ("15m", 4))
"""Timeframes and how many of their bars are an hour of trading; the first one that the instrument has is used."""
MOST_DAYS: Final = 10
"""What is not known this long after the story stays null."""
PAST_DAYS: Final = 10
"""A close that is older than this before the story is not its price."""


class Close(NamedTuple):
    """A close, adjusted, and when."""

    at: int
    price: float


class Moves(NamedTuple):
    """A move and the mean move of the other members of the industry in that time; None: not known."""

    own: float | None = None
    industry: float | None = None


def move(before: Close | None, after: Close | None) -> float | None:
    """The relative move; None where a close is not known.

    >>> move(Close(0, 100.0), Close(1, 101.5))
    0.015
    """
    if before is None or after is None or before.price <= 0 or after.at <= before.at:
        return None
    return round(after.price / before.price - 1, 6)


def mean(moves: Sequence[float | None]) -> float | None:
    """The mean of the known moves; None where none is known."""
    known = [each for each in moves if each is not None]
    return round(sum(known) / len(known), 6) if known else None


def next_due(first_seen: int, reactions: Sequence[Reaction], now: int) -> int | None:
    """When the next reaction may be known, in event time; None: all are known, or the rest never will be.

    >>> next_due(0, [Reaction(symbol="A", price=1.0, hour=0.1)], 2 * HOUR_MS) == DAY_MS
    True
    """
    if all(each.day is not None for each in reactions) or now > first_seen + MOST_DAYS * DAY_MS:
        return None
    if any(each.hour is None for each in reactions) and now < first_seen + DAY_MS:
        return max(first_seen + HOUR_MS, now + 5 * MINUTE_MS)
    return max(first_seen + DAY_MS, now + HOUR_MS)
