"""The time of an entry: what feeds write, as milliseconds, or why it is unknown."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

DateFlaw = Literal["date_missing", "date_unreadable", "date_naive", "date_past", "date_future"]
EARLIEST: Final = dt.datetime(1995, 1, 1, tzinfo=dt.UTC)
"""Before there were feeds: such dates (1970 above all) come from empty fields."""
AHEAD: Final = dt.timedelta(days=1)
"""A date so much later than the receipt is wrong; less may be a clock or a zone."""
_ZONES: Final = {"KST": "+0900", "JST": "+0900", "CET": "+0100", "CEST": "+0200", "BST": "+0100"}
"""Names of zones that RFC 822 does not list and feeds use; India's IST and China's CST are ambiguous."""


def read_date(text: str, zone: str, received: int) -> int | DateFlaw:
    """Milliseconds since the epoch; ``zone`` for a date that names none, ``received`` in milliseconds.

    >>> now = 1_700_000_000_000
    >>> read_date("Tue, 14 Nov 2023 22:13:20 +0000", "", now), read_date("2023-11-15T07:13:20+09:00", "", now)
    (1700000000000, 1700000000000)
    >>> read_date("2023-11-15 07:13:20", "Asia/Seoul", now), read_date("2023-11-15 07:13:20", "", now)
    (1700000000000, 'date_naive')
    >>> read_date("Thu, 01 Jan 1970 00:00:00 GMT", "", now), read_date("2033-01-01T00:00:00Z", "", now), read_date("soon", "", now)
    ('date_past', 'date_future', 'date_unreadable')
    """
    text = " ".join(text.split())[:80]
    if not text:
        return "date_missing"
    found = _parsed(text)
    if found is None:
        return "date_unreadable"
    if found.tzinfo is None:
        if not zone:
            return "date_naive"
        found = found.replace(tzinfo=ZoneInfo(zone))
    try:
        if found < EARLIEST:
            return "date_past"
        if found > dt.datetime.fromtimestamp(received / 1000, tz=dt.UTC) + AHEAD:
            return "date_future"
        return round(found.timestamp() * 1000)
    except OverflowError:  # year 1 or 9999 with an offset
        return "date_unreadable"


def _parsed(text: str) -> dt.datetime | None:
    for read in (_rfc822, _iso):
        try:
            return read(text)
        except (ValueError, TypeError, IndexError, OverflowError):  # what the parsers of the standard library raise on bad dates
            continue
    return None


def _rfc822(text: str) -> dt.datetime:
    head, _, zone = text.rpartition(" ")
    return parsedate_to_datetime(f"{head} {_ZONES[zone]}" if zone in _ZONES else text)


def _iso(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text.replace("/", "-").replace(" UTC", "Z").replace(" GMT", "Z"))
