"""Words for a whole expression with a number in it: ``up 5%``, ``highest high of 20 bars``, ``after 10:30``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.counted import SKIPPED, Found, bars
from shared.conditions.items import Item
from shared.conditions.phrases import phrases
from shared.conditions.scanning import Piece

_MOVES: Final = {
    "rising": frozenset({"up", "rises", "rose", "gains", "gained", "jumps", "jumped", "surges", "rallies", "climbs", "increases"}),
    "falling": frozenset(
        {"down", "falls", "fell", "drops", "dropped", "loses", "lost", "declines", "declined", "decreases", "dips"}
    ),
}
_BY: Final = frozenset({"by", "is", "was"})
_TIMES: Final = {"이후": ">=", "부터": ">=", "이전": "<=", "까지": "<=", "전": "<="}


def move(pieces: Sequence[Piece], at: int) -> Found | None:
    """``up 5%``, ``drops more than 3%``: a change against the bar before."""
    start = at + (pieces[at].text in {"is", "was"})
    if start >= len(pieces):
        return None
    word = pieces[start].text
    name = next((name for name, words in _MOVES.items() if word in words), "")
    if not name:
        return None
    end = start + 1
    if end < len(pieces) and pieces[end].text in _BY:
        end += 1
    compared = phrases().longest(pieces, end, lambda meaning, _: meaning[0] == "COMPARE")
    sign = ">="
    if compared:
        (_, sign), end = compared
    behind = [piece.text for piece in pieces[end : end + 2]]
    if sign not in {">", ">="} or len(behind) < 2 or pieces[end].kind != "number" or behind[1] not in {"%", "percent"}:
        return None
    return [Item("MOVED", f"{name} {sign} {behind[0]}", pieces[at].at, word)], end + 2


def extreme(pieces: Sequence[Piece], at: int) -> Found | None:
    """``highest high of the last 20 bars``."""
    words = [piece.text for piece in pieces[at : at + 3]]
    if len(words) < 3 or words[0] not in {"highest", "lowest"} or words[2] not in {"of", "over", "in"}:
        return None
    start = at + 3
    while start < len(pieces) and pieces[start].text in SKIPPED:
        start += 1
    found = bars(pieces, start)
    if found is None:
        return None
    place = pieces[at].at
    call = [("NAME", words[0]), ("OPEN", "("), ("NAME", words[1]), ("COMMA", ","), ("NUMBER", str(found[0])), ("CLOSE", ")")]
    return [Item(kind, value, place, words[0]) for kind, value in call], found[2]


def clock_words(pieces: Sequence[Piece], at: int) -> Found | None:
    """``after 10:30``, ``before 11:00``, ``10시 30분 이후``."""
    piece = pieces[at]
    if piece.text in {"after", "before", "until", "since"} and at + 1 < len(pieces) and pieces[at + 1].kind == "clock":
        sign = ">=" if piece.text in {"after", "since"} else "<="
        return _time(sign, pieces[at + 1].text, piece.at, piece.text), at + 2
    start = at + (piece.text in {"오전", "오후"})
    texts = [each.text if each.kind in {"number", "hangul"} else "" for each in pieces[start : start + 5]]
    if len(texts) < 2 or not texts[0].isdigit() or len(texts[0]) > 2 or texts[1] != "시":
        clock = piece.kind == "clock" and at + 1 < len(pieces) and pieces[at + 1].text in _TIMES
        return (_time(_TIMES[pieces[at + 1].text], piece.text, piece.at, piece.text), at + 2) if clock else None
    hours, minutes, end = int(texts[0]) + 12 * (piece.text == "오후" and int(texts[0]) < 12), "00", 2
    if len(texts) > 3 and texts[2].isdigit() and texts[3] == "분":
        minutes, end = texts[2].zfill(2), 4
    text = f"{hours}:{minutes[:2]}"
    if len(texts) > end and texts[end] in _TIMES:
        return _time(_TIMES[texts[end]], text, piece.at, piece.text), start + end + 1
    return [Item("CLOCK", text, piece.at, piece.text)], start + end


def _time(sign: str, clock: str, at: int, shown: str) -> list[Item]:
    return [Item("NAME", "time", at, shown), Item("COMPARE", sign, at, shown), Item("CLOCK", clock, at, shown)]
