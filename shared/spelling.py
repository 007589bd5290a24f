"""Which known name a misspelt one was likely meant to be. None is better than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

LONGEST: Final = 48
"""Characters of a name that is compared; a longer one is nobody's misspelling."""
ALIKE: Final = 0.8
"""difflib's ratio from which two words of ``SHORT`` or more letters are alike: one letter of five, two of twelve."""
SHORT: Final = 5
"""Letters. Shorter words with one letter changed are other names (hma, wma): only a doubled letter or two swapped ones count."""
_TWICE: Final = re.compile(r"(.)\1+")


def suggest(name: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``name`` was likely meant to be; None where there is none, or two are as likely.

    Names are words with ``_`` between; the words may be joined, or stand in another order.

    >>> known = ("sma", "wma", "macd_signal", "bb_upper", "close", "open")
    >>> [suggest(name, known) for name in ("smma", "hma", "upper_bb", "macdsignal", "bb_uper", "pe")]
    ['sma', None, 'bb_upper', 'macd_signal', 'bb_upper', None]
    """
    if not 2 <= len(name) <= LONGEST:
        return None
    scores = {other: _likeness(name, other) for other in known}
    best = max(scores.values(), default=0.0)
    found = [other for other, score in scores.items() if score == best]
    return found[0] if best > 0 and len(found) == 1 else None


def _likeness(name: str, other: str) -> float:
    """From 0, another name, to 1, the same but for the order and the joining of its words."""
    words, others = name.split("_"), other.split("_")
    if name.replace("_", "") == other.replace("_", "") or sorted(words) == sorted(others):
        return 1.0
    if len(words) != len(others):
        return 0.0
    return min(_alike(word, meant) for word, meant in zip(words, others, strict=True))


def _alike(word: str, meant: str) -> float:
    if word == meant:
        return 1.0
    if _TWICE.sub(r"\1", word) == _TWICE.sub(r"\1", meant) or _swapped(word, meant):
        return 0.9
    if min(len(word), len(meant)) < SHORT - 1 or len(meant) < SHORT:
        return 0.0
    ratio = SequenceMatcher(None, word, meant, autojunk=False).ratio()
    return ratio if ratio >= ALIKE else 0.0


def _swapped(word: str, meant: str) -> bool:
    """Two neighbouring letters changed places."""
    if len(word) != len(meant):
        return False
    differ = [i for i, (one, other) in enumerate(zip(word, meant, strict=True)) if one != other]
    return (
        len(differ) == 2
        and differ[1] == differ[0] + 1
        and word[differ[0]] == meant[differ[1]]
        and word[differ[1]] == meant[differ[0]]
    )
