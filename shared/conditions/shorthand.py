"""Words for a whole expression with a number in it: ``highest high of 20 bars``, ``at a 20 day low``, ``after 10:30``."""

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
_ALIGNED: Final = {"정배열": ">", "역배열": "<"}
_BETWEEN_AVERAGES: Final = frozenset({"-", "/", ",", "~", ">", "<", "일", "일선", "선", "이평", "이평선", "이동평균선", "이", "의"})
_FEWEST, _MOST_ALIGNED = 3, 20
_GOLDEN: Final = (("golden", "cross"), ("death", "cross"), ("dead", "cross"), ("골든크로스",), ("데드크로스",), ("골든", "크로스"))
_AVERAGES: Final = frozenset({"이평선", "이동평균선", "이평", "이동평균"})
CROSSED_WORDS: Final = frozenset({*_ALIGNED, *_AVERAGES, *(words[0] for words in _GOLDEN)})
_UPWARD: Final = frozenset({"goldencross", "골든크로스"})
_PAIR: Final = 2
DISPARITY: Final = frozenset({"이격도", "disparity"})
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


def aligned(pieces: Sequence[Piece], at: int) -> Found | None:
    """``5-20-60 정배열``, ``5일 20일 60일선 역배열``: averages in this order."""
    if pieces[at].kind != "number":
        return None
    numbers: list[Piece] = []
    end = at
    while end < min(len(pieces), at + _MOST_ALIGNED) and (
        (pieces[end].kind == "number" and pieces[end].text.isdecimal()) or pieces[end].text in _BETWEEN_AVERAGES
    ):
        numbers += [pieces[end]] if pieces[end].kind == "number" else []
        end += 1
    sign = _ALIGNED.get(pieces[end].text) if end < len(pieces) and len(numbers) >= _FEWEST else None
    if sign is None:
        return None
    items: list[Item] = []
    for number in numbers:
        items += [
            *([Item("COMPARE", sign, number.at, sign)] if items else []),
            Item("NAME", f"sma_{number.text}", number.at, number.text),
        ]
    return items, end + 1


def crossed_after(pieces: Sequence[Piece], at: int) -> Found | None:
    """``골든크로스 20일 60일``, ``golden cross (20, 50)``, ``이평선 정배열 5>20>60``: the averages stand behind."""
    begin = at
    at += at + 1 < len(pieces) and pieces[at].text in _AVERAGES
    texts = [piece.text for piece in pieces[at : at + 2]]
    size = next((len(words) for words in _GOLDEN if tuple(texts[: len(words)]) == words), 0)
    sign = ">" if "".join(texts[:size]) in _UPWARD else "<"
    aligned_words = texts[0] in _ALIGNED
    sign, size = (_ALIGNED[texts[0]], 1) if aligned_words else (sign, size)
    end = at + size
    numbers: list[str] = []
    while size and end < min(len(pieces), at + _MOST_ALIGNED) and _is_of_list(pieces[end]):
        numbers += [pieces[end].text] if pieces[end].kind == "number" else []
        end += 1
    if len(numbers) < _FEWEST if aligned_words else len(numbers) != _PAIR:
        return None
    place, shown = pieces[begin].at, pieces[begin].text
    names = [Item("NAME", f"sma_{number}", place, shown) for number in numbers]
    between = Item("COMPARE", sign, place, shown)
    if not aligned_words:
        between = Item("CROSS", "crosses_above" if sign == ">" else "crosses_below", place, shown)
    return [each for name in names for each in (between, name)][1:], end


def _is_of_list(piece: Piece) -> bool:
    return (piece.kind == "number" and piece.text.isdecimal()) or piece.text in _BETWEEN_AVERAGES | {"(", ")"}


def disparity(items: list[Item], pieces: Sequence[Piece], at: int) -> Found | None:
    """``20일선 이격도``, ``이격도(20)``: the close in percent of an average. Takes the average from the items."""
    behind, end, average = [piece.text for piece in pieces[at + 1 : at + 4]], at + 1, ""
    marked = bool(items) and items[-1].type == "DAYS"
    last = items[-1 - marked] if len(items) > marked else None
    if last is not None and last.type == "NAME":
        average = last.value
    elif last is not None and last.type == "NUMBER" and last.value.isdecimal():
        average = f"sma_{last.value}"
    if average:
        del items[-1 - marked :]
    elif len(behind) == 3 and behind[0] == "(" and behind[1].isdecimal() and behind[2] == ")":
        average, end = f"sma_{behind[1]}", at + 4
    else:
        return None
    place, shown = pieces[at].at, pieces[at].text
    signs = [
        ("OPEN", "("),
        ("NAME", "close"),
        ("DIVIDED", "/"),
        ("NAME", average),
        ("TIMES", "*"),
        ("NUMBER", "100"),
        ("CLOSE", ")"),
    ]
    return [Item(kind, value, place, shown) for kind, value in signs], end
