"""Gives a Korean particle the form that fits the word before it, when that word is put in the place of a mark."""

from __future__ import annotations

from typing import Final

from shared.particles import particle

_PAIRS: Final = ("은/는", "이/가", "을/를", "과/와", "으로/로")


def agreeing(word: str, after: str) -> str:
    """What follows ``word``, with the particle at its beginning in the form that fits.

    >>> agreeing("삼성전자", "이 올랐다"), agreeing("애플", "는"), agreeing("애플", "으로 간다"), agreeing("애플", "이다")
    ('가 올랐다', '은', '로 간다', '이다')
    """
    for pair in _PAIRS:
        for form in pair.split("/"):
            if after.startswith(form) and not after[len(form) : len(form) + 1].isalnum():
                return particle(word, pair) + after[len(form) :]
    return after
