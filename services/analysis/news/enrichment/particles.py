"""Korean particles: what may follow a name in one word, as 가 in 삼성전자가.

Source: 국립국어원, 표준국어대사전 (조사), and the suffixes that headlines put on names (주 share, 향 bound for, 발 caused by, 측 side).
"""

from __future__ import annotations

from typing import Final

from services.analysis.news.enrichment.wording import is_hangul

_PARTICLES: Final = frozenset(
    "이 가 은 는 을 를 의 에 에서 에게 에게서 에선 에는 에도 에만 에서는 에서도 에선 에게는 에게도 와 과 와의 과의 와는 과는 와도 과도 도 만 만의 만은 만이 로 으로 로서 으로서 "
    "로써 으로써 로의 으로의 로는 으로는 로도 으로도 로부터 으로부터 부터 까지 까지도 보다 보다는 처럼 같은 같이 마다 조차 마저 나 이나 라도 이라도 라며 이라며 라고 이라고 "
    "라는 이라는 란 이란 랑 이랑 하고 한테 께서 밖에 뿐 대로 만큼 커녕 치고 든지 이든지 든 이든 야 이야 여 이여 라 이라 다 이다 인 였다 이었다 들 들이 들은 들의 "
    "주 주가 주는 주도 주를 주의 株 향 발 측 측은 측이 측에 측의 서 선 표 판 산 호 호의 효과 쇼크 등 등의 등에 등은 등이 등도 등과".split()
)
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
