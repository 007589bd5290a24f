"""Numbers and times as people read them. Nothing is shown that was not computed: None becomes a dash."""

from __future__ import annotations

import datetime as dt
import math
from typing import Final

KST: Final = dt.timezone(dt.timedelta(hours=9), "KST")
WHOLE: Final = frozenset({"KRW", "JPY"})
"""Currencies that are quoted without decimals."""


def price(value: float | None, currency: str = "") -> str:
    """A price with its currency; small ones keep four significant digits.

    >>> price(182.5, "USD"), price(71500.0, "KRW"), price(0.00012345, "USD"), price(None, "USD")
    ('182.50 USD', '71,500 KRW', '0.0001234 USD', '-')
    """
    if value is None or not math.isfinite(value):
        return "-"
    if currency in WHOLE and abs(value) >= 100 and value == round(value):
        text = f"{value:,.0f}"
    elif 0 < abs(value) < 1:
        text = f"{value:.4g}" if abs(value) >= 1e-4 else f"{value:.4e}"
    else:
        text = f"{value:,.2f}"
    return f"{text} {currency}".rstrip()


def percent(fraction: float | None, digits: int = 2) -> str:
    """A fraction as a signed percentage.

    >>> percent(0.0213), percent(-0.07, 0), percent(None)
    ('+2.13%', '-7%', '-')
    """
    if fraction is None or not math.isfinite(fraction):
        return "-"
    return f"{fraction * 100:+.{digits}f}%"


def number(value: float | None) -> str:
    """A plain number, short.

    >>> number(50.0), number(1234567.0), number(27.3456)
    ('50', '1,234,567', '27.35')
    """
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def moment(ts: int) -> str:
    """A time in UTC and in Korea; the Korean date only where it is another one.

    >>> moment(1719864000000)
    '2024-07-01 20:00 UTC (2024-07-02 05:00 KST)'
    >>> moment(1719792000000)
    '2024-07-01 00:00 UTC (09:00 KST)'
    >>> moment(10 ** 20)
    '-'
    """
    try:
        utc = dt.datetime.fromtimestamp(ts / 1000, dt.UTC)
    except (OverflowError, ValueError, OSError):
        return "-"
    korea = utc.astimezone(KST)
    there = f"{korea:%H:%M} KST" if korea.date() == utc.date() else f"{korea:%Y-%m-%d %H:%M} KST"
    return f"{utc:%Y-%m-%d %H:%M} UTC ({there})"
