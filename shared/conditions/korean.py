"""Dividing a run of Hangul into the parts of words that the lexicon has: ``200일선을`` without a space."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from shared.conditions.lexicon import AVERAGES, EXPRESSIONS, NAMES, PERIOD, PHRASES, RESTATED, SIDED, SPELLINGS, UNITS, WEEKDAYS
from shared.conditions.lexicon import RULES as RULE_WORDS
from shared.conditions.names import RULES
from shared.conditions.timeframes import UNIT_WORDS

DAYS_IN_WORDS: Final = {
    **{word: (str(count), "일") for word, count in (("이틀", 2), ("사흘", 3), ("나흘", 4), ("닷새", 5), ("엿새", 6), ("열흘", 10))},
    **dict.fromkeys(("일주일", "한주"), ("1", "주")),
    **dict.fromkeys(("한달", "한 달"), ("1", "개월")),
}
"""Numbers of days that have a word of their own, with the unit."""
_OTHER: Final = (
    "중",
    "연속",
    "동안",
    "이내",
    "안에",
    "이내에",
    "최근",
    "지난",
    "간",
    "배",
    "원",
    "달러",
    "전",
    "내",
    "이후",
    "이전",
    "오전",
    "오후",
    "시",
    "주",
    "이격도",
    "최저",
    "최고",
    "최저치",
    "최고치",
    "최저값",
    *("최대", "최대치", "최대값", "최소", "최소치", "최소값"),
    "최고값",
    "번",
    "회",
    "번째",
    "째",
    "갭",
    "상",
    "패턴",
    "캔들",
    "월",
    "다음",
    "전주",
    "지난주",
    "전월",
    "지난달",
    *DAYS_IN_WORDS,
)
"""Parts that the code names itself."""
_KEPT: Final = 1024
"""Runs whose parts are kept."""
_FIRST, _LAST = "가", "힣"


@lru_cache(maxsize=_KEPT)
def parts(run: str) -> tuple[str, ...]:
    """The fewest known parts that the run consists of, the longest first among equally many; none if it has an unknown part.

    >>> parts("거래량이"), parts("이상이고"), parts("삼성전자가")
    (('거래량', '이'), ('이상', '이고'), ())
    """
    known, longest = _known()
    best: list[tuple[int, int]] = [(0, 0)]  # for each end: the number of parts up to it, and the length of the last one
    far = len(run) + 1
    for end in range(1, len(run) + 1):
        ways = ((best[end - size][0] + 1, -size) for size in range(1, min(longest, end) + 1) if run[end - size : end] in known)
        count, size = min(ways, default=(far, -1))
        best.append((min(count, far), -size))
    if best[-1][0] >= far:
        return ()
    found, end = [], len(run)
    while end:
        size = best[end][1]
        found.append(run[end - size : end])
        end -= size
    return tuple(found[::-1])


def known_words() -> frozenset[str]:
    """All parts that are known."""
    return _known()[0]


@cache
def _known() -> tuple[frozenset[str], int]:
    found = frozenset(word for phrase in _phrases() for word in phrase.split() if all(_FIRST <= letter <= _LAST for letter in word))
    return found, max(map(len, found))


def _phrases() -> Iterator[str]:
    for table in (
        PHRASES,
        NAMES,
        SIDED,
        WEEKDAYS,
        AVERAGES,
        UNITS,
        RULE_WORDS,
        EXPRESSIONS,
        dict(enumerate(words for _, words in RESTATED)),
    ):
        for phrases in table.values():
            yield from phrases
    yield from PERIOD
    yield from SPELLINGS
    yield from UNIT_WORDS
    yield from _OTHER
    yield from (korean for _, korean in RULES.values())
