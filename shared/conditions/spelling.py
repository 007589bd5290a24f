"""Misspelt words of the lexicon. Hangul is compared letter by letter."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache
from typing import Final
from unicodedata import normalize

from shared.conditions.events import events
from shared.conditions.korean import known_words, parts
from shared.conditions.phrases import phrases
from shared.conditions.scanning import Piece
from shared.conditions.vocabulary import stems
from shared.spelling import suggest

_SHORTEST, _LONGEST = 5, 20
"""Letters of a word that may be misspelt; of a shorter one too much may be meant."""
_SHORTEST_HANGUL, _LONGEST_RUN = 3, 10
_SURE: Final = 0.85
"""The least difflib ratio: 'riding' is not 'rising'."""
_FAR: Final = 2
"""Letters by which a word may be longer or shorter."""


def spelled(piece: Piece) -> str:
    """The word that a misspelt one means, with what stands behind it in the same run of Hangul; empty where none is near.

    >>> spelled(Piece("word", "stochatic", 0, 9)), spelled(Piece("unknown", "거레량이", 0, 4)), spelled(Piece("word", "hma", 0, 3))
    ('stochastic', '거래량이', '')
    """
    if piece.kind == "unknown":
        return _hangul(piece.text) if len(piece.text) <= _LONGEST_RUN else ""
    if not _SHORTEST <= len(piece.text) <= _LONGEST:
        return ""
    return _nearest(piece.text, _latin().get(piece.text[0], ()))


def _hangul(run: str) -> str:
    for end in range(len(run), _SHORTEST_HANGUL - 1, -1):
        word, rest = run[:end], run[end:]
        if rest and not parts(rest):
            continue
        letters = normalize("NFD", word)
        right = _nearest(letters, _letters().get(letters[0], ()))
        if right:
            return normalize("NFC", right) + rest
    return ""


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = suggest(word, [each for each in known if abs(len(each) - len(word)) <= _FAR]) or ""
    sure = sorted(near) == sorted(word) or SequenceMatcher(None, word, near, autojunk=False).ratio() >= _SURE
    return near if near and sure else ""


@cache
def _latin() -> dict[str, tuple[str, ...]]:
    words = {*phrases().words(), *(part for name in (*stems(), *events()) for part in name.split("_"))}
    return _by_letter(word for word in words if word.isascii() and word.isalpha() and len(word) >= _SHORTEST)


@cache
def _letters() -> dict[str, tuple[str, ...]]:
    return _by_letter(normalize("NFD", word) for word in known_words() if len(word) >= _SHORTEST_HANGUL)


def _by_letter(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in sorted(words):
        found.setdefault(word[0], []).append(word)
    return {letter: tuple(each) for letter, each in found.items()}
