"""The time fields of bars, in the exchange's time zone, through changes of the clock, half days and sessions past midnight."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from services.analysis.kernels.conditions.times import ExchangeTimes, time_field
from shared.calendars import CALENDARS, ZONES
from shared.conditions.expression import TIME_FIELDS
from shared.events import Timeframe
from tests.analysis.market import hours, market


def at(exchange: str, timeframe: Timeframe, date: int, moment: dt.datetime) -> dict[str, float]:
    times = market().times[market().codes[exchange]]
    ms = int(moment.timestamp() * 1000)
    return {name: float(time_field(name, times, timeframe, np.array([date]), np.array([ms]))[0]) for name in TIME_FIELDS}


def moment(text: str, zone: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("day", ["2024-11-01", "2024-11-04"])  # before and after the end of summer time
def test_a_bar_of_new_york_has_the_same_time_all_year(day: str) -> None:
    found = at("NYSE", Timeframe.M15, int(day.replace("-", "")), moment(f"{day} 10:00", "America/New_York"))
    assert (found["time"], found["minutes_since_open"], found["session_bar"]) == (600, 30, 2)
    assert found["weekday"] == dt.date.fromisoformat(day).isoweekday()


def test_the_last_bar_of_a_half_day_is_counted_from_its_open() -> None:
    found = at("NYSE", Timeframe.H1, 20241129, moment("2024-11-29 13:00", "America/New_York"))
    assert found == {"time": 780, "weekday": 5, "minutes_since_open": 210, "session_bar": 4, "days_to_month_end": 0}


def test_days_to_the_end_of_the_month_are_sessions() -> None:
    times = market().times[market().codes["NYSE"]]
    dates = times.date[(times.date >= 20241101) & (times.date < 20241201)]
    found = time_field("days_to_month_end", times, Timeframe.D1, dates, dates)
    assert found.tolist() == list(range(len(dates)))[::-1]
    december = time_field("days_to_month_end", times, Timeframe.D1, np.array([20241202]), np.array([0]))
    assert december.tolist() == [4.0]  # what the calendar of this test knows of December


def test_a_session_that_opens_on_the_evening_before_belongs_to_its_date() -> None:
    found = at("CME", Timeframe.H1, 20241104, moment("2024-11-03 18:00", "America/Chicago"))  # Sunday
    assert (found["weekday"], found["time"], found["minutes_since_open"], found["session_bar"]) == (1, 1080, 60, 1)


def test_each_interval_of_a_session_has_its_number() -> None:
    times = market().times[market().codes["KRX"]]
    opened, closes = int(times.open[0]), int(times.close[0])
    for timeframe, length in ((each, each.row.length_ms) for each in Timeframe if each.row.length_ms):
        ends = np.arange(opened + length, closes + length, length).clip(max=closes)
        found = time_field("session_bar", times, timeframe, np.full(len(ends), times.date[0]), ends)
        assert found.tolist() == list(range(1, len(ends) + 1))
        inside = time_field("session_bar", times, timeframe, np.full(1, times.date[0]), np.array([opened + 60_000]))
        assert inside.tolist() == [1.0]
    for timeframe in (Timeframe.D1, Timeframe.W1):
        assert time_field("session_bar", times, timeframe, times.date[:2], times.close[:2]).tolist() == [1.0, 1.0]


def test_what_the_calendar_does_not_know_is_unknown() -> None:
    found = at("NYSE", Timeframe.M15, 20241102, moment("2024-11-02 10:00", "America/New_York"))  # a Saturday
    assert {name for name, x in found.items() if not np.isnan(x)} == {"time"}
    nothing = ExchangeTimes(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), ZoneInfo("UTC"))
    assert np.isnan(time_field("weekday", nothing, Timeframe.D1, np.array([20241104]), np.array([0]))).all()
    with pytest.raises(ValueError, match="there is no time field 'hour'"):
        time_field("hour", market().times[0], Timeframe.D1, market().times[0].date[:1], market().times[0].close[:1])


def test_zones_are_those_of_the_calendars() -> None:
    from exchange_calendars.calendar_utils import _default_calendar_factories, resolve_alias

    assert ZONES.keys() == CALENDARS.keys()
    for exchange, name in CALENDARS.items():
        made_by = _default_calendar_factories[resolve_alias(name)]  # to make one takes seconds
        assert str(made_by.tz) == ZONES[exchange]
    assert str(market().times[market().codes["KRX"]].zone) == ZONES["KRX"] == "Asia/Seoul"
    assert len(hours("NYSE").open) == len(market().times[market().codes["NYSE"]].open)
