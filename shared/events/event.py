"""The parts of all events: timeframes, integers and the base class."""

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
"""An integer that every JSON reader represents exactly; decoding refuses integers out of this range."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """The base class: the tag ``type`` in the body, the version in the headers."""

    version: ClassVar[int] = 1

    @property
    def event_id(self) -> str:
        """The permanent id of the event: the same content has the same id."""
        raise NotImplementedError(f"{type(self).__name__} has no event_id")
