"""The language of a text, by its letters."""

from __future__ import annotations

from typing import Final

from services.analysis.news.enrichment.wording import is_hangul

KOREAN_SHARE: Final = 0.2
"""Of the letters. A Korean headline of names and figures has few more; an English one that quotes a Korean name has fewer."""
UNDETERMINED: Final = "und"
"""ISO 639-2: neither English nor Korean."""


def language_of(text: str, declared: str = "") -> str:
    """``ko``, ``en`` or ``und``; ``declared`` counts where the text has no letters, and for what its Latin letters spell.

    >>> language_of("AMD, 3분기 실적 발표"), language_of("Samsung (삼성) wins order"), language_of("東京株式市場、続落")
    ('ko', 'en', 'und')
    >>> language_of("4,000!", "ko"), language_of("Die Börse", "de")
    ('ko', 'und')
    """
    hangul = latin = other = 0
    for each in text:
        if is_hangul(each):
            hangul += 1
        elif each.isalpha():
            latin, other = (latin + 1, other) if each < "ɐ" else (latin, other + 1)
    letters = hangul + latin + other
    if not letters:
        return declared if declared in {"en", "ko"} else UNDETERMINED
    if hangul >= KOREAN_SHARE * letters:
        return "ko"
    if latin <= letters / 2 or declared not in {"", "en", "ko"}:
        return UNDETERMINED
    return "en"
