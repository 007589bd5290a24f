"""Decimals of displayed prices, percentages and volumes.

The page has the same rule (``services/gateway/page/src/i18n/decimals.ts``); ``tests/decimals.json`` has the cases for both.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final, NamedTuple

from babel.numbers import format_decimal

SMALLEST: Final = 1e-10
LARGEST: Final = 1e15
"""Values beyond these are shown with an exponent."""
UNITS: Final = {
    "ko": ((1e4, "만"), (1e8, "억"), (1e12, "조")),
    "en": ((1e3, "K"), (1e6, "M"), (1e9, "B"), (1e12, "T")),
}
"""Units of volumes. Those of babel begin with 천 in Korean and have no separators above the last one."""
WHOLE: Final = {"KRW": 0, "JPY": 1}
"""Decimals of a share price where they are not two: Seoul quotes in won, Tokyo in tenths of a yen."""
LOCALE: Final = "en"
"""Korean and English write the digits of a number alike."""
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP)


class DecimalPlaces(NamedTuple):
    """How many decimals are always shown, and how many at most; trailing zeros between the two are dropped."""

    least: int
    most: int


def places(value: float, kind: str, currency: str) -> DecimalPlaces:
    """The decimals of a price of this size, for an instrument of this kind.

    ``kind`` is that of the universe (index, future, stock, etf, fx, crypto), or empty where it is unknown.

    >>> places(1.08432, "fx", "USD"), places(71500, "stock", "KRW")
    (DecimalPlaces(least=5, most=5), DecimalPlaces(least=0, most=0))
    >>> places(67123.45, "crypto", "USD")
    DecimalPlaces(least=2, most=2)
    """
    size = magnitude(value)
    match kind:
        case "index":
            return _same(2 if size >= 0 else 2 - size)
        case "fx":
            return _same((max(5, 4 - size), 3, 3, 2)[min(max(size, 0), 3)])
        case "crypto":
            return _same(max(WHOLE.get(currency, 2), 4 - size))
        case "stock" | "etf":
            return _same(WHOLE.get(currency, 2) if size >= 0 else max(4, 1 - size))
        case _:  # the ticks of futures differ: silver has three decimals, oil two, an exchange rate five
            return DecimalPlaces(2, (max(5, 4 - size), 3, 2)[min(max(size, 0), 2)])


def magnitude(value: float) -> int:
    """The power of ten of the first digit; 0 for zero.

    >>> magnitude(-37.63), magnitude(0.0043), magnitude(0.0)
    (1, -3, 0)
    """
    return Decimal(repr(float(value))).adjusted() if value else 0


def fixed(value: float, wanted: DecimalPlaces) -> str:
    """A finite value with these decimals and thousands separators. Its shortest decimal form is rounded half away from zero.

    >>> fixed(-37.63, DecimalPlaces(2, 3)), fixed(30.125, DecimalPlaces(2, 3))
    ('-37.63', '30.125')
    >>> fixed(1.005, DecimalPlaces(2, 2)), fixed(-0.001, DecimalPlaces(2, 2))
    ('1.01', '0.00')
    """
    if value and not SMALLEST <= abs(value) < LARGEST:
        return f"{value:.4e}"
    rounded = _EXACT.quantize(Decimal(repr(float(value))), Decimal(1).scaleb(-wanted.most))
    pattern = f"#,##0.{'0' * wanted.least}{'#' * (wanted.most - wanted.least)}"
    return format_decimal(_EXACT.add(rounded, 0), pattern, LOCALE, decimal_quantization=False)  # the sum has no -0


def percentage(fraction: float, digits: int = 2) -> str:
    """A finite fraction as a percentage with its sign; no sign where it rounds to zero.

    >>> percentage(0.0213), percentage(-0.07, 0), percentage(-0.000001)
    ('+2.13%', '-7%', '0.00%')
    """
    text = fixed(fraction * 100, _same(digits))
    return f"{'' if text.startswith('-') or not text.strip('0.') else '+'}{text}%"


def volume(value: float, language: str) -> str:
    """A finite volume in the units of the language, with at most one decimal (four below 1).

    >>> volume(1_234_567, "en"), volume(1_234_567, "ko"), volume(999_999, "en"), volume(0.0312, "en")
    ('1.2M', '123.5만', '1M', '0.0312')
    """
    units = [(1.0, ""), *UNITS[language]]
    for (unit, word), after in zip(units, [*units[1:], (math.inf, "")], strict=True):
        text = fixed(value / unit, DecimalPlaces(0, 4 if abs(value) < 1 else 1))
        if abs(float(text.replace(",", ""))) < after[0] / unit:
            return text + word
    raise AssertionError(f"{value} is not finite")


def _same(count: int) -> DecimalPlaces:
    return DecimalPlaces(count, count)
