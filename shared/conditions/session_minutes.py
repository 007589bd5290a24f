"""Minutes of the session in words: ``장 시작 30분 이내``, ``in the first 30 minutes``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.counted import Found
from shared.conditions.items import Item
from shared.conditions.scanning import Piece

_OPENINGS: Final = (["개장"], ["장", "시작"])
_SIGNS: Final = {"이내": "<=", "안": "<=", "동안": "<=", "이후": ">=", "후": ">="}
_BEFORE: Final = {"in": "<=", "within": "<=", "during": "<=", "only": "<=", "after": ">="}
_KOREAN_UNITS: Final = {"분": 1, "시간": 60}
_HOURS: Final = ((60, ["first", "hour"]), (30, ["first", "half", "hour"]))
_UNITS: Final = frozenset({"min", "mins", "minute", "minutes"})
_OF: Final = (["of", "the", "session"], ["of", "the", "day"], ["of", "trading"], ["of", "session"], ["after", "the", "open"])
_JOINS: Final = frozenset({"on", "and", "or", "그리고", ",", "&", "&&"})
OPENING_WORDS: Final = frozenset({*(words[0] for words in _OPENINGS), *_BEFORE, "first"})


def session_minutes(pieces: Sequence[Piece], at: int) -> Found | None:
    """A comparison of the minutes since the open."""
    return _since_open(pieces, at) or _first(pieces, at)


def _since_open(pieces: Sequence[Piece], at: int) -> Found | None:
    """``장 시작 30분 이내``, ``개장 후 30분 이후``."""
    words = [piece.text for piece in pieces[at : at + 7]]
    start = next((len(each) for each in _OPENINGS if words[: len(each)] == each), 0)
    start += start > 0 and words[start : start + 1] in (["후"], ["이후"])
    number, unit, word = (*words[start : start + 3], "", "", "")[:3]
    sign = _SIGNS.get(word, "")
    if not start or not sign or unit not in _KOREAN_UNITS or not number.isdecimal():
        return None
    return _compared(pieces, at, sign, str(int(number) * _KOREAN_UNITS[unit]), at + start + 3)


def _first(pieces: Sequence[Piece], at: int) -> Found | None:
    """``in the first 30 minutes``, ``first 30 mins only``; ``first 30 minutes high`` is something else."""
    sign, start = _BEFORE.get(pieces[at].text, ""), at
    start += bool(sign)
    start += start < len(pieces) and pieces[start].text == "the"
    words = [piece.text for piece in pieces[start : start + 3]]
    hours = next((size for size, each in _HOURS if words[: len(each)] == each), 0)
    if words[:1] != ["first"] or not (hours or (len(words) == 3 and words[1].isdecimal() and words[2] in _UNITS)):
        return None
    number = str(hours or words[1])
    end = start + (len(next(each for size, each in _HOURS if size == hours)) if hours else 3)
    end += next((len(each) for each in _OF if [piece.text for piece in pieces[end : end + len(each)]] == each), 0)
    only = end < len(pieces) and pieces[end].text == "only"
    if not sign and not only:
        return None
    return _compared(pieces, at, sign or "<=", number, end + only)


def _compared(pieces: Sequence[Piece], at: int, sign: str, number: str, behind: int) -> Found:
    shown, place = pieces[at].text, pieces[at].at
    values = (("NAME", "minutes_since_open"), ("COMPARE", sign), ("NUMBER", number), ("AND", "and"))
    more = behind < len(pieces) and pieces[behind].text not in _JOINS
    return [Item(kind, value, place, shown, korean=True) for kind, value in values[: 4 if more else 3]], behind
