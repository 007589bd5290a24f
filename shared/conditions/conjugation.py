"""The forms of a Korean verb that an ending may follow: 떨어지, 떨어질, 떨어진, 떨어져, 떨어졌.

The vowel of a stem and that of its ending become one syllable (한글 맞춤법, articles 34 to 38).
Endings that only follow, as ``면`` and ``고``, are words of the lexicon.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_BASE: Final = 0xAC00
_VOWELS, _FINALS = 21, 28
_N, _R, _M, _P, _SS = 4, 8, 16, 17, 20
"""Final consonants: ㄴ, ㄹ, ㅁ, ㅂ, ㅆ."""
_A, _AE, _YA, _EO, _E, _YEO, _O, _WA, _U, _WEO, _EU, _I = 0, 1, 2, 4, 5, 6, 8, 9, 13, 14, 18, 20
"""Vowels by their place in Unicode."""
_CONTRACTED: Final = {_A: _A, _AE: _AE, _EO: _EO, _E: _E, _YEO: _YEO, _O: _WA, _U: _WEO, _EU: _EO, _I: _YEO}
_BRIGHT: Final = frozenset({_A, _YA, _O})
_HA, _HAE, _REU = "하", "해", "르"
_SILENT: Final = 11
"""The first consonant ㅇ."""


def forms(stem: str) -> tuple[str, ...]:
    """The stem itself, and its forms.

    >>> forms("떨어지"), forms("뚫")
    (('떨어지', '떨어질', '떨어진', '떨어짐', '떨어집', '떨어져', '떨어졌'), ('뚫', '뚫음', '뚫어', '뚫었'))
    >>> forms("오르")
    ('오르', '오를', '오른', '오름', '오릅', '올라', '올랐')
    """
    return tuple(dict.fromkeys((stem, *_forms(stem))))


def _forms(stem: str) -> Iterator[str]:
    first, vowel, final = _letters(stem[-1])
    before = stem[:-1]
    if final:
        joined = _syllable(_SILENT, _A if vowel in _BRIGHT else _EO, 0)
        yield from (stem + _syllable(_SILENT, _EU, _M), stem + joined, stem + _with_final(joined, _SS))
        return
    yield from (before + _syllable(first, vowel, each) for each in (_R, _N, _M, _P))
    if stem[-1] == _HA:
        yield from (before + _HAE, before + _with_final(_HAE, _SS))
        return
    if stem[-1] == _REU and before:
        bright = _letters(before[-1])[1] in _BRIGHT
        before = before[:-1] + _with_final(before[-1], _R)
        joined = _syllable(first, _A if bright else _EO, 0)
    else:
        joined = _syllable(first, _CONTRACTED.get(vowel, vowel), 0)
    yield from (before + joined, before + _with_final(joined, _SS))


def _letters(syllable: str) -> tuple[int, int, int]:
    place = ord(syllable) - _BASE
    return place // (_VOWELS * _FINALS), place // _FINALS % _VOWELS, place % _FINALS


def _syllable(first: int, vowel: int, final: int) -> str:
    return chr(_BASE + (first * _VOWELS + vowel) * _FINALS + final)


def _with_final(syllable: str, final: int) -> str:
    first, vowel, _ = _letters(syllable)
    return _syllable(first, vowel, final)
