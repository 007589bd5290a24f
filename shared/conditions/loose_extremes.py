"""Loose spellings of extremes: ``20 day high``, ``new 20 day closing high``, ``lowest rsi in 6 months``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.counted import SKIPPED
from shared.conditions.loose_crosses import value_at
from shared.conditions.operations import MOST_BARS
from shared.conditions.phrases import phrases
from shared.conditions.scanning import Piece

_EXTREMES: Final = {
    **dict.fromkeys(("신고가", "최고가", "high", "highs", "breakout"), "high"),
    **dict.fromkeys(("신저가", "최저가", "low", "lows", "breakdown"), "low"),
}
_BEFORE_EXTREME: Final = frozenset({"new", "fresh", "makes", "making", "hits", "hitting", "sets", "prints", "at"})
_EXTREME_UNITS: Final = {**dict.fromkeys(("일", "day", "bar", "봉"), 1), "month": 21, "week": 5, "주": 5, "개월": 21}
_YEAR_OF_WEEKS: Final = 260
"""Bars of 52 weeks of five days, for which there is a column."""
EXTREME_WORDS: Final = frozenset(_EXTREMES)
_BARS: Final = {
    **dict.fromkeys(("day", "days", "bar", "bars", "session", "sessions"), 1),
    **dict.fromkeys(("week", "weeks"), 5),
    **dict.fromkeys(("month", "months"), 21),
    **dict.fromkeys(("year", "years"), 252),
}
_OVER: Final = frozenset({"in", "over", "of", "since", "for", "within"})
_RENEWED: Final = frozenset({"갱신", "경신", "돌파", "달성"})


def new_extreme(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``20일 신고가``, ``20 day high`` where something true or false is needed: beyond those before."""
    start = at
    while at < len(found) and found[at].text in _BEFORE_EXTREME:
        at += 1
    if at >= len(found) or found[at].kind != "number" or not found[at].text.isdecimal():
        return None
    end = at + 1
    end += end < len(found) and found[end].text == "-"
    if end + 1 >= len(found) or found[end].text not in _EXTREME_UNITS:
        return None
    count = int(found[at].text[:4]) * _EXTREME_UNITS[found[end].text]
    name = _EXTREMES.get(found[end + 1].text)
    end += 2
    end += end < len(found) and found[end].text in _RENEWED
    alone = end == len(found) or phrases().longest(found, end, lambda meaning, _: meaning[0] in {"AND", "OR", "COMMA"})
    before = start == 0 or phrases().longest(found, start - 1, lambda meaning, _: meaning[0] in {"AND", "OR", "COMMA", "FILL"})
    if name is None or not alone or not before or not 0 < count <= MOST_BARS:
        return None
    column = f"{name}_52w" if count == _YEAR_OF_WEEKS else f"{name}_{count}"
    return f" close {'>' if name == 'high' else '<'} {column} ", end


def closing_extreme(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``new 20 day closing high``."""
    while at < len(found) and found[at].text in _BEFORE_EXTREME | {"a"}:
        at += 1
    words = [piece.text for piece in found[at : at + 5] if piece.text != "-"]
    end = at + 4 + (len(found) > at + 1 and found[at + 1].text == "-")
    if len(words) < 4 or not words[0].isdecimal() or words[1] not in _BARS or words[2] != "closing" or words[3] not in _EXTREMES:
        return None
    bars = int(words[0][:4]) * _BARS[words[1]]
    name = "highest" if _EXTREMES[words[3]] == "high" else "lowest"
    return (f" close == {name}(close, {bars}) ", end) if 0 < bars <= MOST_BARS else None


def extreme_of(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``lowest rsi in 6 months``, ``volume highest in 60 days``: it is at its extreme of so many bars."""
    name = found[at].text
    if name not in {"highest", "lowest"}:
        return None
    before = value_at(found, at - 1) if at else None
    value = before if before and before[1] == at else value_at(found, at + 1)
    end = at + 1 if before else value[1] if value else at
    if value is None or end >= len(found) or found[end].text not in _OVER:
        return None
    end += 1
    one = end < len(found) and found[end].text == "a"
    while end < len(found) and found[end].text in SKIPPED:
        end += 1
    counted = end < len(found) and found[end].text.isdecimal()
    count = int(found[end].text[:4]) if counted else 1 if one else 0
    end += counted
    bars = count * _BARS.get(found[end].text, 0) if end < len(found) else 0
    if not 0 < bars <= MOST_BARS:
        return None
    call = f"== {name}({value[0]}, {bars}) "
    return f" {call}" if before else f" {value[0]} {call}", end + 1
