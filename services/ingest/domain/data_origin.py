"""The origin of the prices in a database or a Kafka: one source, or one edition of one tape. Other origins are refused.

Prices of two origins must not be mixed, and event time cannot go back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

NEWS_CURSORS: Final = "news:"
"""Beginning of the cursors of articles, which say nothing about prices."""
ORIGIN_CURSOR: Final = "source"
"""Name of the cursor that holds a ``DataOrigin``."""
REPLAY: Final = "replay"
YAHOO: Final = "yahoo"


class DataOrigin(msgspec.Struct, frozen=True):
    """Where the prices in a store come from."""

    source: str
    tape: str = ""
    edition: str = ""
    """Digest of the tape."""

    def __str__(self) -> str:
        return f"tape {self.tape}" if self.source == REPLAY else f"live prices from {self.source}"


class _Played(msgspec.Struct):
    """The field of a tape's position that is needed here."""

    digest: str = ""


def origins(cursors: Mapping[str, str]) -> tuple[DataOrigin, ...]:
    """The origins of prices that a database's cursors show. A database of an older version has no origin cursor, only those of a
    tape or of Yahoo's history.

    >>> origins({"news:demo": "1381104000000"})
    ()

    Raises:
        ValueError: a position cannot be read; the message names its cursor.
    """
    of_prices = {name: position for name, position in cursors.items() if not name.startswith(NEWS_CURSORS)}
    return tuple(dict.fromkeys(_origin(name, position) for name, position in of_prices.items()))


def read_origin(text: str) -> DataOrigin:
    """Read what ``write_origin`` wrote. Raises ValueError."""
    return msgspec.json.decode(text, type=DataOrigin)


def write_origin(holding: DataOrigin) -> str:
    """The origin as JSON."""
    return msgspec.json.encode(holding).decode()


def conflict(held: DataOrigin, requested: DataOrigin, store: str, remedy: str) -> str | None:
    """Why ``requested`` cannot go into ``store``, with the remedy; None if it can. ``remedy``: how to get an empty store.

    >>> conflict(DataOrigin("replay", "demo", "a"), DataOrigin("yahoo"), "it", "delete it")
    'it holds tape demo, so live prices from yahoo cannot go there: go on with SOURCE=replay TAPE=demo, or delete it'
    """
    if held == requested:
        return None
    if (held.source, held.tape) == (requested.source, requested.tape):
        return f"{store} holds another edition of {held}, and event time cannot go back: {remedy}"
    settings = f"SOURCE={held.source}" + (f" TAPE={held.tape}" if held.tape else "")
    return f"{store} holds {held}, so {requested} cannot go there: go on with {settings}, or {remedy}"


def _origin(name: str, position: str) -> DataOrigin:
    kind, _, rest = name.partition(":")
    try:
        if name == ORIGIN_CURSOR:
            return read_origin(position)
        if kind == REPLAY:
            return DataOrigin(REPLAY, rest, msgspec.json.decode(position, type=_Played).digest)
    except msgspec.DecodeError as error:
        raise ValueError(f"cursor {name!r} with position {position[:80]!r} cannot be read: {error}") from error
    return DataOrigin(YAHOO)
