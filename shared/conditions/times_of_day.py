"""Words for a comparison with the time of day: ``after 10:30``, ``hour <= 15``, ``10시 30분 이후``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.counted import Found
from shared.conditions.items import Item
from shared.conditions.scanning import Piece

_HOUR_SIGNS: Final = frozenset({"<", "<=", ">", ">="})
CLOCK_WORDS: Final = frozenset({"after", "before", "until", "since", "hour", "오전", "오후"})
CLOCK_KINDS: Final = frozenset({"number", "clock"})
_TIMES: Final = {
    "넘어서": ">=",
    "넘어": ">=",
    "넘": ">=",
    "지나서": ">=",
    "이후": ">=",
    "부터": ">=",
    "이전": "<=",
    "까지": "<=",
    "전": "<=",
}


def clock_words(pieces: Sequence[Piece], at: int) -> Found | None:
    """``after 10:30``, ``before 11:00``, ``hour >= 10``, ``10시 30분 이후``."""
    piece = pieces[at]
    if piece.text in {"after", "before", "until", "since"} and at + 1 < len(pieces) and pieces[at + 1].kind == "clock":
        sign = ">=" if piece.text in {"after", "since"} else "<="
        return _time(sign, pieces[at + 1].text, piece.at, piece.text), at + 2
    hour = [each.text for each in pieces[at + 1 : at + 3]]
    both_named = _hour_and_minute(pieces, at)
    if both_named:
        return both_named
    if piece.text == "hour" and len(hour) == 2 and hour[0] in _HOUR_SIGNS and hour[1].isdecimal() and int(hour[1][:3]) < 24:
        return _of_hour(hour[0], int(hour[1]), piece), at + 3
    range_words = [each.text for each in pieces[at + 1 : at + 5]]
    if (
        piece.text == "hour"
        and range_words[:1] == ["between"]
        and range_words[2:3] == ["and"]
        and _is_hour(range_words[1])
        and _is_hour(range_words[-1])
    ):
        both = Item("AND", "and", piece.at, piece.text)
        return [*_of_hour(">=", int(range_words[1]), piece), both, *_of_hour("<=", int(range_words[3]), piece)], at + 5
    if piece.text == "hour" and len(hour) == 2 and hour[0] in {"=", "=="} and hour[1].isdecimal() and int(hour[1]) < 24:
        first, second = f"{hour[1]}:00", f"{int(hour[1]) + 1}:00"
        both = Item("AND", "and", piece.at, piece.text)
        return [*_time(">=", first, piece.at, piece.text), both, *_time("<", second, piece.at, piece.text)], at + 3
    start = at + (piece.text in {"오전", "오후"})
    texts = [each.text if each.kind in {"number", "hangul"} else "" for each in pieces[start : start + 5]]
    if len(texts) < 2 or not texts[0].isdecimal() or len(texts[0]) > 2 or texts[1] != "시":
        clock = piece.kind == "clock" and at + 1 < len(pieces) and pieces[at + 1].text in _TIMES
        return (_time(_TIMES[pieces[at + 1].text], piece.text, piece.at, piece.text), at + 2) if clock else None
    hours, minutes, end = int(texts[0]) + 12 * (piece.text == "오후" and int(texts[0]) < 12), "00", 2
    if len(texts) > 3 and texts[2].isdecimal() and texts[3] == "분":
        minutes, end = texts[2].zfill(2), 4
    text = f"{hours}:{minutes[:2]}"
    if len(texts) > end and texts[end] in _TIMES:
        return _time(_TIMES[texts[end]], text, piece.at, piece.text), start + end + 1
    return [Item("CLOCK", text, piece.at, piece.text)], start + end


def _is_hour(text: str) -> bool:
    return text.isdecimal() and int(text[:3]) < 24


def _of_hour(sign: str, hour: int, piece: Piece) -> list[Item]:
    """``hour <= 15`` is true until 15:59, ``hour > 15`` from 16:00 on."""
    sign, hour = {"<=": ("<", hour + 1), ">": (">=", hour + 1)}.get(sign, (sign, hour))
    if hour == 24:
        return _time("<=" if sign == "<" else ">", "23:59", piece.at, piece.text)
    return _time(sign, f"{hour}:00", piece.at, piece.text)


def _hour_and_minute(pieces: Sequence[Piece], at: int) -> Found | None:
    """``hour == 9 and minute >= 45``: from 9:45 to the end of the hour."""
    texts = [piece.text for piece in pieces[at : at + 7]]
    if len(texts) < 7 or (texts[0], texts[3], texts[4]) != ("hour", "and", "minute") or texts[1] not in {"=", "=="}:
        return None
    hour, sign, minute = texts[2], texts[5], texts[6]
    if not (hour.isdecimal() and minute.isdecimal()) or int(hour[:3]) > 23 or int(minute[:3]) > 59:
        return None
    place, shown = pieces[at].at, pieces[at].text
    clock, both = f"{hour}:{minute.zfill(2)}", Item("AND", "and", place, shown)
    if sign in {"=", "=="}:
        return _time("==", clock, place, shown), at + 7
    if sign not in _HOUR_SIGNS:
        return None
    least, below = _time(">=", f"{hour}:00", place, shown), _of_hour("<=", int(hour), pieces[at])
    limit = _time(sign, clock, place, shown)
    return ([*limit, both, *below] if sign.startswith(">") else [*least, both, *limit]), at + 7


def _time(sign: str, clock: str, at: int, shown: str) -> list[Item]:
    return [Item("NAME", "time", at, shown), Item("COMPARE", sign, at, shown), Item("CLOCK", clock, at, shown)]
