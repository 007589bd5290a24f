"""What is wrong with a chart beside its rows: a split, a dividend or an adjusted close that is not used as it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Flaw:
    """To be reported as ``Quarantined``."""

    reason: Literal["split", "dividend", "factor"]
    outcome: Literal["quarantined", "repaired"]
    note: str
    ts: int
    """Seconds; 0 where no time is known."""
    values: Mapping[str, float | None] = field(default_factory=dict)
