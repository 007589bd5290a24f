"""The memory layout of one series: the current swing, the newest pivots, the active patterns. All of fixed size."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Records = npt.NDArray[Any]

PIVOTS: Final = 16
"""Pivots that are remembered, newest last."""
ACTIVE: Final = 8
"""Patterns of a series that are active at once; a ninth replaces the oldest of the lowest rank."""
CORNERS: Final = 8
"""Most pivots of one pattern."""
MOST_EVENTS: Final = 4 * ACTIVE
"""Upper bound of the events at one bar of one series."""

SWING: Final = np.dtype(
    [
        ("n", "i8"),  # bars so far
        ("leg", "i8"),  # +1 rising (the high may become a pivot), -1 falling, 0 not known yet
        ("pivots", "i8"),  # pivots so far
        ("atr", "f8"),  # Wilder's mean of the true range; its sum until there are enough
        ("close", "f8"),  # of the bar before
        ("sum", "f8"),  # of all closes
        ("high", "f8"),  # rising: of this leg; falling: since the low
        ("high_at", "i8"),
        ("high_time", "i8"),
        ("high_sum", "f8"),  # of all closes up to that bar
        ("low", "f8"),
        ("low_at", "i8"),
        ("low_time", "i8"),
        ("low_sum", "f8"),
    ]
)
"""The current swing."""

PIVOT: Final = np.dtype(
    [
        ("kind", "i8"),  # +1 a high, -1 a low
        ("at", "i8"),  # number of the bar
        ("time", "i8"),  # its close
        ("known", "i8"),  # number of the bar that confirmed it
        ("price", "f8"),
        ("sum", "f8"),  # of all closes up to that bar
    ]
)

PATTERN: Final = np.dtype(
    [
        ("status", "i8"),  # index in STATUSES; the fields that every bar reads come first
        ("direction", "i8"),  # of the breakout: +1 up, -1 down, 0 either until it comes
        ("first", "i8"),  # number of the bar of the first pivot
        ("upper", "f8"),  # breakout line above at that bar, and its slope a bar
        ("upper_slope", "f8"),
        ("lower", "f8"),  # the same below
        ("lower_slope", "f8"),
        ("margin", "f8"),  # how far beyond the line a close must be
        ("stop", "f8"),  # a close beyond it fails the pattern; NaN until the breakout sets it
        ("target", "f8"),
        ("until", "i8"),  # number of the last bar of this status
        ("kind", "i8"),  # place in table.PATTERNS
        ("reason", "i8"),  # place in REASONS
        ("at", "i8"),  # number of the bar of the newest status
        ("formed", "i8"),  # number of the bar that made the shape complete
        ("length", "i8"),  # bars from the first pivot to the last
        ("height", "f8"),  # the target's distance from the breakout level
        ("quality", "f8"),
        ("level", "f8"),  # the line at the breakout bar
        ("volume_ratio", "f8"),  # breakout volume / mean of the 20 volumes before; NaN where there is none
        ("corners", "i8"),  # pivots in use
        ("corner_kind", "i8", (CORNERS,)),
        ("corner_at", "i8", (CORNERS,)),
        ("corner_time", "i8", (CORNERS,)),
        ("corner_price", "f8", (CORNERS,)),
    ]
)
"""An active pattern, and the event of a status: a copy of the pattern at that bar. ``corner_*``: oldest pivot first."""

STATUSES: Final = ("", "forming", "confirmed", "failed", "target")
FREE, FORMING, CONFIRMED, FAILED, TARGET = range(5)
REASONS: Final = ("", "invalidated", "expired", "absorbed", "displaced")
NO_REASON, INVALIDATED, EXPIRED, ABSORBED, DISPLACED = range(5)
"""Why a pattern failed: a close beyond the stop; no breakout or target in time; another pattern covers the same move; no room."""
