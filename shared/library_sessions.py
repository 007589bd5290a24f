"""The sessions that the calendar libraries give, kept in files: computing them takes seconds, mostly for Korea's lunar holidays.

The sessions come from ``exchange_calendars``. Its XKRX misses holidays that Korea announced late, so days that ``holidays``
(financial, XKRX) lists are removed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

LIBRARIES: Final = ("exchange_calendars", "holidays", "korean_lunar_calendar", "pandas", "tzdata")
"""Packages that decide what the sessions are: files of other versions are not read."""

Spans = Mapping[dt.date, tuple[int, int]]
"""Session date -> (first, last) millisecond of trading, oldest first."""

_holiday_lock: Final = threading.Lock()


def library_sessions(calendar: str, since: dt.date, upto: dt.date, folder: Path | None) -> Spans:
    """The sessions of a calendar of ``exchange_calendars`` with dates from ``since`` to ``upto`` inclusive.

    With a ``folder`` whole years are read from a file there, or computed and written to it; several processes may use one folder.
    A file that cannot be read or written is computed.
    """
    if folder is None:
        return _spans(_computed(calendar, since, upto), since, upto)
    first, last = dt.date(since.year, 1, 1), dt.date(upto.year, 12, 31)
    file = folder / f"{calendar.replace('/', '-')}-{first.year}-{last.year}-{_versions()}.npy"
    rows = _read(file)
    if rows is None:
        rows = _computed(calendar, first, last)
        with suppress(OSError):
            _write(file, rows)
    return _spans(rows, since, upto)


def _spans(rows: npt.NDArray[np.int64], since: dt.date, upto: dt.date) -> Spans:
    inside = rows[(rows[:, 0] >= since.toordinal()) & (rows[:, 0] <= upto.toordinal())]
    return {dt.date.fromordinal(day): (opening, closing) for day, opening, closing in inside.tolist()}


def _read(file: Path) -> npt.NDArray[np.int64] | None:
    try:
        rows = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return rows if rows.dtype == np.int64 and rows.ndim == 2 and rows.shape[1] == 3 else None


def _write(file: Path, rows: npt.NDArray[np.int64]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=file.parent, suffix=".tmp")
    with os.fdopen(handle, "wb") as opened:
        np.save(opened, rows, allow_pickle=False)
    Path(temporary).replace(file)


@lru_cache(maxsize=1)
def _versions() -> str:
    text = Path(__file__).read_text("utf-8") + "".join(f"\n{name} {version(name)}" for name in LIBRARIES)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _computed(calendar: str, since: dt.date, upto: dt.date) -> npt.NDArray[np.int64]:
    """(sessions, 3): the ordinal of the date, first and last millisecond."""
    import exchange_calendars  # takes half a second to import: deferred to the first use

    with _holidays_between(since, upto):
        schedule = exchange_calendars.get_calendar(calendar, start=since, end=upto).schedule
    times = zip(schedule.index, *(_milliseconds(schedule[name]) for name in ("open", "close")), strict=True)
    rows = [
        (stamp.date().toordinal(), opening, closing)
        for stamp, opening, closing in times
        if stamp.date() not in _announced_holidays(calendar, stamp.year)
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


@contextmanager
def _holidays_between(start: dt.date, end: dt.date) -> Iterator[None]:
    """Let pandas compute holidays for these years and one on either side, instead of 1970 to 2200."""
    import pandas as pd
    from pandas.tseries.holiday import AbstractHolidayCalendar

    with _holiday_lock:
        before = (AbstractHolidayCalendar.start_date, AbstractHolidayCalendar.end_date)
        AbstractHolidayCalendar.start_date = pd.Timestamp(start.year - 1, 1, 1)
        AbstractHolidayCalendar.end_date = pd.Timestamp(end.year + 1, 12, 31)
        try:
            yield
        finally:
            AbstractHolidayCalendar.start_date, AbstractHolidayCalendar.end_date = before


def _milliseconds(times: pd.Series) -> list[int]:
    found: list[int] = np.asarray(times.dt.tz_convert(None).to_numpy(), dtype="datetime64[ms]").astype(np.int64).tolist()
    return found


@lru_cache(maxsize=256)
def _announced_holidays(calendar: str, year: int) -> frozenset[dt.date]:
    if calendar != "XKRX":
        return frozenset()
    import holidays

    return frozenset(holidays.financial_holidays("XKRX", years=year))
