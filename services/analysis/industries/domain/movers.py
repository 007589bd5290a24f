"""The leaders and laggards of a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SHOWN: Final = 3


def movers(moved: Mapping[str, float]) -> tuple[list[str], list[str]]:
    """Up to three with the largest moves, the largest first, and up to three of the others with the smallest, the smallest first.

    No member is in both lists: of few members most lead. Equal moves are ordered by symbol.

    >>> movers({"A": 0.01, "B": 0.03, "C": -0.02, "D": 0.0})
    (['B', 'A', 'D'], ['C'])
    """
    ordered = sorted(moved, key=lambda symbol: (-moved[symbol], symbol))
    return ordered[:SHOWN], ordered[SHOWN:][-SHOWN:][::-1]
