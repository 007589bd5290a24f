"""Formats numbers and times for display. None and values that are not finite become a dash."""

from __future__ import annotations

import datetime as dt
import math
from typing import Final

from services.notifier.domain.decimals import DecimalPlaces, fixed, magnitude, percentage, places
from services.notifier.domain.instruments import KnownInstrument

KST: Final = dt.timezone(dt.timedelta(hours=9), "KST")
NO_INSTRUMENT: Final = KnownInstrument("", "", "")
"""For prices of an unknown instrument."""


def price(value: float | None, instrument: KnownInstrument = NO_INSTRUMENT, *, currency: bool = True) -> str:
    """A price with the decimals of its kind of instrument, and with its currency unless ``currency`` is false.

    >>> price(182.5, KnownInstrument("AAPL", "", "", "USD", "stock"))
    '182.50 USD'
    >>> price(1.08432, KnownInstrument("EURUSD=X", "", "", "USD", "fx"))
    '1.08432 USD'
    >>> price(None, KnownInstrument("AAPL", "", "", "USD", "stock"))
    '-'
    """
    if value is None or not math.isfinite(value):
        return "-"
    text = fixed(value, places(value, instrument.kind, instrument.currency))
    return f"{text} {instrument.currency}".rstrip() if currency else text


def change(value: float, near: float, instrument: KnownInstrument) -> str:
    """A signed difference of prices, with the decimals of the price ``near``.

    >>> change(-0.00021, 1.08432, KnownInstrument("EURUSD=X", "", "", "USD", "fx"))
    '-0.00021'
    """
    if not (math.isfinite(value) and math.isfinite(near)):
        return "-"
    text = fixed(value, places(near, instrument.kind, instrument.currency))
    return text if text.startswith("-") or not text.strip("0.,") else f"+{text}"


def percent(fraction: float | None, digits: int = 2) -> str:
    """A fraction as a signed percentage.

    >>> percent(0.0213), percent(-0.07, 0), percent(None)
    ('+2.13%', '-7%', '-')
    """
    return "-" if fraction is None or not math.isfinite(fraction) else percentage(fraction, digits)


def number(value: float | None) -> str:
    """A number with two decimals; small numbers get more, integers none.

    >>> number(50.0), number(1234567.0), number(27.3456), number(0.00012)
    ('50', '1,234,567', '27.35', '0.00012')
    """
    if value is None or not math.isfinite(value):
        return "-"
    return fixed(value, DecimalPlaces(0, 0) if value == round(value) else DecimalPlaces(2, max(2, 3 - magnitude(value))))


def format_time(ts: int) -> str:
    """A time in UTC and in Korea; the Korean date only where it differs.

    >>> format_time(1719864000000)
    '2024-07-01 20:00 UTC (2024-07-02 05:00 KST)'
    >>> format_time(1719792000000)
    '2024-07-01 00:00 UTC (09:00 KST)'
    >>> format_time(10 ** 20)
    '-'
    """
    try:
        utc = dt.datetime.fromtimestamp(ts / 1000, dt.UTC)
    except (OverflowError, ValueError, OSError):
        return "-"
    korea = utc.astimezone(KST)
    there = f"{korea:%H:%M} KST" if korea.date() == utc.date() else f"{korea:%Y-%m-%d %H:%M} KST"
    return f"{utc:%Y-%m-%d %H:%M} UTC ({there})"
