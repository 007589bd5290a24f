"""How many bars in a row, before what holds on each: ``3 consecutive closes above sma_20``, ``3연속 음봉``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.counted import Found
from shared.conditions.items import Item
from shared.conditions.scanning import Piece

_STRAIGHT: Final = frozenset({"consecutive", "straight"})
_BARS: Final = frozenset(
    {
        *("close", "closes", "day", "days", "bar", "bars", "candle", "candles", "session", "sessions"),
        *("daily", "closing", "closed", "trading"),
    }
)
_IN_A_ROW: Final = ("in", "a", "row")
_SIDES: Final = frozenset({"above", "below", "over", "under"})
_MOST_DIGITS: Final = 3
_FAR: Final = 8


def streak(pieces: Sequence[Piece], at: int) -> Found | None:
    """The number of bars; what holds on each of them stands behind."""
    number, end = pieces[at].text, at + 1
    if not number.isdecimal() or len(number) > _MOST_DIGITS or end >= len(pieces):
        return None
    held = [Item("HELD", f"{number} ", pieces[at].at, number)]
    if pieces[end].text == "연속":
        end += 1 + ([piece.text for piece in pieces[end + 1 : end + 2]] == ["으로"])
        return held, end
    straight = named = False
    while end < min(len(pieces), at + _FAR):
        word = pieces[end].text
        if word in _SIDES:
            return (held, end) if straight and named else None
        in_a_row = tuple(piece.text for piece in pieces[end : end + 3]) == _IN_A_ROW
        if not (in_a_row or word in _STRAIGHT or word in _BARS):
            return None
        straight |= in_a_row or word in _STRAIGHT
        named |= word in _BARS
        end += 3 if in_a_row else 1
    return None
