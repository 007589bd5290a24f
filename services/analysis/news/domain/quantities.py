"""The figures of a headline in English or Korean: shares, amounts of money, counts, quarters, months and years."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

_NUMBER: Final = re.compile(r"\d[\d,]{0,15}(?:\.\d{1,6})?")
MOST: Final = 12
"""Figures of a text that are read; a table of numbers is not a headline."""
SMALL: Final = 20
"""Bare counts below this are left out: another text writes them as words."""

_KOREAN: Final = {"조": 1e12, "억": 1e8, "만": 1e4, "천": 1e3, "백": 1e2}
_ENGLISH: Final = (
    ("trillion", 1e12), ("trln", 1e12), ("tn", 1e12), ("billion", 1e9), ("bln", 1e9), ("bn", 1e9), ("million", 1e6), ("mln", 1e6),
    ("thousand", 1e3),
)  # fmt: skip
_SHARES: Final = (
    ("%", 1.0),
    ("percent", 1.0),
    ("per cent", 1.0),
    ("pct", 1.0),
    ("퍼센트", 1.0),
    ("basis point", 0.01),
    ("bp", 0.01),
)
_BEFORE: Final = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW"}
_AFTER: Final = (
    ("달러", "USD"), ("원", "KRW"), ("유로", "EUR"), ("엔", "JPY"), ("위안", "CNY"), ("파운드", "GBP"), ("dollar", "USD"),
    ("won", "KRW"), ("euro", "EUR"), ("yen", "JPY"), ("yuan", "CNY"), ("pound", "GBP"),
)  # fmt: skip
_COUNTED: Final = ("명", "대", "개", "주", "건", "장", "톤", "배", "척", "곳", "년", "일", "선", "가구", "포인트")
_QUARTERS: Final = (
    ("first quarter", 1), ("second quarter", 2), ("third quarter", 3), ("fourth quarter", 4), ("q1", 1), ("q2", 2), ("q3", 3),
    ("q4", 4), ("1분기", 1), ("2분기", 2), ("3분기", 3), ("4분기", 4),
)  # fmt: skip
_WORDS: Final = (("quarter point", 0.25), ("quarter-point", 0.25), ("half point", 0.5), ("half-point", 0.5))
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORT_MONTHS: Final = tuple(name[:3] + "." for name in _MONTHS)


class Quantity(NamedTuple):
    """A figure. ``half`` is half a unit of its last digit: 9.18 trillion may stand for what 9.1834 is."""

    kind: str
    """``share``, ``count``, ``quarter``, ``month``, ``year``, or a currency as ``USD``."""
    value: float
    half: float = 0.0


def quantities(text: str) -> tuple[Quantity, ...]:
    """The figures of a text, in order.

    >>> quantities("Profit up 5% to 9.18 trillion won in Q3")
    (Quantity(kind='share', value=5.0, half=0.5), Quantity(kind='KRW', value=9180000000000.0, half=5000000000.0), \
Quantity(kind='quarter', value=3.0, half=0.0))
    >>> [(each.kind, each.value) for each in quantities("3분기 영업이익 9조1834억원, 직원 1만7000명 감원")]
    [('KRW', 9183400000000.0), ('count', 17000.0), ('quarter', 3.0)]
    """
    low = unicodedata.normalize("NFKC", text).lower()
    found: list[Quantity] = []
    place = 0
    while len(found) < MOST and (match := _NUMBER.search(low, place)):
        figure, place = _figure(low, match)
        if figure is not None:
            found.append(figure)
    words = low.replace("-", " ")
    found += [Quantity("quarter", float(n)) for n in sorted({n for name, n in _QUARTERS if name in words})]
    found += [Quantity("share", value) for name, value in _WORDS[::2] if name in words]
    found += [Quantity("month", float(n)) for n in _months(low)]
    return tuple(found)


def agree(one: Quantity, other: Quantity) -> bool:
    """Whether two figures of one kind may be the same: equal as rounded, amounts also within 1 %."""
    slack = max(one.half, other.half)
    if one.kind not in {"share", "quarter", "month", "year"}:
        slack = max(slack, 0.01 * max(abs(one.value), abs(other.value)))
    return abs(one.value - other.value) <= slack * 1.0001


def _figure(text: str, match: re.Match[str]) -> tuple[Quantity | None, int]:
    digits = match.group().rstrip(",").replace(",", "")
    value, end = float(digits), match.end()
    unit = 10.0 ** -len(digits.partition(".")[2])
    if text[end : end + 2] == "분기" or (text[end : end + 1] == "월" and 1 <= value <= 12):
        return None, end
    before = text[match.start() - 1 : match.start()]
    if "a" <= before <= "z":  # a name, as MI350
        return None, end
    value, unit, end, scaled = _korean(text, value, unit, end)
    rest = text[end : end + 14].lstrip(" -")
    for name, factor in _ENGLISH:
        if rest.startswith(name):
            value, unit, scaled, rest = value * factor, unit * factor, True, rest[len(name) :].lstrip(" -")
            break
    for name, factor in _SHARES:
        if rest.startswith(name):
            return Quantity("share", round(value * factor, 6), unit * factor / 2), end
    if before in _BEFORE:
        return Quantity(_BEFORE[before], value, unit / 2), end
    if not rest.startswith(_COUNTED):
        for name, currency in _AFTER:
            if rest.startswith(name):
                return Quantity(currency, value, unit / 2), end
        if scaled and text[end - 1] in "조억":
            return Quantity("KRW", value, unit / 2), end
    if not scaled and unit == 1 and 1990 <= value < 2100 and "," not in match.group():
        return Quantity("year", value), end
    if not scaled and value < SMALL:
        return None, end
    return Quantity("count", value, unit / 2), end


def _korean(text: str, value: float, unit: float, end: int) -> tuple[float, float, int, bool]:
    """Reads 9조1834억 and 6천억: each part is a number and its magnitudes."""
    total, scaled = 0.0, False
    while True:
        factor, start = 1.0, end
        while text[end : end + 1] in _KOREAN and text[end : end + 1]:
            factor, end = factor * _KOREAN[text[end]], end + 1
        if end == start:
            return (total + value, unit, end, scaled)
        total, scaled, unit = total + value * factor, True, unit * factor
        following = _NUMBER.match(text, end + (text[end : end + 1] == " "))
        if following is None or text[following.end() : following.end() + 1] not in {*_KOREAN, "명", "원", "대", "개", "달", "주"}:
            return total, unit, end, scaled
        digits = following.group().replace(",", "").rstrip(".")
        value, unit, end = float(digits), 10.0 ** -len(digits.partition(".")[2]), following.end()


def _months(low: str) -> list[int]:
    padded = f" {low} "
    return [
        n
        for n, (name, short) in enumerate(zip(_MONTHS, _SHORT_MONTHS, strict=True), 1)
        if (f"in {name}" in low or f"of {name}" in low or f"{name}'s" in low or (n != 5 and f" {name} " in padded))
        or f" {short} " in padded
        or (f" {n}월" in padded and f" {n}월 말" not in padded)
    ]
