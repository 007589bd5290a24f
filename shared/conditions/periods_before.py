"""Values of the week or month before: ``last week's high``, ``전주 고가``, ``1 week ago high``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.conditions.counted import Found
from shared.conditions.items import Item
from shared.conditions.phrases import phrases
from shared.conditions.scanning import Piece
from shared.conditions.timeframes import UNIT_WORDS, timeframe

_LAST: Final = frozenset({"last", "previous", "prior", "prev"})
_KOREAN: Final = {"전주": "week", "지난주": "week", "전월": "month", "지난달": "month", "전달": "month"}
PERIOD_WORDS: Final = frozenset({*_LAST, *_KOREAN})
_LONG: Final = frozenset({"week", "month"})
_PRICES: Final = frozenset({"open", "high", "low", "close", "volume"})
_FEWEST_LETTERS: Final = 3


def period_before(pieces: Sequence[Piece], at: int) -> Found | None:
    """``last week's high``, ``previous month low``: one week or month back, where a value of it follows."""
    piece = pieces[at]
    unit, end = _KOREAN.get(piece.text, ""), at + 1
    if piece.text in _LAST and end < len(pieces) and len(pieces[end].text) >= _FEWEST_LETTERS:
        unit = UNIT_WORDS.get(pieces[end].text.removesuffix("s"), "")
        end += 1
        end += 2 if [each.text for each in pieces[end : end + 2]] == ["'", "s"] else 0
    end += end < len(pieces) and pieces[end].text == "의"
    if unit not in _LONG or not _is_price(pieces, end):
        return None
    return [Item("BACK", f"1 {unit}", piece.at, piece.text)], end


def _is_price(pieces: Sequence[Piece], at: int) -> bool:
    if at < len(pieces) and pieces[at].text in _PRICES:
        return True
    found = phrases().longest(pieces, at, lambda meaning, _: meaning[0] == "NAME")
    return found is not None and found[0][1] in _PRICES


def in_longer_bars(items: Sequence[Item], own_unit: str) -> list[Item]:
    """A value some weeks or months back is one of weekly or monthly bars, where the bars are shorter."""
    found: list[Item] = []
    for i, item in enumerate(items):
        if item.type != "BACK":
            found.append(item)
            continue
        count, _, word = item.value.partition(" ")
        unit = UNIT_WORDS.get(word, "")
        named = i + 1 < len(items) and items[i + 1].value in _PRICES
        if unit in _LONG and unit != own_unit and named:
            frame = timeframe(f"1 {unit}")
            found += [Item("FRAME", str(frame), item.at, item.shown), replace(item, value=count)]
        else:
            found.append(item)
    return found
