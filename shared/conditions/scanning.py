"""The pieces of a text: words, numbers, signs, and runs of Hangul divided into their parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shared.conditions.korean import DAYS_IN_WORDS, parts
from shared.conditions.lexicon import PHRASES, SPELLINGS

_PIECE: Final = re.compile(
    r"(?P<space>\s+)|(?P<bracket>\[[^\[\]]*\])|(?P<clock>[0-9]{1,2}:[0-9]{2})|(?P<word>[0-9a-f]{32}(?![A-Za-z0-9_])|52[Ww]_?[A-Za-z_]*|[0-9]{6}\.[A-Za-z]{2}"
    r"|\^[A-Za-z][A-Za-z0-9]*|[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)|(?P<number>(?:(?:[0-9]{1,3}(?:_[0-9]{3}){1,5}(?![0-9_])|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<hangul>[가-힣]+)"
    r"|(?P<sign><=|>=|==|!=|<>|=>|=<|&&|\|\||.)",
    re.DOTALL,
)
"""Every text is a sequence of these. 32 hexadecimal digits are a word: the id of a sequence of signals. Digits of other scripts are
signs, which nothing accepts."""

_KEPT: Final = 32
"""Texts whose pieces are kept, for the readings of one that cannot be read."""
_FRAMES: Final = frozenset({"일", "주", "월"})
_EMPTY: Final = frozenset(word for kind in ("FILL", "SUBJECT") for word in PHRASES[kind, ""] if len(word) == 1)
"""Syllables that say nothing by themselves."""
_NOON: Final = 12
_NOONS: Final = frozenset({"noon", "midday", "정오"})
_HALVES: Final = {"am": 0, "a.m": 0, "pm": _NOON, "p.m": _NOON}
_ANDS: Final = (" and", " or", " not", "그리고", "또는")
_LONGEST_AND, _BEFORE = 4, 40
_VALUE_ENDS: Final = frozenset(")]_%")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text."""

    kind: str
    """``word``, ``number``, ``clock``, ``bracket``, ``hangul``, ``unknown`` (Hangul that is no known word) or ``sign``."""
    text: str
    """In lower case; a bracket as typed."""
    at: int
    end: int


@lru_cache(maxsize=_KEPT)
def pieces(text: str) -> tuple[Piece, ...]:
    """The pieces of a normalised text, in order; spaces are the gaps between them."""
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    first = len(text) - len(text.lstrip())
    for match in _PIECE.finditer(text):
        kind, found, at = str(match.lastgroup), match[0], match.start()
        if kind == "bracket" and _stands_alone(text, at):
            yield from _clause(found, at)
            continue
        if kind == "hangul":
            yield from _hangul(found, at, first=at <= first)
        elif kind == "bracket":
            yield Piece(kind, found, at, match.end())
        elif kind != "space":
            lower = found.replace("_", "").lower() if kind == "number" else found.lower()
            yield Piece(kind, SPELLINGS.get(lower, lower), at, match.end())


def with_clocks(given: Iterable[Piece]) -> list[Piece]:
    """The pieces with ``2pm``, ``2 p.m.`` and ``9:30am`` as times of day."""
    found: list[Piece] = []
    for piece in given:
        if piece.text in _NOONS:
            found.append(Piece("clock", "12:00", piece.at, piece.end))
            continue
        half = _HALVES.get(piece.text, -1) if piece.kind == "word" and found else -1
        hours, _, minutes = found[-1].text.partition(":") if half >= 0 else ("", "", "")
        if hours.isdecimal() and 1 <= int(hours) <= _NOON:
            text = f"{int(hours) % _NOON + half}:{minutes or '00'}"
            found[-1] = Piece("clock", text, found[-1].at, piece.end)
            _same_half(found, half)
        else:
            found.append(piece)
    return found


def _same_half(found: list[Piece], half: int) -> None:
    """``between 10 and 11 am``: the first time is of the same half of the day."""
    if len(found) < 4 or found[-4].text not in {"between", "from"} or found[-2].text not in {"and", "to"}:
        return
    first = found[-3]
    if first.kind == "number" and first.text.isdecimal() and 1 <= int(first.text) <= _NOON:
        found[-3] = Piece("clock", f"{int(first.text) % _NOON + half}:00", first.at, first.end)


def _stands_alone(text: str, at: int) -> bool:
    """Whether no value is before a bracket, so that it can belong to none."""
    before = text[max(0, at - _BEFORE) : at].rstrip()[-_LONGEST_AND:].lower()
    return not before or before.endswith(_ANDS) or not (before[-1].isalnum() or before[-1] in _VALUE_ENDS)


def _clause(bracket: str, at: int) -> Iterator[Piece]:
    """``[Daily Close > Daily Open]`` of StockCharts is in parentheses; ``[일]`` of Kiwoom is the timeframe ``일봉``."""
    if bracket[1:-1].strip() in _FRAMES:
        yield Piece("hangul", f"{bracket[1:-1].strip()}봉", at, at + len(bracket))
        return
    yield Piece("sign", "(", at, at + 1)
    for piece in pieces(bracket[1:-1]):
        yield Piece(piece.kind, piece.text, piece.at + at + 1, piece.end + at + 1)
    yield Piece("sign", ")", at + len(bracket) - 1, at + len(bracket))


def _hangul(run: str, at: int, *, first: bool) -> Iterator[Piece]:
    found = parts(run)
    if first and len(found) > 1 and _EMPTY.issuperset(found):  # '만도', '한일': rather the name of an instrument
        found = ()
    if not found:
        yield Piece("unknown", run, at, at + len(run))
    for part in found:
        if part in DAYS_IN_WORDS:
            number, unit = DAYS_IN_WORDS[part]
            yield Piece("number", number, at, at + len(part))
            yield Piece("hangul", unit, at, at + len(part))
            at += len(part)
            continue
        yield Piece("hangul", SPELLINGS.get(part, part), at, at + len(part))
        at += len(part)
