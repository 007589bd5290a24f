"""Korean particles: what may follow a name in one word, as 가 in 삼성전자가.

Source: 국립국어원, 표준국어대사전 (조사), and what headlines put behind names: 주 (share), 향 (bound for), 측 (side).
"""

from __future__ import annotations

from typing import Final

from services.analysis.news.enrichment.data_files import read_text
from services.analysis.news.enrichment.wording import is_hangul

_PARTICLES: Final = frozenset(read_text("particles.txt").split())
LONGEST: Final = max(map(len, _PARTICLES))


def ends_name(text: str, end: int) -> bool:
    """Whether a name may end before ``end``: nothing follows in the same word, or only a particle.

    >>> [ends_name(word, 4) for word in ("삼성전자", "삼성전자가", "삼성전자에서는", "삼성전자우", "삼성전자, ", "삼성전자서비스")]
    [True, True, True, False, True, False]
    """
    rest = text[end : end + LONGEST + 1]
    length = next((i for i, each in enumerate(rest) if not (is_hangul(each) or each == "株")), len(rest))
    if length == 0:
        return not rest or not rest[0].isalnum()
    if length > LONGEST or (length < len(rest) and rest[length].isalnum()):
        return False
    return rest[:length] in _PARTICLES


def stem(word: str) -> str:
    """The word without a particle at its end, at least two syllables of it.

    >>> stem("삼성전자가"), stem("가은"), stem("rates")
    ('삼성전자', '가은', 'rates')
    """
    for length in range(min(LONGEST, len(word) - 2), 0, -1):
        if word[-length:] in _PARTICLES and is_hangul(word[-length - 1]):
            return word[:-length]
    return word
