"""Corrections of exchange calendars: single days and weekly hours, as reviewed data with a source for each line.

``calendar_corrections.jsonl`` in this folder holds the bundled ones; an operator's file has the same format and is applied after.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from shared.data_lines import DataLineError, convert, read_object

BUNDLED: Final = Path(__file__).parent / "calendar_corrections.jsonl"
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST_SESSION: Final = dt.timedelta(hours=27)
"""No session is longer: FX opens at 17:00 in New York on Sunday, and its Monday ends at midnight UTC."""
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

Span = tuple[int, int]
"""Open and close of a session, milliseconds since 1970 in UTC."""


class CorrectionError(ValueError):
    """A line is invalid; the message names the file, the line, the field and the value."""


class OverlapError(CorrectionError):
    """Corrected hours do not fit together; the message names the exchange, the session and its times."""

    def __init__(self, message: str, exchange: str, days: Collection[dt.date]) -> None:
        """``days``: the session, and the one before if they overlap."""
        super().__init__(message)
        self.exchange = exchange
        self.days = days


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line: either a ``date`` or ``weekdays``. Times are ``HH:MM`` in the time zone ``zone``."""

    exchange: str
    """Key of ``shared.calendars.CALENDARS``."""
    source: str
    """Where the hours are published."""
    why: str = ""
    date: dt.date | None = None
    """Session date. Such a line replaces the whole session, or adds one; it has ``open`` and ``close``, or ``closed``."""
    closed: bool = False
    """There is no session on ``date``."""
    weekdays: tuple[str, ...] = ()
    """``Mon`` to ``Sun``. Such a line replaces the usual open, the usual close, or both, and leaves special hours alone."""
    first: dt.date = msgspec.field(default=dt.date.min, name="from")
    """First session date of a weekly line."""
    last: dt.date = msgspec.field(default=dt.date.max, name="until")
    """Last session date of a weekly line."""
    usual_open: str = ""
    """Opening time, on the library's own clock, that a weekly line replaces; sessions that open at another time keep theirs."""
    usual_close: str = ""
    """Closing time, as ``usual_open``."""
    zone: str = ""
    """Time zone of ``open`` and ``close``, as in ``America/Chicago``."""
    open: str = ""
    opens_day_before: bool = False
    """The session opens on the day before its date."""
    close: str = ""

    def is_of(self, exchange: str, day: dt.date) -> bool:
        """Whether it can change this session."""
        weekly = WEEKDAYS[day.weekday()] in self.weekdays and self.first <= day <= self.last
        return self.exchange == exchange and (self.date == day or weekly)


def parse_corrections(lines: Iterable[str], name: str, exchanges: Iterable[str]) -> tuple[Correction, ...]:
    """Read and check a file of corrections; ``exchanges`` are the known codes.

    Raises:
        CorrectionError: a line is not a JSON object, lacks a field, has an unknown one, or has an invalid value.

    >>> line = '{"exchange": "KRX", "source": "a notice", "date": "2026-11-19", "zone": "Asia/Seoul", "open": "25:00"}'
    >>> parse_corrections([line], "f", ["KRX"])
    Traceback (most recent call last):
    ...
    shared.corrections.CorrectionError: f line 1: open '25:00' is not a time HH:MM
    """
    known = tuple(exchanges)
    found: dict[tuple[str, dt.date], int] = {}
    corrections = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{name} line {number}"
        correction = _decode(line, where)
        _check(correction, where, known)
        if correction.date is not None:
            before = found.setdefault((correction.exchange, correction.date), number)
            if before != number:
                raise CorrectionError(f"{where}: date '{correction.date}' of {correction.exchange} is in line {before} too")
        corrections.append(correction)
    return tuple(corrections)


def corrected(
    spans: Mapping[dt.date, Span],
    exchange: str,
    library_zone: ZoneInfo,
    corrections: Sequence[Correction],
    first: dt.date,
    last: dt.date,
) -> dict[dt.date, Span]:
    """The sessions with dates from ``first`` to ``last``, corrected, oldest first; the later of two lines for one day applies.

    Raises:
        OverlapError: two sessions overlap, or one does not end after it begins.
    """
    mine = [each for each in corrections if each.exchange == exchange]
    found = dict(spans)
    for line in mine:
        if line.weekdays:
            for day, span in spans.items():
                if WEEKDAYS[day.weekday()] in line.weekdays and line.first <= day <= line.last:
                    found[day] = _weekly(line, day, span, found[day], library_zone)
    for line in mine:
        if line.date is not None and first <= line.date <= last:
            if line.closed:
                found.pop(line.date, None)
            else:
                found[line.date] = (_opening(line, line.date), _at(line.date, line.close, line.zone))
    ordered = dict(sorted(found.items()))
    for day, (opening, closing) in ordered.items():
        if not opening < closing:
            raise OverlapError(
                f"the corrected hours of {exchange} on {day} end at {_utc(closing)}, before they begin at {_utc(opening)}",
                exchange,
                (day,),
            )
    for (before, (_, until)), (day, (opening, _)) in pairwise(ordered.items()):
        if opening < until:
            raise OverlapError(
                f"the corrected hours of {exchange} on {day} overlap the session before: "
                f"they begin at {_utc(opening)}, and that of {before} ends at {_utc(until)}",
                exchange,
                (before, day),
            )
    return ordered


