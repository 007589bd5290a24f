"""Rows of charts become valid raw bars or are dropped."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.ingest.domain.adjustments import Adjustments, adjustments
from services.ingest.domain.currency import CurrencyError, unit_worth
from services.ingest.domain.gaps import expected_closes, missing_ranges
from services.ingest.domain.provider_bars import daily_bars, intraday_bars
from services.ingest.domain.yahoo_chart import Chart, read_chart
from services.ingest.domain.yahoo_errors import SplitNotAppliedError
from shared.calendars import Sessions
from shared.events import Timeframe
from tests.hours import sessions
from tests.ingest.yahoo.charts import FOLDER, captured, chart, split

NOW = int(dt.datetime(2025, 2, 22, tzinfo=dt.UTC).timestamp() * 1000)


def read(body: dict[str, Any], symbol: str = "AAPL", interval: str = "1d") -> Chart:
    return read_chart(symbol, interval, 200, json.dumps(body).encode())


def nasdaq(start: dt.date = dt.date(2020, 1, 1), end: dt.date = dt.date(2025, 2, 28)) -> Sessions:
    return sessions("NASDAQ", start, end)


def open_of(day: dt.date, exchange: str = "NASDAQ") -> int:
    return int(sessions(exchange, day, day).open[0]) // 1000


def test_msft_dividends_round_trip() -> None:
    body = captured("historical-via-chart-MSFT")
    rows = read(body, "MSFT")
    adjust = adjustments(rows, nasdaq(), "USD")
    found = daily_bars(rows, adjust, nasdaq(), 1.0, NOW)
    assert len(found.bars) == 252
    assert not found.dropped
    adjclose = body["chart"]["result"][0]["indicators"]["adjclose"][0]["adjclose"]
    assert [bar.close * bar.price_factor for bar in found.bars] == pytest.approx(adjclose, rel=1e-6)
    assert found.bars[0].close == 239.65
    assert {bar.split_factor for bar in found.bars} == {1.0}
    assert [action.value for action in adjust.actions] == [0.56, 0.56, 0.56, 0.62]
    ex_date = dt.date(2021, 2, 17)
    assert adjust.actions[0].ts_event == open_of(ex_date) * 1000
    before = [bar for bar in found.bars if bar.ts_open < adjust.actions[0].ts_event][-1]
    on = next(bar for bar in found.bars if bar.ts_open == adjust.actions[0].ts_event)
    assert before.price_factor / on.price_factor == pytest.approx(1 - 0.56 / before.close, rel=1e-4)


def test_nvda_split_in_the_range_and_one_after_it() -> None:
    body = captured("historical-via-chart-NVDA")
    body["chart"]["result"][0]["events"]["splits"]["1717767000"] = {"date": 1717767000, "numerator": 10, "denominator": 1}
    rows = read(body, "NVDA")
    adjust = adjustments(rows, nasdaq(), "USD")
    bars = daily_bars(rows, adjust, nasdaq(), 1.0, NOW).bars
    before = next(bar for bar in bars if bar.ts_open == open_of(dt.date(2021, 7, 19)) * 1000)
    after = next(bar for bar in bars if bar.ts_open == open_of(dt.date(2021, 7, 20)) * 1000)
    assert (before.close, before.split_factor) == (751.19, 1 / 40)  # as it traded on the day before 4:1
    assert after.split_factor == 1 / 10
    assert after.close == pytest.approx(186.12, abs=0.005)
    result = body["chart"]["result"][0]["indicators"]
    assert [bar.close * bar.price_factor for bar in bars] == pytest.approx(result["adjclose"][0]["adjclose"], rel=1e-6)
    assert [bar.volume / bar.split_factor for bar in bars] == pytest.approx(result["quote"][0]["volume"])


def test_aapl_bars_before_the_split_match_the_traded_prices() -> None:
    """The captured body begins on the day of the split; the days before it are raw exchange prices, divided as Yahoo does."""
    tape = FOLDER / "aapl-before-split.csv"
    raw = list(csv.DictReader(tape.read_text().splitlines()))
    body = captured("chart-AAPL-2020-08-31")
    result = body["chart"]["result"][0]
    first = result["indicators"]["adjclose"][0]["adjclose"][0] / result["indicators"]["quote"][0]["close"][0]
    quote = result["indicators"]["quote"][0]
    days = [dt.date.fromisoformat(row["date"]) for row in raw]
    result["timestamp"] = [open_of(day) for day in days] + result["timestamp"]
    for name in ("open", "high", "low", "close"):
        quote[name] = [float(np.float32(float(row[name]) / 4)) for row in raw] + quote[name]
    quote["volume"] = [float(row["volume"]) * 4 for row in raw] + quote["volume"]
    adjclose = result["indicators"]["adjclose"][0]
    adjclose["adjclose"] = [close * first for close in quote["close"][: len(raw)]] + adjclose["adjclose"]
    rows = read(body)
    adjust = adjustments(rows, nasdaq(), "USD")
    found = daily_bars(rows, adjust, nasdaq(), 1.0, NOW)
    for bar, row in zip(found.bars, raw, strict=False):
        assert (bar.open, bar.high, bar.low, bar.close) == pytest.approx(
            tuple(float(row[name]) for name in ("open", "high", "low", "close")), rel=2e-7
        )
        assert bar.volume == float(row["volume"])
        assert bar.split_factor == 0.25
    assert found.bars[len(raw)].split_factor == 1.0
    assert found.bars[len(raw) - 1].close == pytest.approx(499.23, abs=0.01)
    assert [bar.close * bar.price_factor for bar in found.bars] == pytest.approx(adjclose["adjclose"], rel=1e-6)


def test_a_dividend_before_a_split_is_published_as_paid() -> None:
    dividend, day = open_of(dt.date(2020, 8, 7)), open_of(dt.date(2020, 8, 31))
    body = chart(rows=[(day, 1, 1, 1, 1, 1)], events={**split(day, 4), "dividends": {"x": {"amount": 0.205, "date": dividend}}})
    assert [(each.kind, each.value) for each in adjustments(read(body), nasdaq(), "USD").actions] == [
        ("dividend", 0.82),
        ("split", 4),
    ]


def test_a_listed_dividend_missing_in_the_adjusted_closes_is_in_the_factors() -> None:
    *before, ex = (open_of(dt.date(2025, 2, day)) for day in (10, 11, 12))
    named = {"dividends": {"x": {"amount": 2.0, "date": ex}}}
    rows = [(ts, 100.0, 101.0, 97.0, 100.0, 1e6) for ts in (*before, ex)]
    for case, adjclose in (
        ("applied", [98.0, 98.0, 100.0]),
        ("not yet", [100.0, 100.0, 100.0]),
        ("older too", [99.0, 100.0, 100.0]),
    ):
        parsed = read(chart(rows=rows, events=named, adjclose=adjclose))
        factors = [bar.price_factor for bar in daily_bars(parsed, adjustments(parsed, nasdaq(), "USD"), nasdaq(), 1.0, NOW).bars]
        assert factors == pytest.approx({"older too": [0.9702, 0.98, 1.0]}.get(case, [0.98, 0.98, 1.0])), case


def test_a_split_that_is_listed_but_not_applied_is_refused() -> None:
    before, on = open_of(dt.date(2020, 8, 28)), open_of(dt.date(2020, 8, 31))
    body = chart(rows=[(before, 500, 505, 495, 499.23, 1e6), (on, 127.5, 131, 126, 129.04, 4e6)], events=split(on, 4))
    with pytest.raises(SplitNotAppliedError, match=r"AAPL: 4:1 on 20200831, but 499\.23 before it and 127\.5 after"):
        adjustments(read(body), nasdaq(), "USD")
    only_before = chart(rows=[(before, 500, 505, 495, 499.23, 1e6)], events=split(on, 4), price=128.0, price_ts=on + 60)
    with pytest.raises(SplitNotAppliedError):
        adjustments(read(only_before), nasdaq(), "USD")


def test_reverse_split_multiplies() -> None:
    before, on = open_of(dt.date(2020, 8, 28)), open_of(dt.date(2020, 8, 31))
    body = chart(rows=[(before, 40, 42, 39, 41, 100), (on, 41, 44, 40, 43, 90)], events=split(on, 1, 10))
    adjust = adjustments(read(body), nasdaq(), "USD")
    bar = daily_bars(read(body), adjust, nasdaq(), 1.0, NOW).bars[0]
    assert (bar.close, bar.volume, bar.split_factor, bar.price_factor) == (4.1, 1000, 10.0, 10.0)


@pytest.mark.parametrize(
    ("start", "symbol", "exchange", "friday"), [("chart-BTC", "BTC-USD", "CRYPTO", 24), ("chart-EUR", "EURUSD=X", "FX", 22)]
)
def test_round_the_clock_markets_are_stamped_by_their_calendar(start: str, symbol: str, exchange: str, friday: int) -> None:
    """The third day is a Friday: FX closes at 17:00 in New York."""
    rows = read(captured(start), symbol)
    hours = sessions(exchange, dt.date(2019, 12, 25), dt.date(2020, 1, 5))
    found = daily_bars(rows, adjustments(rows, hours, "USD"), hours, 1.0, NOW)
    assert [bar.ts_close - bar.ts_open for bar in found.bars] == [86_400_000, 86_400_000, friday * 3_600_000]
    assert found.bars[0].ts_open == 1577836800000
    assert all(bar.price_factor == 1.0 for bar in found.bars)


def test_pence_become_pounds_and_wrong_units_are_refused() -> None:
    day = open_of(dt.date(2020, 8, 28))
    rows = read(chart("VOD.L", rows=[(day, 150.5, 152, 149, 151.25, 10)], currency="GBp"), "VOD.L")
    adjust = adjustments(rows, nasdaq(), "GBP")
    bar = daily_bars(rows, adjust, nasdaq(), unit_worth("GBp", "GBP"), NOW).bars[0]
    assert (bar.open, bar.high, bar.low, bar.close) == (1.505, 1.52, 1.49, 1.5125)
    assert unit_worth("ZAc", "ZAR") == unit_worth("ILA", "ILS") == 0.01
    with pytest.raises(CurrencyError):
        unit_worth("USD", "GBP")
    with pytest.raises(CurrencyError):
        unit_worth(None, "ZAR")


def test_rows_that_are_not_closed_bars_are_dropped_with_a_reason() -> None:
    monday, tuesday = open_of(dt.date(2025, 2, 10)), open_of(dt.date(2025, 2, 11))
    now = (tuesday + 3600) * 1000
    rows = [
        (monday, 10, 11, 9, 10, 100),
        (monday + 60, 99, 99, 99, 99, 1),  # a second row for the same session
        (monday - 86_400, 10, 11, 9, 10, 5),  # a Sunday
        (tuesday - 86_400 * 5, None, 11, 9, 10, 5),
        (tuesday - 86_400 * 6, 10, 9, 11, 10, 5),
        (tuesday - 86_400 * 7, 10, 11, -9, 10, 5),
        (open_of(dt.date(2025, 2, 3)), 30, 11, 9, 10, 5),
        (tuesday + 3599, 10, 11, 9, 10, 40),  # today, stamped with the last trade
        (-5, 1, 1, 1, 1, 1),
        (10**14, 1, 1, 1, 1, 1),
    ]
    parsed = read(chart(rows=rows))
    found = daily_bars(parsed, adjustments(parsed, nasdaq(), "USD"), nasdaq(), 1.0, now)
    assert [(bar.close, bar.volume) for bar in found.bars] == [(10, 100)]
    assert found.dropped == {
        "duplicate": 1, "off_calendar": 3, "null": 1, "inverted": 1, "no_price": 1, "inconsistent": 1, "forming": 1,
    }  # fmt: skip


def test_intraday_is_anchored_at_the_open_and_the_forming_bar_is_dropped() -> None:
    day = dt.date(2025, 2, 11)
    start = open_of(day)
    rows = [(start + 3600 * i, 10 + i, 11 + i, 9 + i, 10.5 + i, 100) for i in range(7)]
    rows.append((start + 6 * 3600 + 1234, 16, 16, 16, 16, 0))  # Yahoo's last row, stamped with the last trade
    rows.append((start - 3600, 9, 9, 9, 9, 3))  # before the open
    parsed = read(chart(interval="1h", rows=rows), interval="1h")
    none = Adjustments((), (), (), (), ())
    found = intraday_bars(parsed, Timeframe.H1, none, nasdaq(), 1.0, (start + 23_400) * 1000)
    assert [(bar.ts_close - bar.ts_open) // 60_000 for bar in found.bars] == [60] * 6 + [30]
    assert found.dropped == {"off_grid": 1, "off_calendar": 1}
    forming = intraday_bars(parsed, Timeframe.H1, none, nasdaq(), 1.0, (start + 5 * 3600) * 1000)
    assert len(forming.bars) == 5
    assert forming.dropped == {"off_grid": 1, "off_calendar": 1, "forming": 2}


def test_intraday_takes_its_factors_from_the_daily_chart() -> None:
    """The session of a dividend has no daily row: the factor may not be taken from across the ex-date."""
    adjust = Adjustments(((20250213, 2.0),), (20250212,), (20250210, 20250211, 20250213), (0.99, 0.99, 1.0), ())
    body = chart(interval="1h", rows=[(open_of(dt.date(2025, 2, day)), 50, 51, 49, 50, 10) for day in (11, 12, 13)])
    bars = intraday_bars(read(body, interval="1h"), Timeframe.H1, adjust, nasdaq(), 1.0, NOW).bars
    assert [(bar.close, bar.split_factor, bar.price_factor) for bar in bars] == [(100, 0.5, 0.495), (100, 0.5, 0.5), (50, 1.0, 1.0)]


def test_intraday_rows_that_are_not_split_adjusted_are_refused() -> None:
    adjust = Adjustments(((20250212, 10.0),), (), (), (), ())
    body = chart(
        interval="1h",
        rows=[(open_of(dt.date(2025, 2, 11)), 900, 910, 890, 905, 1), (open_of(dt.date(2025, 2, 12)), 90, 91, 89, 90, 1)],
    )
    with pytest.raises(SplitNotAppliedError):
        intraday_bars(read(body, interval="1h"), Timeframe.H1, adjust, nasdaq(), 1.0, NOW)


def test_gaps_are_found_against_the_calendar() -> None:
    hours = nasdaq()
    first, last = dt.datetime(2024, 7, 1, tzinfo=ZoneInfo("UTC")), dt.datetime(2024, 7, 9, tzinfo=ZoneInfo("UTC"))
    want = expected_closes(hours, Timeframe.D1, int(first.timestamp() * 1000), int(last.timestamp() * 1000))
    assert len(want) == 5  # the 4th of July is no session
    assert missing_ranges(want, [int(want[0]), int(want[3])]) == ((int(want[1]), int(want[2])), (int(want[4]), int(want[4])))
    short_day = sessions("NYSE", dt.date(2024, 7, 3), dt.date(2024, 7, 3))
    hourly = expected_closes(short_day, Timeframe.H1, 0, 2**60)
    assert len(hourly) == 4
    assert hourly[-1] == short_day.close[0]


numbers = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False, width=32), st.floats(1, 1000, width=32))
days = st.integers(open_of(dt.date(2024, 1, 2)), open_of(dt.date(2024, 3, 1)))
row = st.tuples(days, numbers, numbers, numbers, numbers, numbers)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    rows=st.lists(row, max_size=30), ratio=st.sampled_from([0.1, 1.5, 4.0]), when=days, interval=st.sampled_from(["1d", "1m", "1h"])
)
def test_normalisation_never_yields_an_invalid_bar(rows: list[Any], ratio: float, when: int, interval: str) -> None:
    body = chart(rows=rows, interval=interval, events=split(when, ratio))
    try:
        parsed = read(body, interval=interval)
        adjust = adjustments(parsed, nasdaq(), "USD")
        found = (
            daily_bars(parsed, adjust, nasdaq(), 1.0, NOW)
            if interval == "1d"
            else intraday_bars(parsed, Timeframe(interval), adjust, nasdaq(), 1.0, NOW)
        )
    except SplitNotAppliedError:
        return
    assert len(found.bars) + sum(found.dropped.values()) == len(rows)
    closes = [bar.ts_close for bar in found.bars]
    assert closes == sorted(set(closes))
    for bar in found.bars:
        prices = (bar.open, bar.high, bar.low, bar.close)
        assert all(0 < price < math.inf for price in prices)
        assert bar.low <= min(prices)
        assert max(prices) <= bar.high
        assert bar.volume >= 0
        assert bar.ts_open < bar.ts_close <= NOW
        assert 0 < bar.price_factor < math.inf
