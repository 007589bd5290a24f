"""Sessions are right where the library is wrong, in every season; an operator's file is checked line by line."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from shared.calendars import CALENDARS, Sessions, read_corrections
from shared.corrections import BUNDLED, Correction, CorrectionError, digest, parse_corrections
from shared.events import PERIODS, Timeframe
from tests.hours import session_files, sessions

ZONES = {"KRX": "Asia/Seoul", "CME": "America/Chicago", "FX": "America/New_York", "NYSE": "America/New_York"}


@cache
def years(exchange: str) -> Sessions:
    return sessions(exchange, dt.date(2014, 1, 1), dt.date(2027, 12, 31))


def hours(exchange: str, day: str, found: Sessions | None = None) -> str:
    """Opening and closing on the exchange's clock; the weekday of the opening where it is another day."""
    date, found = dt.date.fromisoformat(day), found or years(exchange)
    at = np.flatnonzero(found.date == int(f"{date:%Y%m%d}"))
    if not len(at):
        return "closed"
    zone = ZoneInfo(ZONES[exchange])
    opens, closes = (dt.datetime.fromtimestamp(int(ts[at[0]]) / 1000, zone) for ts in (found.open, found.close))
    ahead = "" if opens.date() == date else f"{opens:%a} "
    return f"{ahead}{opens:%H:%M}-{closes:%H:%M}"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # Exam days, as the newspapers had them from the exchange; those without an address from xkrx_holidays.py of the library.
        ("2014-11-13", "10:00-16:00"),
        ("2015-11-12", "10:00-16:00"),
        ("2016-11-17", "10:00-16:30"),  # moneys.co.kr/article/2016111707198088217
        ("2017-11-16", "10:00-16:30"),  # the exam was put off after an earthquake; the hours had been changed already
        ("2017-11-23", "10:00-16:30"),  # web2.etoday.co.kr/news/view/1565142
        ("2018-11-15", "10:00-16:30"),
        ("2019-11-14", "10:00-16:30"),  # bizn.donga.com/3/all/20191114/98354291/3
        ("2020-12-03", "10:00-16:30"),
        ("2021-11-18", "10:00-16:30"),  # donga.com/news/amp/all/20211104/110076830/1
        ("2022-11-17", "10:00-16:30"),  # m.khan.co.kr/economy/finance/article/202211161242001
        ("2023-11-16", "10:00-16:30"),  # m.etoday.co.kr/view.php?idxno=2298674
        ("2024-11-14", "10:00-16:30"),  # m.khan.co.kr/article/202410311029001
        ("2025-11-13", "10:00-16:30"),  # donga.com/news/Economy/article/all/20251113/132759579/2
        ("2026-11-19", "10:00-16:30"),
        ("2026-11-18", "09:00-15:30"),
        ("2026-11-20", "09:00-15:30"),
        # The first session of a year opens an hour late and closes as always; before August 2016 that was at 15:00.
        ("2015-01-02", "10:00-15:00"),
        ("2024-01-02", "10:00-15:30"),
        ("2025-01-02", "10:00-15:30"),
        ("2026-01-02", "10:00-15:30"),
        ("2016-07-29", "09:00-15:00"),
        ("2016-08-01", "09:00-15:30"),
        # Days that libraries have reported missing: elections, days that a government gave, the last day of the year.
        ("2020-08-17", "closed"),
        ("2022-03-09", "closed"),
        ("2022-06-01", "closed"),
        ("2023-10-02", "closed"),
        ("2024-04-10", "closed"),
        ("2024-10-01", "closed"),
        ("2024-12-31", "closed"),
        ("2025-01-27", "closed"),
        ("2025-06-03", "closed"),
        ("2026-05-01", "closed"),
        ("2026-06-03", "closed"),
        ("2026-07-17", "closed"),
        ("2023-01-02", "10:00-15:30"),
    ],
)
def test_korea(day: str, expected: str) -> None:
    assert hours("KRX", day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # CME Group's trading hours: cmegroup.com/trading-hours.html; pandas_market_calendars 5.5.0, "CME Globex Equity", agrees.
        ("2024-03-06", "Tue 17:00-16:00"),
        ("2024-03-08", "Thu 17:00-16:00"),  # the last before summer time
        ("2024-03-11", "Sun 17:00-16:00"),
        ("2024-11-01", "Thu 17:00-16:00"),  # the last of summer time
        ("2024-11-04", "Sun 17:00-16:00"),
        ("2022-06-20", "Sun 17:00-12:00"),  # Juneteenth, and a day before the exchange kept it
        ("2023-06-19", "Sun 17:00-12:00"),
        ("2024-06-19", "Tue 17:00-12:00"),
        ("2025-06-19", "Wed 17:00-12:00"),
        ("2026-06-19", "Thu 17:00-12:00"),
        ("2021-06-18", "Thu 17:00-16:00"),
        ("2020-05-25", "Sun 17:00-12:00"),  # Memorial Day
        ("2024-01-15", "Sun 17:00-12:00"),
        ("2024-02-19", "Sun 17:00-12:00"),
        ("2024-07-04", "Wed 17:00-12:00"),
        ("2026-07-03", "Thu 17:00-12:00"),
        ("2024-09-02", "Sun 17:00-12:00"),
        ("2024-11-28", "Wed 17:00-12:00"),
        ("2024-11-29", "Thu 17:00-12:15"),
        ("2026-11-27", "Thu 17:00-12:15"),
        ("2024-12-24", "Mon 17:00-12:15"),
        ("2024-12-25", "closed"),
        ("2025-01-01", "closed"),
        ("2021-04-02", "Thu 17:00-08:15"),  # Good Fridays with a report on employment, and without
        ("2023-04-07", "Thu 17:00-08:15"),
        ("2026-04-03", "Thu 17:00-08:15"),
        ("2024-03-29", "closed"),
        ("2025-04-18", "closed"),
        ("2018-12-05", "Tue 17:00-16:00"),  # days of mourning: not all products stopped
        ("2025-01-09", "Wed 17:00-16:00"),
        ("2024-07-03", "Tue 17:00-16:00"),  # index futures stop at 12:15, metals and energy do not
    ],
)
def test_chicago(day: str, expected: str) -> None:
    assert hours("CME", day) == expected


