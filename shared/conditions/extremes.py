"""Words for the extreme of the last bars: ``highest high of 20 bars``, ``at a 20 day low``, ``최근 120봉 중 최저``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.counted import SKIPPED, Found, bars
from shared.conditions.items import Item
from shared.conditions.scanning import Piece

_EXTREMES: Final = frozenset({"highest", "lowest"})
_OF_HIGHS: Final = {"high": "highest", "low": "lowest"}
_INSIDE: Final = frozenset({"of", "over", "in"})
_AT: Final = frozenset({"is", "at", "hits", "hit", "makes", "made", "making", "sets", "setting", "hitting", "reaches"})
_BEFORE_EXTREME: Final = frozenset({*_AT, "its", "a", "an", "the", "new", "fresh"})
EXTREME_WORDS: Final = frozenset({*_BEFORE_EXTREME, *_EXTREMES, *_OF_HIGHS, "최근", "지난"})
_LAST_EXTREMES: Final = {
    **dict.fromkeys(("high", "최고", "최고치", "최고값", "최대", "최대치", "최대값"), "highest"),
    **dict.fromkeys(("low", "최저", "최저치", "최저값", "최소", "최소치", "최소값"), "lowest"),
}
_OF_ALL: Final = {**dict.fromkeys(("최고가", "신고가"), "highest"), **dict.fromkeys(("최저가", "신저가"), "lowest")}
"""The same behind ``중``; alone they are columns."""


def extreme(pieces: Sequence[Piece], at: int) -> Found | None:
    """``highest high of 20 bars``; of a value ``at its lowest in 120 bars``, ``at a 20 day low``, ``최근 120봉 중 최저``."""
    start, word = at, pieces[at].text
    while start < len(pieces) and pieces[start].text in _BEFORE_EXTREME:
        start += 1
    words = [piece.text for piece in pieces[start : start + 3]]
    name = words[0] if words and words[0] in _EXTREMES else ""
    if start == at and words[:1] and words[0] in _OF_HIGHS and words[1:2] and words[1] in _INSIDE:
        return _of_last(pieces, at)
    if not name:
        return _in_bars(pieces, at, start)
    inside = len(words) > 1 and words[1] in _INSIDE
    if len(words) < 3 or not (inside or words[2] in _INSIDE) or (start == at and inside):
        return None
    found = _last(pieces, start + (2 if inside else 3))
    if found is None:
        return None
    if start > at:
        return [Item("EXTREME", f"{name} {found[0]} {found[1]}", pieces[at].at, word)], found[2]
    place = pieces[at].at
    call = [("NAME", name), ("OPEN", "("), ("NAME", words[1]), ("COMMA", ","), ("NUMBER", str(found[0])), ("CLOSE", ")")]
    return [Item(kind, value, place, name) for kind, value in call], found[2]


def _in_bars(pieces: Sequence[Piece], at: int, start: int) -> Found | None:
    """``at a 20 day low``, ``120봉 중 최저``."""
    korean = pieces[at].text in {"최근", "지난"}
    found = bars(pieces, at + korean)
    if found is None and start > at and pieces[at].text in _AT:
        found = bars([piece for piece in pieces[start : start + 4] if piece.text != "-"], 0)
        dashes = sum(piece.text == "-" for piece in pieces[start : start + 3])
        found = found and (found[0], found[1], start + dashes + found[2])
    if found is None:
        return None
    count, unit, end = found
    if unit in {"week", "weeks", "주"}:  # the 52-week high has a column of its own
        return None
    if end < len(pieces) and pieces[end].text in {"중", "간", "내", "이내", "의", "중에서"}:
        end += 1
    among = pieces[end - 1].text in {"중", "중에서"}
    last = pieces[end].text if end < len(pieces) else ""
    name = _LAST_EXTREMES.get(last) or (_OF_ALL.get(last) if among else None)
    behind = pieces[end + 1].kind if end + 1 < len(pieces) else ""
    latin = name and pieces[end].kind == "word"
    if name is None or (latin and start == at) or (not latin and behind == "hangul" and pieces[end + 1].text in {"가", "종가"}):
        return None
    return [Item("EXTREME", f"{name} {count} {unit}", pieces[at].at, pieces[at].text)], end + 1


def _of_last(pieces: Sequence[Piece], at: int) -> Found | None:
    """``the high of the last 5 days``, which this bar is one of; ``of the previous 5 days`` are those before it."""
    start, words = at + 2, set[str]()
    while start < len(pieces) and pieces[start].text in SKIPPED | {"prior"}:
        words.add(pieces[start].text)
        start += 1
    found = bars(pieces, start) if words & {"last", "past", "previous", "prior"} else None
    if found is None:
        return None
    place, high = pieces[at].at, pieces[at].text
    if words & {"previous", "prior"}:
        return [Item("NAME", f"{high}_{found[0]}", place, high)], found[2]
    call = [("NAME", _OF_HIGHS[high]), ("OPEN", "("), ("NAME", high), ("COMMA", ","), ("NUMBER", str(found[0])), ("CLOSE", ")")]
    return [Item(kind, value, place, high) for kind, value in call], found[2]


def _last(pieces: Sequence[Piece], start: int) -> tuple[int, str, int] | None:
    while start < len(pieces) and pieces[start].text in SKIPPED:
        start += 1
    return bars(pieces, start)
