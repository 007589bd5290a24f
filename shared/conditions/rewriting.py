"""The other texts that a text which cannot be read may stand for, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.known_words import is_plain_word
from shared.conditions.lexicon import HEADINGS
from shared.conditions.loose_words import exact_words
from shared.conditions.scanning import Piece, pieces
from shared.conditions.timeframes import timeframe

_WHOLE_TEXTS: Final = frozenset({"direction", "written"})
"""Errors whose example is the whole text."""
_PARTS: Final = frozenset({"meant", "unit", "elsewhere", "never", "session"})
"""Errors whose example is in place of what was found."""
_JOINABLE: Final = frozenset({"number", "truth", "unexpected", "unfinished", "subject", "condition"})
"""Errors of a text with a plus sign between its conditions."""
_TWO, _MOST_FRAMES = 2, 4
_HEADING: Final = 8
"""Pieces of a heading before a colon."""


def rewritten(text: str, error: ConditionError) -> Iterator[str]:
    """The text in other words, each once. ``error``: why it cannot be read."""
    seen: set[str] = set()
    for candidate in _candidates(text, error):
        exact = exact_words(candidate)
        if exact not in seen:
            seen.add(exact)
            yield exact


def corrected(text: str, error: ConditionError) -> Iterator[str]:
    """The text with what the error says in place of what it found."""
    values = error.values
    right = str((error.code == "unit" and values.get("bars")) or values.get("example") or values.get("near") or "")
    wrong = str(values.get("found", "")).strip("'")
    whole = error.code in _WHOLE_TEXTS and (error.code != "written" or right.startswith(text[: error.position].strip()))
    if whole:
        yield right
    at = text.lower().find(wrong.lower(), error.position) if wrong and right else -1
    if at >= 0 and (error.code in _PARTS or (error.code == "written" and not whole)):
        yield f"{text[:at]}{right}{text[at + len(wrong) :]}"


def _candidates(text: str, error: ConditionError) -> Iterator[str]:
    found = pieces(text)
    plain = _without_asides(text, found)
    if plain != text:
        yield plain
    if error.code != "elsewhere":
        yield from corrected(text, error)
    if ":" in text:
        yield text.replace(":", " and ", 1)
    yield text
    head, on, tail = text.rpartition(" on ")
    frames = tail.replace(" & ", " and ").replace(", ", " and ").split(" and ") if on else []
    if _TWO <= len(frames) <= _MOST_FRAMES and all(timeframe(each.strip()) for each in frames):  # 'rsi > 70 on 1h and 4h'
        yield " and ".join(f"({head}) on {each}" for each in frames)
    if " + " in text and "(" not in text and error.code in _JOINABLE:  # between two conditions it is 'and'
        yield text.replace(" + ", " and ")
    behind = _behind_heading(found)
    if behind:
        yield text[found[behind - 1].end :]
        yield text.replace(":", " ", 1)


def _without_asides(text: str, found: Sequence[Piece]) -> str:
    """``ADX under 20 (no trend)``: the text without what is in parentheses and says no number and no name of a value."""
    kept, end, opened = list[str](), 0, -1
    for i, piece in enumerate(found):
        if piece.text == "(":
            opened = i
        elif piece.text == ")" and opened >= 0:
            inside = found[opened + 1 : i]
            if inside and all(map(is_plain_word, inside)):
                kept.append(text[end : found[opened].at])
                end = piece.end
            opened = -1
    return "".join([*kept, text[end:]]).strip()


def _behind_heading(found: Sequence[Piece]) -> int:
    """The index behind ``주가이평비교:``, a heading of words that are known and name no instrument; 0 without one."""
    for i, piece in enumerate(found[:_HEADING]):
        if piece.text == ":":
            return i + 1 if i else 0
        if piece.kind != "hangul" and piece.text not in HEADINGS:
            return 0
    return 0
