"""Amounts of English text: found whole, and written in Korean by arithmetic, so that no translator can change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

SCALES: Final[Mapping[str, int]] = {
    "thousand": 10**3, "k": 10**3, "million": 10**6, "mn": 10**6, "mln": 10**6, "m": 10**6,
    "billion": 10**9, "bn": 10**9, "bln": 10**9, "b": 10**9, "trillion": 10**12, "tn": 10**12, "trln": 10**12, "t": 10**12,
}  # fmt: skip
SIGNS: Final[Mapping[str, str]] = {
    "US$": "달러", "A$": "호주달러", "C$": "캐나다달러", "HK$": "홍콩달러", "NT$": "대만달러",
    "$": "달러", "€": "유로", "£": "파운드", "¥": "엔", "₩": "원",
}  # fmt: skip
UNITS: Final[Mapping[str, str]] = {
    "dollars": "달러", "dollar": "달러", "euros": "유로", "euro": "유로", "pounds": "파운드",
    "yen": "엔", "yuan": "위안", "won": "원", "percent": "%",
}  # fmt: skip
_KOREAN: Final = ((10**12, "조"), (10**8, "억"), (10**4, "만"))


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount and its place in a text."""

    start: int
    end: int
    korean: str


def find_amount(text: str, digit: int) -> Amount:
    """The amount whose number begins at the index ``digit``: with its sign, its scale and its unit.

    >>> [find_amount(text, text.index("1")).korean for text in ("$1.25 billion deal", "US$190.52", "up 13.5%", "1,200 won")]
    ['12억5000만 달러', '190.52달러', '13.5%', '1,200원']
    >>> find_amount("paid 16.5 trillion won for it", 5).korean, find_amount("-1.8% in", 1).korean, find_amount("$10M", 1).korean
    ('16조5000억 원', '-1.8%', '1000만 달러')
    """
    end = _number_end(text, digit)
    number = text[digit:end]
    start, unit = digit, ""
    sign = next((sign for sign in SIGNS if text[:digit].endswith(sign)), "")
    if sign:
        start, unit = digit - len(sign), SIGNS[sign]
    if start and text[start - 1] in "+-−" and (start == 1 or text[start - 2] == " "):
        start -= 1
        number = text[start] + number
    if text[end : end + 1] == "%":
        return Amount(start, end + 1, number + "%")
    word, after = _word(text, end)
    scale = SCALES.get(word, 0)
    if scale and (len(word) > 3 or sign or _word(text, after)[0] in UNITS):
        end = after
        word, after = _word(text, end)
    else:
        scale = 0
    if not unit and word in UNITS:
        unit, end = UNITS[word], after
    written = _scaled(number, scale) if scale else number
    return Amount(start, end, written + (" " if scale and unit and unit != "%" else "") + unit)


def _number_end(text: str, start: int) -> int:
    """Where a number ends: digits, with points and commas between digits."""
    end = start
    while end < len(text) and (text[end].isdecimal() or (text[end] in ".," and text[end + 1 : end + 2].isdecimal())):
        end += 1
    return end


def _word(text: str, start: int) -> tuple[str, int]:
    """The word after at most one space or hyphen, in lower case, and where it ends."""
    begin = start + (text[start : start + 1] in {" ", "-"})
    end = begin
    while end < len(text) and text[end].isalpha():
        end += 1
    return text[begin:end].lower(), end


def _scaled(number: str, scale: int) -> str:
    """The product in Korean units."""
    sign = number[0] if number[0] in "+-−" else ""
    value = Decimal(number.removeprefix(sign).replace(",", "")) * scale
    parts = []
    for size, name in _KOREAN:
        count, value = divmod(value, size)
        if count:
            parts.append(f"{count:f}{name}" if count == count.to_integral() else "")
    if value or not parts:
        parts.append(f"{value.normalize():f}")
    return sign + "".join(parts)
