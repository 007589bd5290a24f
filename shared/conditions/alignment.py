"""Averages in an order, that cross, or that the close is apart from: ``5-20-60 정배열``, ``골든크로스 20일 60일``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.counted import Found
from shared.conditions.items import Item
from shared.conditions.scanning import Piece

_ALIGNED: Final = {"정배열": ">", "역배열": "<"}
_BETWEEN_AVERAGES: Final = frozenset({"-", "/", ",", "~", ">", "<", "일", "일선", "선", "이평", "이평선", "이동평균선", "이", "의"})
_FEWEST, _MOST_ALIGNED = 3, 20
_GOLDEN: Final = (("golden", "cross"), ("death", "cross"), ("dead", "cross"), ("골든크로스",), ("데드크로스",), ("골든", "크로스"))
_AVERAGES: Final = frozenset({"이평선", "이동평균선", "이평", "이동평균"})
CROSSED_WORDS: Final = frozenset({*_ALIGNED, *_AVERAGES, *(words[0] for words in _GOLDEN)})
_UPWARD: Final = frozenset({"goldencross", "골든크로스"})
_PAIR: Final = 2
DISPARITY: Final = frozenset({"이격도", "disparity"})


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