@pytest.mark.parametrize(
    ("friday", "monday"),
    [
        ("2024-01-12", "2024-01-15"),
        ("2024-03-08", "2024-03-11"),  # New York is on summer time from Sunday on, London is not
        ("2024-03-29", "2024-04-01"),
        ("2024-07-05", "2024-07-08"),
        ("2024-10-25", "2024-10-28"),
        ("2024-11-01", "2024-11-04"),
    ],
)
def test_foreign_exchange_is_closed_from_friday_to_sunday_evening_in_new_york(friday: str, monday: str) -> None:
    assert hours("FX", friday).endswith("-17:00")
    assert hours("FX", monday).startswith("Sun 17:00-")
    first = int(np.flatnonzero(years("FX").date == int(monday.replace("-", "")))[0])
    opens, closes, week = (
        times[first : first + 5] for times in (years("FX").open, years("FX").close, years("FX").period_close[Timeframe.W1])
    )
    assert opens[1:].tolist() == closes[:-1].tolist()
    assert set(week.tolist()) == {int(closes[-1])}
    assert (opens[1:] % 86_400_000 == 0).all()  # the days within a week end at midnight UTC, as they did


def test_new_york_is_not_corrected() -> None:
    assert [hours("NYSE", day) for day in ("2024-07-03", "2024-11-29", "2025-01-09", "2026-06-19")] == [
        "09:30-13:00",
        "09:30-13:00",
        "closed",
        "closed",
    ]


@pytest.mark.parametrize("exchange", CALENDARS)
def test_sessions_never_overlap_and_belong_to_one_week(exchange: str) -> None:
    found = years(exchange)
    assert (np.diff(found.date) > 0).all()
    assert (found.open < found.close).all()
    assert (found.close[:-1] <= found.open[1:]).all()
    for timeframe in PERIODS:
        assert (found.period_close[timeframe] >= found.close).all()
        assert (np.diff(found.period_close[timeframe]) >= 0).all()
    assert (found.close - found.open <= 27 * 3_600_000).all()


