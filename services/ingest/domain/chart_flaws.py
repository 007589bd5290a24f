"""A split, dividend or adjusted close of a chart that is not used as received."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class ChartFlaw:
    """One such value; it is reported as ``Quarantined``."""

    reason: Literal["split", "dividend", "factor"]
    outcome: Literal["quarantined", "repaired"]
    note: str
    ts: int
    """Seconds; 0 where no time is known."""
    values: Mapping[str, float | None] = field(default_factory=dict)
