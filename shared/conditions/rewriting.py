"""Words that a text which cannot be read may have in place of exact ones: loose phrases, misspelt words, headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from shared.conditions.columns import known_stem
from shared.conditions.errors import ConditionError
from shared.conditions.functions import is_function
from shared.conditions.lexicon import RESTATED
from shared.conditions.phrases import Table, averages, phrases
from shared.conditions.scanning import Piece, pieces
from shared.conditions.spelling import spelled

_BEFORE_DAYS: Final = frozenset({"the", "its", "above", "below", "over", "under", "than", "at", "a"})
_DAYS: Final = frozenset({"day", "week", "d"})
_MOST_UNKNOWN: Final = 3
"""Misspelt words of a text that are looked up."""
_HEADING: Final = 8
"""Pieces of a heading before a colon."""


def rewritten(text: str, error: ConditionError) -> Iterator[str]:
    """The text in other words, the likeliest first, each once. ``error``: why it cannot be read."""
    seen: set[str] = set()
    for candidate in _candidates(text, error):
        if candidate not in seen:
            seen.add(candidate)
            yield candidate


def _candidates(text: str, error: ConditionError) -> Iterator[str]:
    if error.code == "unit":  # '6 month low' on daily bars
        text = text.replace(str(error.values["found"]), str(error.values["example"]), 1)
    found = list(pieces(text))
    plain = _replaced(text, found)
    yield plain
    behind = _behind_heading(found)
    if behind:
        start = found[behind - 1].end
        yield _replaced(text[start:], list(pieces(text[start:])))
        yield _replaced(text.replace(":", " ", 1), list(pieces(text.replace(":", " ", 1))))


def _behind_heading(found: Sequence[Piece]) -> int:
    """The index behind ``주가이평비교:``, a heading of words that are known and name no instrument; 0 without one."""
    for i, piece in enumerate(found[:_HEADING]):
        if piece.text == ":":
            return i + 1 if i else 0
        if piece.kind != "hangul":
            return 0
    return 0


def _replaced(text: str, found: Sequence[Piece]) -> str:
    """The text with its loose phrases and misspelt words in exact ones."""
    parts: list[str] = []
    at, end, unknown = 0, 0, 0
    while at < len(found):
        piece = found[at]
        loose = _loose().longest(found, at)
        if loose:
            (_, value), behind = loose
            parts += [text[end : piece.at], f" {value} "]
            at, end = behind, found[behind - 1].end
            continue
        if _is_average(found, at):
            parts += [text[end : found[at].end], " average "]
            end = found[at].end
        elif unknown < _MOST_UNKNOWN and _is_unknown(piece):
            unknown += 1
            right = spelled(piece)
            if right:
                parts += [text[end : piece.at], right]
                end = piece.end
        at += 1
    return "".join([*parts, text[end:]]).strip()


def _is_average(found: Sequence[Piece], at: int) -> bool:
    """``the 200 day`` without a word behind it is an average: whether the piece is the last of that."""
    if at < 2 or found[at].text not in _DAYS:
        return False
    number = at - 1 - (found[at - 1].text == "-")
    if number < 1 or not found[number].text.isdigit() or found[number - 1].text not in _BEFORE_DAYS:
        return False
    following = found[at + 1].text if at + 1 < len(found) else ""
    return not (averages().longest(found, at + 1) or known_stem(following) or following in {"chart", "ago", "timeframe"})


def _is_unknown(piece: Piece) -> bool:
    if piece.kind == "unknown":
        return True
    return piece.kind == "word" and not (known_stem(piece.text) or is_function(piece.text) or piece.text in _words())


@cache
def _words() -> frozenset[str]:
    return frozenset(phrases().words() | _loose().words())


@cache
def _loose() -> Table:
    found = Table()
    for value, words in RESTATED.items():
        found.add(words, ("TEXT", value))
    return found
