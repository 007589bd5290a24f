"""How much a story matters, from counted facts alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.events import Category

HOUR_MS: Final = 3_600_000
CATEGORIES: Final[Mapping[Category, float]] = MappingProxyType(
    {"policy": 1.0, "economy": 0.9, "market": 0.6, "company": 0.5, "commodities": 0.5, "other": 0.0}
)


def importance(seen: Mapping[str, int], first_seen: int, watched: int, category: Category) -> float:
    """0 to 1: 0.40 P + 0.25 S + 0.20 W + 0.15 C.

    - P, publishers: log2(n) / 3, at most 1 (eight publishers), for n publishers of the story.
    - S, speed of spread: (n - 1) / 3, at most 1, for n publishers within an hour of the first one.
    - W, watched instruments: n / 3, at most 1, for n linked instruments that a chat watches.
    - C, category: policy 1, economy 0.9, market 0.6, company and commodities 0.5, other 0.

    ``seen``: publisher -> when its first article was received, milliseconds since the epoch.

    >>> importance({"One": 0}, 0, 0, "other")
    0.0
    >>> importance({"One": 0, "Two": 60_000, "Three": 90_000, "Four": 99_999_999}, 0, 1, "policy")
    0.65
    """
    publishers = min(1.0, math.log2(max(1, len(seen))) / 3)
    quick = sum(at - first_seen <= HOUR_MS for at in seen.values())
    speed = min(1.0, max(0, quick - 1) / 3)
    return round(0.40 * publishers + 0.25 * speed + 0.20 * min(1.0, watched / 3) + 0.15 * CATEGORIES[category], 4)
