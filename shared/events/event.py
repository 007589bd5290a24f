"""What all events share: timeframes, whole numbers, and the event itself."""

from __future__ import annotations

import enum
from typing import Annotated, ClassVar

import msgspec


class Timeframe(enum.StrEnum):
    """The length of a bar. A bar is stamped with its close time."""

    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    H1 = "1h"
    D1 = "1d"
    W1 = "1w"


SafeInt = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""A whole number that every JSON reader keeps exactly; what lies beyond is refused when a message is decoded."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What all events share: the tag ``type`` in the body, the version in the headers."""

    version: ClassVar[int] = 1

    @property
    def event_id(self) -> str:
        """Names this event for ever: the same content gives the same id."""
        raise NotImplementedError(f"{type(self).__name__} has no event_id")