def test_every_bundled_line_names_its_source() -> None:
    lines = read_corrections()
    assert len(lines) == len(BUNDLED.read_text().splitlines()) > 40
    assert all(len(line.source) > 10 and line.why for line in lines)


def test_an_operators_correction_overrides_a_bundled_one(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    day = {"exchange": "KRX", "source": "a notice", "date": "2027-11-18", "zone": "Asia/Seoul", "open": "10:00", "close": "16:30"}
    again = {**day, "date": "2026-11-19", "open": "11:00", "close": "17:30"}
    shut = {"exchange": "KRX", "source": "a notice", "date": "2026-12-01", "closed": True}
    added = {**day, "date": "2026-12-05", "open": "09:00", "close": "12:00"}  # a Saturday
    own.write_text("\n".join(json.dumps(line) for line in (day, again, shut, added)) + "\n\n")
    found = sessions("KRX", dt.date(2026, 11, 16), dt.date(2027, 11, 22), read_corrections(own, session_files()))
    wanted = {"2027-11-18": "10:00-16:30", "2026-11-19": "11:00-17:30", "2026-12-01": "closed", "2026-12-05": "09:00-12:00"}
    assert {day: hours("KRX", day, found) for day in wanted} == wanted
    assert hours("KRX", "2027-11-18") == "09:00-15:30"
    (wednesday,), (saturday,) = (np.flatnonzero(found.date == day) for day in (20261202, 20261205))
    assert found.period_close[Timeframe.W1][wednesday] == found.close[saturday]


def test_weekly_hours_do_not_change_special_hours(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    line = {"exchange": "NYSE", "source": "a notice", "weekdays": ["Wed", "Fri"], "from": "2024-07-01", "until": "2024-12-31"}
    own.write_text(json.dumps({**line, "zone": "America/New_York", "usual_close": "16:00", "close": "18:00"}))
    found = sessions("NYSE", dt.date(2024, 6, 24), dt.date(2025, 1, 6), read_corrections(own, session_files()))
    days = ("2024-06-28", "2024-07-03", "2024-07-05", "2024-07-08", "2024-11-29", "2025-01-03")
    assert [hours("NYSE", day, found) for day in days] == [
        "09:30-16:00",
        "09:30-13:00",
        "09:30-18:00",
        "09:30-16:00",
        "09:30-13:00",
        "09:30-16:00",
    ]


GOOD: dict[str, Any] = {
    "exchange": "KRX", "source": "a notice", "date": "2027-11-18", "zone": "Asia/Seoul", "open": "10:00", "close": "16:30",
}  # fmt: skip
WEEK: dict[str, Any] = {
    "exchange": "KRX", "source": "a notice", "weekdays": ["Mon"], "zone": "Asia/Seoul", "usual_open": "09:00", "open": "08:00",
}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "not JSON"),
        ("[1]", "expected an object, not [1]"),
        ({**GOOD, "exchange": "MOON"}, "exchange 'MOON' is none of NYSE"),
        ({**GOOD, "source": " "}, "source ' ' must name"),
        ({**GOOD, "date": "2027-13-01"}, "date '2027-13-01'"),
        ({**GOOD, "open": 10}, "open 10: Expected `str`"),
        ({**GOOD, "open": "24:00"}, "open '24:00' is not a time HH:MM"),
        ({**GOOD, "open": "١٠:00"}, "is not a time HH:MM"),
        ({**GOOD, "opne": "10:00"}, "opne '10:00': there is no such field; there are exchange, source, why, date, "),
        ({**GOOD, "zone": "Asia/Nowhere"}, "zone 'Asia/Nowhere' is not a time zone"),
        ({**GOOD, "zone": "../../etc/passwd"}, "zone '../../etc/passwd' is not a time zone"),
        ({**GOOD, "zone": ""}, "zone '' is not a time zone"),
        ({**GOOD, "close": "09:00"}, "close '09:00' is"),
        ({**GOOD, "close": ""}, "close '': a date requires both, or closed"),
        ({**GOOD, "closed": True}, "closed true, but open '10:00'"),
        ({**GOOD, "from": "2027-01-01"}, "from '2027-01-01'"),
        ({**GOOD, "usual_open": "09:00"}, "usual_open '09:00' belongs to weekdays"),
        ({**GOOD, "weekdays": ["Mon"]}, "exactly one of them is required"),
        ({"exchange": "KRX", "source": "a notice"}, "exactly one of them is required"),
        ({**WEEK, "weekdays": ["Mo"]}, "weekdays 'Mo' is none of Mon"),
        ({**WEEK, "usual_open": ""}, "open '08:00' and usual_open '' need each other"),
        ({**WEEK, "closed": True}, "closed true belongs to a date"),
        ({**WEEK, "open": "", "usual_open": ""}, "weekdays require at least one of them"),
        ({**WEEK, "from": "2027-02-01", "until": "2027-01-01"}, "from '2027-02-01' is after until '2027-01-01'"),
    ],
)
def test_the_error_for_an_invalid_line_names_field_and_value(line: Any, words: str) -> None:
    text = line if isinstance(line, str) else json.dumps(line)
    with pytest.raises(CorrectionError, match=r"own\.jsonl line 2: ") as found:
        parse_corrections([json.dumps({**GOOD, "date": "2028-11-16"}), text], "own.jsonl", CALENDARS)
    assert words in str(found.value)


