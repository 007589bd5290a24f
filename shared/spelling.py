"""Suggesting the known name closest to a misspelt one. No suggestion is better than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

LONGEST: Final = 48
"""Characters: longer names get no suggestion."""
MIN_RATIO: Final = 0.8
"""The least difflib ratio of two similar words of ``SHORT`` or more letters: one letter of five differs, two of twelve."""
SHORT: Final = 5
"""Letters. Shorter words that differ in one letter are other names (hma, wma): only doubled or swapped letters are allowed."""
_REPEATED: Final = re.compile(r"(.)\1+")


def suggest(name: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that is most similar to ``name``; None if none is similar, or two are equally similar.

    Names are words joined by ``_``; ``name`` may lack the ``_`` or have the words in another order.

    >>> known = ("sma", "wma", "macd_signal", "bb_upper", "close", "open")
    >>> [suggest(name, known) for name in ("smma", "hma", "upper_bb", "macdsignal", "bb_uper", "pe")]
    ['sma', None, 'bb_upper', 'macd_signal', 'bb_upper', None]
    """
    if not 2 <= len(name) <= LONGEST:
        return None
    scores = {other: _similarity(name, other) for other in known}
    best = max(scores.values(), default=0.0)
    found = [other for other, score in scores.items() if score == best]
    return found[0] if best > 0 and len(found) == 1 else None


def _similarity(name: str, other: str) -> float:
    """From 0 (different) to 1 (the same words, in any order, with or without ``_``)."""
    words, others = name.split("_"), other.split("_")
    if name.replace("_", "") == other.replace("_", "") or sorted(words) == sorted(others):
        return 1.0
    if len(words) != len(others):
        return 0.0
    return min(_word_similarity(word, target) for word, target in zip(words, others, strict=True))


def _word_similarity(word: str, target: str) -> float:
    if word == target:
        return 1.0
    if _REPEATED.sub(r"\1", word) == _REPEATED.sub(r"\1", target) or _swapped(word, target):
        return 0.9
    if min(len(word), len(target)) < SHORT - 1 or len(target) < SHORT:
        return 0.0
    ratio = SequenceMatcher(None, word, target, autojunk=False).ratio()
    return ratio if ratio >= MIN_RATIO else 0.0


def _swapped(word: str, target: str) -> bool:
    """The words differ by two swapped adjacent letters."""
    if len(word) != len(target):
        return False
    differ = [i for i, (one, other) in enumerate(zip(word, target, strict=True)) if one != other]
    return (
        len(differ) == 2
        and differ[1] == differ[0] + 1
        and word[differ[0]] == target[differ[1]]
        and word[differ[1]] == target[differ[0]]
    )
