"""Whether a result holds in all of its parts. What is pooled over parts may be good although one part is not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Judgement:
    """A result and its parts."""

    pooled: float | None
    worst: float | None
    """The lowest part; None if a part has no value."""
    failing: tuple[int, ...]
    """The numbers of the parts, from 1, that are 0 or less or have no value."""
    holds: bool
    """Whether the pooled value and every part are above 0."""


def judged(pooled: float | None, parts: Sequence[float | None]) -> Judgement:
    """Raises ValueError without parts: nothing that was judged is no pass.

    >>> judged(1.2, [2.0, 1.5, -0.1]).failing, judged(1.2, [2.0, None]).holds, judged(1.0, [0.5]).holds
    ((3,), False, True)
    """
    if not parts:
        raise ValueError("parts: there are none")
    values = [math.nan if part is None else part for part in parts]
    failing = tuple(number for number, value in enumerate(values, 1) if not value > 0.0)
    worst = None if any(math.isnan(value) for value in values) else min(values)
    return Judgement(pooled, worst, failing, not failing and pooled is not None and pooled > 0.0)
