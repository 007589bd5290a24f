"""The list of patterns. A new pattern needs a line here; the loops are generated from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from services.analysis.kernels.patterns.cup_and_handle import cup_and_handle
from services.analysis.kernels.patterns.divergences import macd_divergence, obv_divergence, rsi_divergence
from services.analysis.kernels.patterns.double_and_triple import double_top, triple_top
from services.analysis.kernels.patterns.flags import flag
from services.analysis.kernels.patterns.harmonics import harmonic
from services.analysis.kernels.patterns.head_and_shoulders import head_and_shoulders
from services.analysis.kernels.patterns.layout import ACTIVE, DIVERGENCES, HARMONICS, LINES, SHAPES
from services.analysis.kernels.patterns.levels import level
from services.analysis.kernels.patterns.trend_lines import trend_line
from services.analysis.kernels.patterns.triangles import triangle

Finder = Callable[[Any, int, float, Any, int], bool]
"""``(pivots, pivot_count, atr, x, code) -> found``: drafts into ``x`` the pattern that ends at the newest of the pivots.

``code`` is the place of the family's first pattern in ``PATTERNS``. ``lifecycle.py`` sets status and times.
"""


@dataclass(frozen=True)
class Group:
    """Patterns that share the places of a series' active ones."""

    first: int
    """Its first place."""
    end: int
    """The place after its last."""
    covers: int
    """A pattern confirmed at a place from this one up to ``end`` absorbs those of the group that cover the same move."""


SHAPE: Final = Group(0, SHAPES, 0)
LINE: Final = Group(SHAPES, SHAPES + LINES, 0)
"""A trend line often breaks together with another pattern: then that pattern is the signal."""
HARMONIC: Final = Group(LINE.end, LINE.end + HARMONICS, LINE.end)
DIVERGENCE: Final = Group(HARMONIC.end, HARMONIC.end + DIVERGENCES, ACTIVE)
"""Each is a fact of its own: none absorbs another."""


@dataclass(frozen=True)
class ChartPattern:
    """A chart pattern by name."""

    name: str
    mirror: str
    """The name of its mirror image."""
    family: str
    """A draft replaces forming patterns of its family that share pivots with it."""
    rank: int
    """Of patterns that break out together the one with the lowest number is confirmed."""
    direction: int
    """The direction of its breakout: +1 up, -1 down, 0 either."""
    group: Group = SHAPE


@dataclass(frozen=True)
class Family:
    """A finder and the patterns it can draft, in the order of its codes."""

    find: Finder
    patterns: tuple[ChartPattern, ...]


def _pair(name: str, mirror: str, family: str, rank: int, direction: int) -> tuple[ChartPattern, ChartPattern]:
    return ChartPattern(name, mirror, family, rank, direction), ChartPattern(mirror, name, family, rank, -direction)


def _apart(name: str, mirror: str, rank: int, direction: int, group: Group) -> tuple[ChartPattern, ChartPattern]:
    """A pattern and its mirror image that do not replace each other."""
    return ChartPattern(name, mirror, name, rank, direction, group), ChartPattern(mirror, name, mirror, rank, -direction, group)


def _harmonics(name: str) -> tuple[ChartPattern, ChartPattern]:
    up, down = f"bullish_{name}", f"bearish_{name}"
    return (
        ChartPattern(up, down, "bullish harmonics", 9, 1, HARMONIC),
        ChartPattern(down, up, "bearish harmonics", 9, -1, HARMONIC),
    )


def _divergences(name: str) -> tuple[ChartPattern, ...]:
    regular = _apart(f"bearish_{name}_divergence", f"bullish_{name}_divergence", 10, -1, DIVERGENCE)
    return *regular, *_apart(f"hidden_bearish_{name}_divergence", f"hidden_bullish_{name}_divergence", 10, -1, DIVERGENCE)


FAMILIES: Final[tuple[Family, ...]] = (
    Family(
        head_and_shoulders,
        _pair("head_and_shoulders", "inverse_head_and_shoulders", "head and shoulders", 0, -1),
    ),
    Family(triple_top, _pair("triple_top", "triple_bottom", "tops", 4, -1)),
    Family(double_top, _pair("double_top", "double_bottom", "tops", 6, -1)),
    Family(cup_and_handle, _pair("cup_and_handle", "inverse_cup_and_handle", "cup", 1, 1)),
    Family(
        flag,
        (*_pair("bull_flag", "bear_flag", "flags", 2, 1), *_pair("bull_pennant", "bear_pennant", "flags", 2, 1)),
    ),
    Family(
        triangle,
        (
            *_pair("ascending_triangle", "descending_triangle", "lines", 3, 0),
            ChartPattern("symmetrical_triangle", "symmetrical_triangle", "lines", 3, 0),
            *_pair("rising_wedge", "falling_wedge", "lines", 3, 0),
            *_pair("channel_up", "channel_down", "lines", 5, 0),
            ChartPattern("rectangle", "rectangle", "tops", 5, 0),
        ),
    ),
    Family(level, _pair("resistance", "support", "levels", 7, 1)),
    Family(trend_line, _apart("uptrend_line", "downtrend_line", 8, -1, LINE)),
    Family(harmonic, tuple(each for name in ("gartley", "bat", "butterfly", "crab") for each in _harmonics(name))),
    Family(rsi_divergence, _divergences("rsi")),
    Family(macd_divergence, _divergences("macd")),
    Family(obv_divergence, _divergences("obv")),
)
PATTERNS: Final[tuple[ChartPattern, ...]] = tuple(pattern for family in FAMILIES for pattern in family.patterns)
"""The index of a pattern in this table is its code in the kernels."""
