"""Conversion between milliseconds UTC in code and RFC 3339 in the API."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Annotated, Final

import msgspec

Time = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time", "examples": ["2026-07-02T20:00:00Z"]})]
"""A time in an answer: RFC 3339 in UTC."""
SessionDate = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date", "examples": ["2026-07-02"]})]
"""The exchange's session date in an answer."""

MIN_MS: Final = -62_135_596_800_000
MAX_MS: Final = 253_402_300_799_999


@lru_cache(maxsize=65_536)  # the bars of all symbols close at the same times
def rfc3339(milliseconds: int) -> str:
    """A time as text; a time outside the years 1 to 9999 is clipped.

    >>> rfc3339(1_700_000_000_000), rfc3339(1_700_000_000_250)
    ('2023-11-14T22:13:20Z', '2023-11-14T22:13:20.250Z')
    """
    clipped = min(max(milliseconds, MIN_MS), MAX_MS)
    seconds, rest = divmod(clipped, 1000)
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    text = moment.isoformat(timespec="seconds")[:19]
    return f"{text}.{rest:03d}Z" if rest else f"{text}Z"


def milliseconds(moment: dt.datetime) -> int:
    """Milliseconds since the epoch; a time without a zone is UTC.

    >>> milliseconds(dt.datetime(2023, 11, 14, 22, 13, 20))
    1700000000000
    """
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return (aware - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)


@lru_cache(maxsize=16_384)
def session_date(session: int) -> str | None:
    """A session number as an ISO date; None where there is none.

    >>> session_date(20240703), session_date(0)
    ('2024-07-03', None)
    """
    return f"{session // 10_000:04d}-{session // 100 % 100:02d}-{session % 100:02d}" if session else None
