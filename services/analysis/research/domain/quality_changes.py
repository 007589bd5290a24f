"""What a computation of the records of signal quality changes."""

from __future__ import annotations

import msgspec

from shared.events import SignalQuality, Timeframe


class QualityProcessError(Exception):
    """The records were not computed; the message says why."""


class QualityChange(msgspec.Struct, frozen=True):
    """A record that became validated, or lost it."""

    rule: str
    params: dict[str, float]
    direction: str
    timeframe: Timeframe
    level: str
    group: str
    horizon: int
    validated: bool
    quality: SignalQuality | None
    as_of: int
