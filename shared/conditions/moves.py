"""Words for a move in percent: ``up 5%``, ``drops more than 3% in 5 days``, ``gap up 2%``, ``갭상승 3% 이상``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.counted import SKIPPED, Found, bars
from shared.conditions.items import Item
from shared.conditions.phrases import phrases
from shared.conditions.scanning import Piece
from shared.conditions.timeframes import UNIT_WORDS

_MOVES: Final = {
    "rising": frozenset(
        {
            "up",
            "rises",
            "rose",
            "gains",
            "gained",
            "jumps",
            "jumped",
            "surges",
            "rallies",
            "climbs",
            "increases",
            "pumps",
            "pumped",
            "spikes",
            "spiked",
            "soars",
            "soared",
            "moons",
            "rips",
            "adds",
            "added",
            "advances",
        }
    ),
    "falling": frozenset(
        {
            "down",
            "falls",
            "fell",
            "drops",
            "dropped",
            "loses",
            "lost",
            "declines",
            "declined",
            "decreases",
            "dips",
            "dumps",
            "dumped",
            "crashes",
            "crashed",
            "plunges",
            "plunged",
            "tanks",
            "tanked",
            "slides",
            "slid",
            "tumbles",
            "sinks",
            "sheds",
        }
    ),
}
_BY: Final = frozenset({"by", "is", "was", "of"})
_OVER: Final = frozenset({"in", "over", "within", "for", "during"})
_OFF: Final = frozenset({"from", "off"})
_MOVING: Final = frozenset({"is", "was", "moves", "moved", "moving", "goes", "went"})
_WHOLE_GAPS: Final = {"gap_up": 1, "gapup": 1, "gap_down": -1, "gapdown": -1}
GAP_WORDS: Final = frozenset({"gap", "gaps", "gapped", "gapping", "갭", *_WHOLE_GAPS})
_WAYS: Final = {"up": 1, "higher": 1, "상승": 1, "down": -1, "lower": -1, "하락": -1}
_MINUS: Final = frozenset("-−–")
_SIGNS: Final = _MINUS | {"+"}
_CLAUSE_STARTS: Final = frozenset({"and", "or", "but", ",", "&", "&&", "(", ")", "그리고", "고"})
_RELATIONS: Final = frozenset({"<", ">", "<=", ">=", "=", "==", "!=", "above", "below", "over", "under", "than", "*", "/", "("})
_TODAY: Final = (["on", "the", "day"], ["today"], ["day"], ["intraday"])
MOVE_WORDS: Final = frozenset({"+", *_MOVING, *_WAYS, *_MINUS, *(word for words in _MOVES.values() for word in words)})
_MIRRORED: Final = {">=": "<=", ">": "<"}
_KOREAN_SIGNS: Final = {"이상": ">=", "초과": ">"}


def move(pieces: Sequence[Piece], at: int) -> Found | None:
    """``up 5%``, ``drops more than 3%``: a change against the bar before, ``in 5 days`` over more, ``from x`` against a value."""
    share = _share_off(pieces, at) or (_signed(pieces, at) if pieces[at].text in _SIGNS else None)
    if share:
        return share
    start = at + (pieces[at].text in _MOVING)
    if start >= len(pieces):
        return None
    word = pieces[start].text
    name = next((name for name, words in _MOVES.items() if word in words), "")
    size = _size(pieces, start + 1) if name else None
    if size is None:
        return _in_a_row(pieces, start)
    sign, percent, end = size
    over = pieces[end].text if end < len(pieces) else ""
    if over in _OFF:
        return [Item("MOVED", f"{name} {sign} {percent} 1", pieces[at].at, word), Item("BASE", "", pieces[end].at, over)], end + 1
    count, end = _over(pieces, end)
    return [Item("MOVED", f"{name} {sign} {percent} {count}", pieces[at].at, word)], end


def _signed(pieces: Sequence[Piece], at: int) -> Found | None:
    """``-5% in 3 days``, ``+3% today``, ``-5%`` as a clause of its own: a change with its sign."""
    name = "rising" if pieces[at].text == "+" else "falling"
    behind = pieces[at + 1 : at + 3]
    if len(behind) < 2 or behind[0].kind != "number" or behind[1].text not in {"%", "percent"}:
        return None
    before = pieces[at - 1].text if at else "and"
    count, end = _over(pieces, at + 3)
    today = next((len(words) for words in _TODAY if [piece.text for piece in pieces[end : end + len(words)]] == words), 0)
    lasting = end > at + 3 or today or (end < len(pieces) and pieces[end].text in _OVER)
    alone = before in _CLAUSE_STARTS and (end == len(pieces) or pieces[end].text in _CLAUSE_STARTS)
    if before in _RELATIONS or behind[0].at != pieces[at].end or not (lasting or alone):
        return None
    return [Item("MOVED", f"{name} >= {behind[0].text} {count}", pieces[at].at, pieces[at].text)], end + today


def _over(pieces: Sequence[Piece], end: int) -> tuple[str, int]:
    """``in 5 days``, ``over the last week``, ``in a day``: the bars and their unit, and the index behind them."""
    over = pieces[end].text if end < len(pieces) else ""
    last = end + 1
    while over in _OVER and last < len(pieces) and pieces[last].text in SKIPPED:
        last += 1
    counted = bars(pieces, last) if over in _OVER else None
    one = over in _OVER and last < len(pieces) and last > end + 1 and pieces[last].text in UNIT_WORDS
    if counted is None and one and (pieces[last - 1].text == "a" or len(pieces[last].text) > 1):
        counted = 1, pieces[last].text, last + 1
    count, unit, end = counted or (1, "", end)
    return f"{count} {unit}", end


def _share_off(pieces: Sequence[Piece], at: int) -> Found | None:
    """``-8% from the 20 day high``, ``20% off its 52 week high``: a fall from a value."""
    minus = pieces[at].text in _MINUS
    words = [piece.text for piece in pieces[at + minus : at + minus + 3]]
    if len(words) < 3 or pieces[at + minus].kind != "number" or words[1] not in {"%", "percent"}:
        return None
    if words[2] != "off" and not (minus and words[2] == "from"):
        return None
    place = pieces[at].at
    return [Item("MOVED", f"falling >= {words[0]} 1", place, words[0]), Item("BASE", "", place, words[2])], at + minus + 3


def _in_a_row(pieces: Sequence[Piece], at: int) -> Found | None:
    """``down 5 days in a row``, ``lower for 3 consecutive days``: a trend of so many bars."""
    way = _WAYS.get(pieces[at].text)
    start = at + 1
    while start < len(pieces) and pieces[start].text in {"for", *SKIPPED}:
        start += 1
    counted = bars(pieces, start) if way and pieces[at].kind == "word" else None
    if counted is None:
        return None
    count, unit, end = counted
    if [piece.text for piece in pieces[end : end + 3]] == ["in", "a", "row"]:
        end += 3
    elif end < len(pieces) and pieces[end].text in {"straight", "running", "consecutively"}:
        end += 1
    word = pieces[at]
    return [Item("TREND", "rising" if way == 1 else "falling", word.at, word.text), Item("HELD", f"{count} {unit}", word.at)], end


def gap(pieces: Sequence[Piece], at: int) -> Found | None:
    """``gaps up 3%``, ``gap_down > 3%``, ``갭상승 3% 이상``, ``갭 3% 이상``: of the open against the close before."""
    words = [piece.text for piece in pieces[at : at + 5]]
    if pieces[at].kind == "number" and len(words) > 3 and words[1] == "%":
        return _gap_after(pieces, at, words)
    if len(words) < 2 or words[0] not in GAP_WORDS:
        return None
    way = _WHOLE_GAPS.get(words[0]) or (1 if words[0] == "갭" and pieces[at + 1].kind == "number" else 0)
    size = _size(pieces, at + (1 if way else 2))
    way = way or _WAYS.get(words[1], 0)
    if size is None or not way:
        return None
    sign, percent, end = size
    after = pieces[end].text if end < len(pieces) else ""
    if after in _KOREAN_SIGNS:
        sign, end = _KOREAN_SIGNS[after], end + 1
    if [piece.text for piece in pieces[end : end + 2]] in (["or", "more"], ["or", "higher"], ["or", "greater"], ["or", "lower"]):
        end += 2
    return _gap_items(pieces[at], sign, percent, up=way > 0), end


def _gap_after(pieces: Sequence[Piece], at: int, words: Sequence[str]) -> Found | None:
    """``5% 이상 갭상승``."""
    sign = _KOREAN_SIGNS.get(words[2])
    rest = words[3:] if sign else words[2:]
    if len(rest) < 2 or rest[0] != "갭" or rest[1] not in _WAYS:
        return None
    return _gap_items(pieces[at], sign or ">=", words[0], up=_WAYS[rest[1]] > 0), at + (5 if sign else 4)


def _gap_items(first: Piece, sign: str, percent: str, *, up: bool) -> list[Item]:
    ratio = [("NAME", "open"), ("DIVIDED", "/"), ("NAME", "prev_session_close"), ("MINUS", "-"), ("NUMBER", "1")]
    limit = [("COMPARE", sign if up else _MIRRORED[sign]), *([] if up else [("MINUS", "-")]), ("PERCENT", percent)]
    return [Item(kind, value, first.at, first.text) for kind, value in (*ratio, *limit)]


def _size(pieces: Sequence[Piece], end: int) -> tuple[str, str, int] | None:
    """``by more than 3%``: the sign, the number, and the index behind it."""
    if end < len(pieces) and pieces[end].text in _BY:
        end += 1
    sign = ">="
    compared = phrases().longest(pieces, end, lambda meaning, _: meaning[0] == "COMPARE")
    if compared:
        (_, sign), end = compared
    behind = [piece.text for piece in pieces[end : end + 2]]
    if sign not in _MIRRORED or len(behind) < 2 or pieces[end].kind != "number" or behind[1] not in {"%", "percent"}:
        return None
    return sign, behind[0], end + 2
