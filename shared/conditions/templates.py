"""The phrases that ``words.py`` puts a condition together with, in English and Korean."""

from __future__ import annotations

from typing import Final

from shared.events import Timeframe

_FINAL_LETTERS: Final = frozenset("lmnrLMNR013678")
"""Letters and digits whose Korean name ends in a consonant."""
_FIRST, _LAST, _FINALS = 0xAC00, 0xD7A3, 28


class Phrase(str):
    """Words that take a Korean particle: ``{a:이/가}`` adds the form that fits the last letter."""

    __slots__ = ()

    def __new__(cls, text: object) -> Phrase:
        return super().__new__(cls, text)

    def __format__(self, spec: str) -> str:
        """The words and the particle; the first form stands after a consonant."""
        after_consonant, _, after_vowel = spec.partition("/")
        return f"{self!s}{after_consonant if self._ends_in_consonant() else after_vowel}" if spec else str(self)

    def _ends_in_consonant(self) -> bool:
        last = next((letter for letter in reversed(self) if letter.isalnum()), "")
        if last and _FIRST <= ord(last) <= _LAST:
            return (ord(last) - _FIRST) % _FINALS > 0
        return last in _FINAL_LETTERS


TEMPLATES: Final[dict[str, tuple[str, str]]] = {
    "<": ("{a} is below {b}", "{a:이/가} {b} 미만"),
    "<=": ("{a} is at or below {b}", "{a:이/가} {b} 이하"),
    ">": ("{a} is above {b}", "{a:이/가} {b} 초과"),
    ">=": ("{a} is at or above {b}", "{a:이/가} {b} 이상"),
    "==": ("{a} is {b}", "{a:이/가} {b:과/와} 같음"),
    "!=": ("{a} is not {b}", "{a:이/가} {b:과/와} 다름"),
    "crosses_above": ("{a} crosses above {b}", "{a:이/가} {b:을/를} 상향 돌파"),
    "crosses_below": ("{a} crosses below {b}", "{a:이/가} {b:을/를} 하향 돌파"),
    "not": ("it is not so that {a}", "{a:이/가} 아님"),
    "negate": ("-{a}", "-{a}"),
    "prev": ("{a} one bar before", "1봉 전 {a}"),
    "lag": ("{a} {n} bars before", "{n}봉 전 {a}"),
    "highest": ("the highest of {a} over {n} bars", "최근 {n}봉 {a}의 최고값"),
    "lowest": ("the lowest of {a} over {n} bars", "최근 {n}봉 {a}의 최저값"),
    "sum": ("the sum of {a} over {n} bars", "최근 {n}봉 {a}의 합"),
    "sma": ("the {n}-bar average of {a}", "{a}의 {n}봉 평균"),
    "ema": ("the {n}-bar exponential average of {a}", "{a}의 {n}봉 지수평균"),
    "stdev": ("the {n}-bar standard deviation of {a}", "{a}의 {n}봉 표준편차"),
    "change": ("the change of {a} over {n} bars", "{a}의 {n}봉 변화량"),
    "change_pct": ("the change of {a} over {n} bars in percent", "{a}의 {n}봉 변화율(%)"),
    "percent_rank": ("the percent rank of {a} among {n} bars", "{n}봉 중 {a}의 백분위"),
    "bars_since": ("the number of bars since {a}", "{a} 이후의 봉 수"),
    "count": ("the number of bars among the last {n} on which {a}", "최근 {n}봉 중 {a}인 봉 수"),
    "abs": ("the absolute value of {a}", "{a}의 절댓값"),
    "min": ("the smaller of {a} and {b}", "{a:과/와} {b} 중 작은 값"),
    "max": ("the larger of {a} and {b}", "{a:과/와} {b} 중 큰 값"),
    "rising": ("{a} has risen for {n} bars", "{a:이/가} {n}봉 연속 상승"),
    "falling": ("{a} has fallen for {n} bars", "{a:이/가} {n}봉 연속 하락"),
    "held": ("{a} on each of the last {n} bars", "최근 {n}봉 모두 {a}"),
    "within": ("{a} on at least one of the last {n} bars", "최근 {n}봉 중 한 봉 이상 {a}"),
}
"""Every operation but arithmetic, ``and`` and ``or``."""
SIGNS: Final[dict[str, tuple[str, str]]] = {
    "+": (" + ", " + "),
    "-": (" - ", " - "),
    "*": (" x ", " x "),
    "/": (" / ", " / "),
    "and": (" and ", " 그리고 "),
    "or": (" or ", " 또는 "),
}
EVENTS: Final[dict[tuple[str, str], tuple[str, str]]] = {
    ("rule", "up"): ('"{}" fires upwards', "'{}' 신호(상승)"),
    ("rule", "down"): ('"{}" fires downwards', "'{}' 신호(하락)"),
    ("rule", "any"): ('"{}" fires', "'{}' 신호"),
    ("pattern", "confirmed"): ('the pattern "{}" is confirmed', "'{}' 패턴 완성"),
    ("pattern", "forming"): ('the pattern "{}" appears', "'{}' 패턴 형성"),
    ("pattern", "failed"): ('the pattern "{}" fails', "'{}' 패턴 실패"),
    ("pattern", "target"): ('the pattern "{}" reaches its target', "'{}' 패턴 목표 도달"),
    ("sequence", "any"): ("the sequence {} is complete", "연속 신호 {} 완성"),
}
CANDLES: Final[dict[str, tuple[str, str]]] = {
    "!=": ('the candlestick "{}" is completed', "캔들 '{}' 완성"),
    ">": ('the candlestick "{}" that points up is completed', "상승을 가리키는 캔들 '{}' 완성"),
    "<": ('the candlestick "{}" that points down is completed', "하락을 가리키는 캔들 '{}' 완성"),
}
"""Comparisons of a candlestick's column with 0."""
BARS: Final[dict[str, tuple[str, str]]] = {
    "m": ("{}-minute bars", "{}분봉"),
    "h": ("{}-hour bars", "{}시간봉"),
    **{each.value: (f"{each.row.en} bars", f"{each.row.ko}봉") for each in Timeframe if not each.row.length_ms},
}
"""The bars of a timeframe, or of its unit."""
PLACES: Final[dict[str, tuple[str, str]]] = {
    "timeframe": ("{} on {}", "{1} {0}"),
    "instrument": ("{} of {}", "{1}의 {0}"),
    "against": ("{} against {}", "{1} 대비 {0}"),
    "benchmark": ("the benchmark", "벤치마크"),
    "industry": ("the industry", "산업"),
}
WHOLE: Final = ("{}, on {}", "{1} 기준: {0}")
WEEKDAYS: Final[dict[str, tuple[str, str]]] = {
    "monday": ("Monday", "월요일"),
    "tuesday": ("Tuesday", "화요일"),
    "wednesday": ("Wednesday", "수요일"),
    "thursday": ("Thursday", "목요일"),
    "friday": ("Friday", "금요일"),
    "saturday": ("Saturday", "토요일"),
    "sunday": ("Sunday", "일요일"),
}
