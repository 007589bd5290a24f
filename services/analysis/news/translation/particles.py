"""Chooses the form of a Korean particle that fits the word before it: 은 or 는, 이 or 가, 을 or 를, 과 or 와, 으로 or 로."""

from __future__ import annotations

from typing import Final

_PAIRS: Final = (("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"))
"""After a final consonant, and after none (한글 맞춤법). 로 follows ㄹ too."""
_RIEUL: Final = 8
"""Number of the final consonant ㄹ in a syllable's code (Unicode, section 3.12)."""


def agreeing(word: str, after: str) -> str:
    """What follows ``word``, with the particle at its beginning in the form that fits; unchanged where the word ends in no Hangul.

    >>> agreeing("삼성전자", "이 올랐다"), agreeing("애플", "는"), agreeing("애플", "으로 간다"), agreeing("3.1%", "가")
    ('가 올랐다', '은', '로 간다', '가')
    """
    if not word or not "가" <= word[-1] <= "힣":
        return after
    final = (ord(word[-1]) - ord("가")) % 28
    for closed, open_ in _PAIRS:
        given = next((each for each in (closed, open_) if after.startswith(each)), "")
        if given and not after[len(given) : len(given) + 1].isalnum():
            fits = closed if final and not (closed == "으로" and final == _RIEUL) else open_
            return fits + after[len(given) :]
    return after
