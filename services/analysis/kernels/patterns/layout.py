"""The memory layout of one series: the current swing, the newest pivots, the active patterns. All of fixed size."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Records = npt.NDArray[Any]

PIVOTS: Final = 16
"""Pivots that are remembered, newest last."""
SHAPES, LINES, HARMONICS, DIVERGENCES = 8, 2, 2, 8
"""Patterns of each group that are active at once in a series; beyond that a draft replaces the oldest of the lowest rank."""
ACTIVE: Final = SHAPES + LINES + HARMONICS + DIVERGENCES
"""Patterns of a series that are active at once."""
CORNERS: Final = 8
"""Most pivots of one pattern."""
MOST_EVENTS: Final = 4 * ACTIVE
"""Upper bound of the events at one bar of one series."""
COLUMNS: Final = ("rsi_14", "macd", "obv")
"""The columns of the plan that divergences are measured on, in the order in which the kernels take them."""

SWING: Final = np.dtype(
    [
        ("n", "i8"),  # bars so far
        ("leg", "i8"),  # +1 rising (the high may become a pivot), -1 falling, 0 not known yet
        ("pivots", "i8"),  # pivots so far
        ("busy", "i8"),  # bit i is set if place i of the active patterns is in use
        ("quiet", "i8"),  # before this bar nothing happens to a pattern while prices stay between floor and ceiling
        ("floor", "f8"),
        ("ceiling", "f8"),
        ("atr", "f8"),  # Wilder's mean of the true range; its sum until there are enough
        ("close", "f8"),  # of the bar before
        ("sum", "f8"),  # of all closes
        ("traded", "f8"),  # the sum of all volumes
        ("high", "f8"),  # rising: of this leg; falling: since the low
        ("high_at", "i8"),
        ("high_time", "i8"),
        ("high_sum", "f8"),  # of all closes up to that bar
        ("high_traded", "f8"),  # the sum of all volumes up to that bar
        ("high_rsi", "f8"),  # the indicators at that bar
        ("high_macd", "f8"),
        ("high_obv", "f8"),
        ("low", "f8"),
        ("low_at", "i8"),
        ("low_time", "i8"),
        ("low_sum", "f8"),
        ("low_traded", "f8"),
        ("low_rsi", "f8"),
        ("low_macd", "f8"),
        ("low_obv", "f8"),
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
        ("traded", "f8"),  # the sum of all volumes up to that bar
        ("rsi", "f8"),  # the indicators at that bar
        ("macd", "f8"),
        ("obv", "f8"),
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
