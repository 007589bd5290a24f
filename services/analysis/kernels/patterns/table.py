"""The list of patterns. A new pattern needs a line here; the loops are generated from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from services.analysis.kernels.patterns.cup_and_handle import cup_and_handle
from services.analysis.kernels.patterns.flags import flag
from services.analysis.kernels.patterns.head_and_shoulders import head_and_shoulders
from services.analysis.kernels.patterns.levels import level
from services.analysis.kernels.patterns.tops import double_top, triple_top
from services.analysis.kernels.patterns.triangles import triangle

Finder = Callable[[Any, int, float, Any, int], bool]
"""``(pivots, have, atr, x, code) -> found``: drafts into ``x`` the pattern that ends at the newest of ``have`` pivots; ``code`` is
the place of the family's first pattern in ``PATTERNS``. ``life.py`` sets status and times.
"""


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
    way: int
    """The direction of its breakout: +1 up, -1 down, 0 either."""


@dataclass(frozen=True)
class Family:
    """A finder and the patterns it can draft, in the order of its codes."""

    find: Finder
    patterns: tuple[ChartPattern, ...]


def _pair(name: str, mirror: str, family: str, rank: int, way: int) -> tuple[ChartPattern, ChartPattern]:
    return ChartPattern(name, mirror, family, rank, way), ChartPattern(mirror, name, family, rank, -way)


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
)
PATTERNS: Final[tuple[ChartPattern, ...]] = tuple(pattern for family in FAMILIES for pattern in family.patterns)
"""The index of a pattern in this table is its code in the kernels."""