def digest(corrections: Iterable[Correction], exchange: str, upto: dt.date) -> str:
    """A hash of the corrections of an exchange up to a day, without ``source`` and ``why``; empty if there are none."""
    mine = [
        msgspec.structs.replace(each, source="", why="")
        for each in corrections
        if each.exchange == exchange and (each.date or each.first) <= upto
    ]
    return hashlib.sha256(msgspec.json.encode(mine)).hexdigest()[:12] if mine else ""


def _utc(ts: int) -> str:
    return f"{dt.datetime.fromtimestamp(ts / 1000, dt.UTC):%Y-%m-%d %H:%M} UTC"


def _decode(line: str, where: str) -> Correction:
    try:
        return convert(read_object(line), Correction)
    except DataLineError as error:
        raise CorrectionError(f"{where}: {error}") from error


def _check(line: Correction, where: str, exchanges: Sequence[str]) -> None:
    if line.exchange not in exchanges:
        raise CorrectionError(f"{where}: exchange {line.exchange!r} is none of {', '.join(exchanges)}")
    if not line.source.strip():
        raise CorrectionError(f"{where}: source {line.source!r} must name where the hours are published")
    for field in ("open", "close", "usual_open", "usual_close"):
        value = getattr(line, field)
        if value and not _CLOCK.fullmatch(value):
            raise CorrectionError(f"{where}: {field} {value!r} is not a time HH:MM")
    if (line.date is None) == (not line.weekdays):
        raise CorrectionError(
            f"{where}: date {str(line.date or '')!r} and weekdays {list(line.weekdays)!r}: exactly one of them is required"
        )
    if not line.closed or line.zone:
        _check_zone(line.zone, where)
    _check_day(line, where) if line.date is not None else _check_week(line, where)


def _check_zone(zone: str, where: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CorrectionError(f"{where}: zone {zone!r} is not a time zone such as 'Asia/Seoul'") from error


def _check_day(line: Correction, where: str) -> None:
    day = line.date or dt.date.min
    for field in ("usual_open", "usual_close"):
        if getattr(line, field):
            raise CorrectionError(f"{where}: {field} {getattr(line, field)!r} belongs to weekdays, not to a date")
    if line.first != dt.date.min or line.last != dt.date.max:
        raise CorrectionError(f"{where}: from '{line.first}' and until '{line.last}' belong to weekdays, not to a date")
    if line.closed:
        if line.open or line.close:
            raise CorrectionError(f"{where}: closed true, but open {line.open!r} and close {line.close!r}")
        return
    if not (line.open and line.close):
        raise CorrectionError(f"{where}: open {line.open!r} and close {line.close!r}: a date requires both, or closed")
    length = dt.timedelta(milliseconds=_at(day, line.close, line.zone) - _opening(line, day))
    if not dt.timedelta(0) < length <= LONGEST_SESSION:
        raise CorrectionError(f"{where}: close {line.close!r} is {length} after open {line.open!r}; at most {LONGEST_SESSION}")


def _check_week(line: Correction, where: str) -> None:
    for day in line.weekdays:
        if day not in WEEKDAYS:
            raise CorrectionError(f"{where}: weekdays {day!r} is none of {', '.join(WEEKDAYS)}")
    if line.closed:
        raise CorrectionError(f"{where}: closed true belongs to a date, not to weekdays")
    if line.first > line.last:
        raise CorrectionError(f"{where}: from '{line.first}' is after until '{line.last}'")
    if not (line.open or line.close):
        raise CorrectionError(f"{where}: open {line.open!r} and close {line.close!r}: weekdays require at least one of them")
    for field in ("open", "close"):
        if bool(getattr(line, field)) != bool(getattr(line, f"usual_{field}")):
            raise CorrectionError(
                f"{where}: {field} {getattr(line, field)!r} and usual_{field} {getattr(line, f'usual_{field}')!r} need each other"
            )


def _weekly(line: Correction, day: dt.date, library: Span, so_far: Span, library_zone: ZoneInfo) -> Span:
    opening, closing = so_far
    if line.open and _clock(library[0], library_zone) == line.usual_open:
        opening = _opening(line, day)
    if line.close and _clock(library[1], library_zone) == line.usual_close:
        closing = _at(day, line.close, line.zone)
    return opening, closing


def _clock(ts: int, zone: ZoneInfo) -> str:
    return dt.datetime.fromtimestamp(ts / 1000, zone).strftime("%H:%M")


def _opening(line: Correction, day: dt.date) -> int:
    return _at(day - dt.timedelta(days=line.opens_day_before), line.open, line.zone)


def _at(day: dt.date, clock: str, zone: str) -> int:
    return int(dt.datetime.combine(day, dt.time.fromisoformat(clock), ZoneInfo(zone)).timestamp()) * 1000
