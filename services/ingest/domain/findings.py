"""What was found wrong with a closed bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.events import ProviderBar


@dataclass(frozen=True)
class Finding:
    """A bar that is not passed on as it came."""

    bar: ProviderBar
    """As received."""
    reason: str
    outcome: Literal["quarantined", "repaired"]
    note: str = ""
    last: float | None = None
    """The close before, in the terms of the bar."""
