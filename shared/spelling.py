"""Suggesting the known name closest to a misspelt one. No suggestion is better than a wrong one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

LONGEST: Final = 48
"""Characters: longer names get no suggestion."""
MIN_RATIO: Final = 0.8
"""The least difflib ratio of two similar words of ``SHORT`` or more letters: one letter of five differs, two of twelve."""
SHORT: Final = 5
"""Letters. Shorter words that differ in one letter are other names (hma, wma): only doubled or swapped letters are allowed."""
_KEPT: Final = 4096
"""Known names whose words are kept."""
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
    wanted = _name(name)
    scores = {other: _similarity(wanted, _known(other)) for other in known}
    best = max(scores.values(), default=0.0)
    found = [other for other, score in scores.items() if score == best]
    return found[0] if best > 0 and len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    single: str
    """Without the repetitions of letters that follow each other."""
    letters: Counter[str]


@dataclass(frozen=True, slots=True)
class _Name:
    joined: str
    """Without ``_``."""
    ordered: list[str]
    """Its words in the order of the alphabet."""
    words: tuple[_Word, ...]


def _name(text: str) -> _Name:
    words = text.split("_")
    return _Name(
        text.replace("_", ""), sorted(words), tuple(_Word(each, _REPEATED.sub(r"\1", each), Counter(each)) for each in words)
    )


@lru_cache(maxsize=_KEPT)
def _known(text: str) -> _Name:
    return _name(text)


def _similarity(name: _Name, other: _Name) -> float:
    """From 0 (different) to 1 (the same words, in any order, with or without ``_``)."""
    if name.joined == other.joined or name.ordered == other.ordered:
        return 1.0
    if len(name.words) != len(other.words):
        return 0.0
    least = 1.0
    for word, target in zip(name.words, other.words, strict=True):
        least = min(least, _word_similarity(word, target))
        if not least:
            break
    return least


def _word_similarity(word: _Word, target: _Word) -> float:
    if word.text == target.text:
        return 1.0
    if word.single == target.single or _swapped(word.text, target.text):
        return 0.9
    shorter, both = min(len(word.text), len(target.text)), len(word.text) + len(target.text)
    if shorter < SHORT - 1 or len(target.text) < SHORT or 2 * shorter < MIN_RATIO * both:
        return 0.0
    if 2 * sum(min(count, target.letters[letter]) for letter, count in word.letters.items()) < MIN_RATIO * both:
        return 0.0  # the ratio is at most that of the letters that both have
    ratio = SequenceMatcher(None, word.text, target.text, autojunk=False).ratio()
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
