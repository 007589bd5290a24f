"""The text that words are looked for in: normal form, and a lower-case copy in which every character keeps its index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.text import normalize

LONGEST: Final = 2500
"""Characters of a title with its excerpt; the rest is not read."""
_PLAIN: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "‐": "-", "–": "-"})
_HANGUL: Final = range(0xAC00, 0xD7A4)
"""The syllables."""
_OTHER_EAST_ASIAN: Final = range(0x2E80, 0xA4D0)
"""Kana and ideographs, as 美 in 美애플."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text and the same in lower case, of equal length."""

    text: str
    lower: str


def read_wording(text: str) -> Wording:
    r"""The normal form (NFKC, visible characters, straight quotes and hyphens) of the first characters.

    >>> read_wording("Ａpple’s “İstanbul”").text
    'Apple\'s "İstanbul"'
    """
    text = normalize(text, LONGEST).translate(_PLAIN)
    lower = text.lower()
    if len(lower) != len(text):  # İ becomes two characters
        lower = "".join(each if len(each.lower()) > 1 else each.lower() for each in text)
    return Wording(text, lower)


def is_hangul(character: str) -> bool:
    """Whether it is a syllable of Hangul."""
    return ord(character) in _HANGUL


def is_spelled(character: str) -> bool:
    """Whether it is a digit or a letter of a script that has spaces between words and no syllables: Latin, Greek, Cyrillic."""
    return character.isalnum() and not is_hangul(character) and ord(character) not in _OTHER_EAST_ASIAN