def test_duplicate_days_and_overlapping_hours_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorrectionError, match=r"line 2: date '2027-11-18' of KRX is in line 1 too"):
        parse_corrections([json.dumps(GOOD)] * 2, "own.jsonl", CALENDARS)
    own = tmp_path / "own.jsonl"
    early = {**GOOD, "opens_day_before": True, "open": "15:00"}
    own.write_text(f"\n{json.dumps({**GOOD, 'date': '2027-12-01'})}\n{json.dumps(early)}\n")
    with pytest.raises(CorrectionError) as found:
        read_corrections(own, session_files())
    assert str(found.value) == (
        f"{own} line 3: the corrected hours of KRX on 2027-11-18 overlap the session before: "
        "they begin at 2027-11-17 06:00 UTC, and that of 2027-11-17 ends at 2027-11-17 06:30 UTC"
    )
    late = {**GOOD, "date": "2027-11-17", "close": "23:59"}
    own.write_text(f"{json.dumps(late)}\n{json.dumps({**early, 'open': '23:00'})}\n")
    with pytest.raises(CorrectionError, match=rf"^{own} line 1 and 2: the corrected hours of KRX on 2027-11-18 overlap"):
        read_corrections(own, session_files())
    own.write_text(
        json.dumps({**WEEK, "weekdays": ["Tue"], "usual_open": "", "open": "", "usual_close": "15:30", "close": "08:00"})
    )
    with pytest.raises(
        CorrectionError, match=rf"^{own} line 1: the corrected hours of KRX on 2025-11-25 end at .* before they begin"
    ):
        read_corrections(own, session_files())
    with pytest.raises(CorrectionError, match=r"nowhere\.jsonl' cannot be read"):
        read_corrections(tmp_path / "nowhere.jsonl")
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(CorrectionError, match="cannot be read"):
        read_corrections(own, session_files())


def test_only_past_corrections_change_the_digest() -> None:
    ours = read_corrections()
    day = dt.date(2026, 11, 27)
    (ahead,) = parse_corrections([json.dumps(GOOD)], "own", CALENDARS)
    (past,) = parse_corrections([json.dumps({**GOOD, "date": "2026-11-26"})], "own", CALENDARS)
    assert digest(ours, "NYSE", day) == ""
    assert digest((*ours, ahead), "KRX", day) == digest(ours, "KRX", day) != ""
    assert digest((*ours, past), "KRX", day) != digest(ours, "KRX", day)
    assert digest((*ours, past), "CME", day) == digest(ours, "CME", day)
    renamed = tuple(Correction(**{**{f: getattr(each, f) for f in each.__struct_fields__}, "source": "elsewhere"}) for each in ours)
    assert digest(renamed, "KRX", day) == digest(ours, "KRX", day)
