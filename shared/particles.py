"""Korean particles by the last sound of a word: Hangul by its final consonant, digits and Latin letters by how they are read."""

from __future__ import annotations

import re
from typing import Final

RIEUL: Final = 8
"""Index of the final consonant ㄹ: 으로/로 treats it as no final consonant."""
NO_FINAL: Final = 0
OTHER_FINAL: Final = 1
_DIGITS: Final = {"1": RIEUL, "7": RIEUL, "8": RIEUL, "0": OTHER_FINAL, "3": OTHER_FINAL, "6": OTHER_FINAL}
_LETTERS: Final = {"l": RIEUL, "r": RIEUL, "m": OTHER_FINAL, "n": OTHER_FINAL}
"""Final consonants of the names of letters, as an abbreviation is read; the other names end in a vowel."""
_STOPS: Final = frozenset("bcgkpt")
_VOWELS: Final = frozenset("aeiouy")
_TAG: Final = re.compile(r"<[^<>]*>")


def particle(word: str, pair: str) -> str:
    """The form of ``pair`` (after a consonant / after a vowel) that follows ``word``.

    >>> [particle(word, "은/는") for word in ("삼성전자", "현대차증권", "3", "2", "AAPL", "Tesla", "Intel", "애플 (AAPL)")]
    ['는', '은', '은', '는', '은', '는', '은', '은']
    >>> [particle(word, "으로/로") for word in ("서울", "부산", "1", "3", "제주")]
    ['로', '으로', '로', '으로', '로']
    """
    after_consonant, after_vowel = pair.split("/")
    final = _final(_spoken(word))
    if final == NO_FINAL or (final == RIEUL and after_consonant == "으로"):
        return after_vowel
    return after_consonant


def with_particle(word: str, pair: str) -> str:
    """The word with its particle.

    >>> with_particle("카카오", "이/가"), with_particle("<code>rsi_14</code>", "을/를")
    ('카카오가', '<code>rsi_14</code>를')
    """
    return word + particle(word, pair)


def _spoken(word: str) -> str:
    """What is read last: without markup, what stands in brackets at the end, and signs."""
    text = _TAG.sub("", word).rstrip()
    if text.endswith(")") and (opened := text.rfind("(")) > 0:
        text = text[:opened]
    while text and not text[-1].isalnum():
        text = text[:-1]
    return text


def _final(text: str) -> int:
    """The final consonant of the last syllable as it is read: ``NO_FINAL``, ``RIEUL``, or another."""
    last = text[-1:]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28
    if last in _DIGITS:
        return _DIGITS[last]
    if not last.isascii() or not last.isalpha():
        return NO_FINAL
    start = len(text)
    while start and text[start - 1].isascii() and text[start - 1].isalpha():
        start -= 1
    return _final_of_letters(text[start:])


def _final_of_letters(word: str) -> int:
    """Of a Latin word: letter by letter where it is in capitals, else as English is written in Hangul."""
    low = word.casefold()
    if word.isupper():
        return _LETTERS.get(low[-1], NO_FINAL)
    if low.endswith(("le", "l")):
        return RIEUL
    if low.endswith(("m", "n", "me", "ne", "ng")):
        return OTHER_FINAL
    stopped = low.removesuffix("k") if low.endswith("ck") else low
    short = len(stopped) > 1 and stopped[-1] in _STOPS and stopped[-2] in _VOWELS
    return OTHER_FINAL if short else NO_FINAL
