"""The words of a headline, and what it claims: which way something moved, and whether it is denied or called off."""

from __future__ import annotations

import unicodedata
from typing import Final

_KEPT: Final = frozenset("&'+/.%")
_ENDINGS: Final = ("", "s", "es", "d", "ed", "ing")


def _forms(stems: str, irregular: str = "") -> frozenset[str]:
    return frozenset(stem + ending for stem in stems.split() for ending in _ENDINGS) | frozenset(irregular.split())


_CLAIMS: Final[dict[str, tuple[frozenset[str], tuple[str, ...]]]] = {
    "up": (
        _forms(
            "gain jump surge climb soar advance increase higher record doubl",
            "rise rises rose rising raise raises raised lift lifts lifted up grow grows grew rally rallies upgraded outperform "
            "double",
        ),
        ("상승", "급등", "증가", "올라", "올랐", "오른", "상향", "인상", "강세", "급증", "반등"),
    ),
    "down": (
        _forms(
            "fall drop slide decline plunge tumbl slump lower cut eas slip sink shrink reduc",
            "fell down lose loses lost downgraded tumble tumbles ease reduce cutting misses selloff",
        ),
        ("하락", "급락", "감소", "내려", "내린", "하향", "인하", "약세", "폭락", "급감", "부진"),
    ),
    "unchanged": (frozenset(("holds", "unchanged", "steady")), ("동결", "보합")),
    "approved": (_forms("approv", "approve approval ratify ratified"), ("가결", "승인", "통과")),
    "rejected": (_forms("reject"), (" vote down ", " votes down ", " voted down ", "부결", "거부", "불허")),
    "denied": (
        _forms("dismiss refut", "deny denies denied denying false untrue refute baseless"),
        ("사실무근", "부인", "사실이 아니", "사실 아니", "반박"),
    ),
    "dropped": (
        _forms("scrap abandon withdraw cancel", "withdrew terminated"),
        (" loses interest ", " lost interest ", " calls off ", "철회", "폐지", "취소", "무산", "백지화", "관심 식"),
    ),
}
"""Claim -> English words, and phrases or Korean parts of words."""
_OPPOSITE: Final = (("up", "down"), ("unchanged", "down"), ("unchanged", "up"), ("approved", "rejected"))
_ALONE: Final = ("denied", "dropped")
"""Claims that both texts make or neither."""
_INVERTED: Final = ("환율", "per dollar")
"""A rate of exchange that rises is a currency that falls: which way is not read."""


def words(text: str) -> str:
    """The text in lower case, NFKC, one space before, between and after its words.

    >>> words("U.S. stocks -- led by AT&T -- end UP")
    ' u.s. stocks led by at&t end up '
    """
    low = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    spaced = "".join(letter if letter.isalnum() or letter in _KEPT else " " for letter in low)
    return f" {' '.join(word.strip('.') if word.count('.') == 1 and not word[0].isdigit() else word for word in spaced.split())} "


def claims(spaced: str) -> frozenset[str]:
    """What is claimed in ``words``.

    >>> sorted(claims(words("Tesla denies talks; shares fall")))
    ['denied', 'down']
    """
    single = spaced.split()
    found = {
        claim
        for claim, (english, korean) in _CLAIMS.items()
        if not english.isdisjoint(single) or any(part in spaced for part in korean)
    }
    if any(part in spaced for part in _INVERTED):
        found -= {"up", "down"}
    return frozenset(found)


def contradict(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of claims exclude each other. A text that claims both ways contradicts nothing."""
    if any((claim in one) != (claim in other) for claim in _ALONE):
        return True
    return any(
        (a in one and b in other and a not in other and b not in one)
        or (b in one and a in other and b not in other and a not in one)
        for a, b in _OPPOSITE
    )
