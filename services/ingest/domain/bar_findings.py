"""A closed bar that was repaired or quarantined, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.events import ProviderBar


@dataclass(frozen=True)
class Finding:
    """A bar that is not published as received."""

    bar: ProviderBar
    """As received."""
    reason: str
    outcome: Literal["quarantined", "repaired"]
    note: str = ""
    last: float | None = None
    """The previous close, in the same shares and currency unit as the bar."""
