"""A feed, and the lines of the reviewed file that name feeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from services.ingest.domain.universe import InstrumentKind

Language = Literal["en", "ko"]


class FeedError(ValueError):
    """The file of feeds is not usable; the message names the line, the field and the value."""


class FeedLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the file: a feed, or one feed for each instrument."""

    feed: str
    """Slug: lower-case letters, digits and hyphens."""
    publisher: str
    url: str
    """http or https. With ``{symbol}`` there is one feed for each instrument that ``kinds`` and ``exchanges`` choose."""
    language: Language
    minutes: float
    """Interval of reading it."""
    licence: str
    """What the publisher allows, and where it says so."""
    shown: str
    """What is stored and shown of it."""
    kinds: tuple[InstrumentKind, ...] = ()
    """Kinds of instruments of a ``{symbol}`` feed; none: all."""
    exchanges: tuple[str, ...] = ()
    """Exchanges of the instruments of a ``{symbol}`` feed; none: all."""
    zone: str = ""
    """Time zone of dates that name none, as ``Asia/Seoul``; without it such dates are unknown."""
    contact: bool = False
    """The publisher refuses clients that give no contact address."""
    body: bool = False
    """The publisher allows reading the text of the pages."""


@dataclass(frozen=True)
class Feed:
    """One feed that can be read."""

    id: str
    """``LINE``, or ``LINE:SYMBOL`` for a feed of one instrument."""
    line: str
    publisher: str
    url: str
    language: Language
    seconds: float
    symbols: tuple[str, ...] = ()
    zone: str = ""
    contact: bool = False
    body: bool = False
    replayed: bool = False
    """A tape plays it: it has no interval, and its articles are samples."""
