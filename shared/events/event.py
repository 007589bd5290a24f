"""The parts of all events: integers and the base class."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

SafeInt = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""An integer that every JSON reader represents exactly; decoding refuses integers out of this range."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """The base class: the tag ``type`` in the body, the version in the headers."""

    version: ClassVar[int] = 1

    @property
    def event_id(self) -> str:
        """The permanent id of the event: the same content has the same id."""
        raise NotImplementedError(f"{type(self).__name__} has no event_id")
