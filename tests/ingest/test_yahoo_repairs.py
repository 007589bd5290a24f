"""Errors in Yahoo's history are repaired or quarantined one by one; correct data that look wrong are not changed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest

from services.ingest.domain.adjustments import adjustments
from services.ingest.domain.history_position import HistoryPosition
from services.ingest.domain.provider_bars import daily_bars
from services.ingest.domain.universe import Instrument
from services.ingest.domain.yahoo_chart import Chart, read_chart
from services.ingest.domain.yahoo_history import ChartHistory, read_daily
from shared.events import ProviderBar, Quarantined, Timeframe
from tests.hours import sessions
from tests.ingest.yahoo.charts import chart
from tests.ingest.yahoo.reported import KALA, NEW_FORTRESS, SHIN_ETSU, SOXS_RIGHT, SOXS_WRONG, Line, body, opened

SHARE = Instrument(symbol="AAPL", name_en="A", name_ko="가", exchange="NASDAQ", currency="USD", kind="etf")
OIL = Instrument(symbol="CL=F", name_en="Oil", name_ko="원유", exchange="CME", currency="USD", kind="future", negative=True)


def parsed(answer: dict[str, Any], symbol: str = "AAPL") -> Chart:
    return read_chart(symbol, "1d", 200, json.dumps(answer).encode())


def found(answer: dict[str, Any], instrument: Instrument = SHARE) -> ChartHistory:
    """The result of a first read of a daily chart, a week after its newest row."""
    stamps = [ts for ts in answer["chart"]["result"][0]["timestamp"] if ts]
    now = (max(stamps) + 7 * 86_400) * 1000
    calendar = sessions(instrument.exchange, dt.date(2020, 1, 1), dt.date(2026, 12, 31))
    return read_daily(parsed(answer, instrument.symbol), instrument, calendar, HistoryPosition(), min(stamps) * 1000, now)


def bars(result: ChartHistory, timeframe: Timeframe = Timeframe.D1) -> dict[str, ProviderBar]:
    """The published bars by the date of their close."""
    return {
        dt.datetime.fromtimestamp(bar.ts_close / 1000, dt.UTC).date().isoformat(): bar
        for history in result.histories
        if history.timeframe is timeframe
        for bar in history.bars
    }


def outcomes(result: ChartHistory) -> list[tuple[str, str]]:
    return [(each.reason, each.outcome) for each in result.quarantined]


def before_soxs() -> list[Line]:
    """Days before the ten wrong ones, at their level: made up."""
    days = [f"2026-04-{day:02d}" for day in (20, 21, 22, 23, 24, 27, 28, 29, 30)] + [
        f"2026-05-{day:02d}" for day in (1, 4, 5, 6, 7, 8)
    ]
    return [
        (day, 84.0 + i % 3, 88.5, 80.1, 84.0 + (i + 1) % 3, (84.0 + (i + 1) % 3) * 0.97629, 31_000_000.0 + 100_000 * i)
        for i, day in enumerate(days)
    ]


def test_a_block_at_fifteen_times_the_price_is_repaired() -> None:
    result = found(body([*before_soxs(), *SOXS_WRONG, *SOXS_RIGHT]))
    days = bars(result)
    assert [days[line[0]].close for line in SOXS_WRONG] == [82.0, 89.5, 83.5, 82.7, 92.3, 99.5, 99.3, 85.4, 82.9, 77.3]
    assert (days["2026-05-12"].high, days["2026-05-12"].volume) == (99.1, 3466026 * 15)
    assert [days[line[0]].close for line in SOXS_RIGHT] == [line[4] for line in SOXS_RIGHT]
    assert outcomes(result) == [("level", "repaired")]
    assert "10 bars" in result.quarantined[0].note
    week = bars(result, Timeframe.W1)["2026-05-15"]
    assert (week.high, week.close, week.incomplete) == (99.1, 92.3, False)


def test_a_block_with_only_one_visible_edge_is_quarantined() -> None:
    result = found(body([*SOXS_WRONG, *SOXS_RIGHT]))
    assert sorted(bars(result)) == [line[0] for line in SOXS_RIGHT]
    assert outcomes(result) == [("level", "quarantined")]


def test_a_block_that_no_single_ratio_explains_is_quarantined() -> None:
    blurred = [(day, *(value + 0.37 for value in prices), adj, volume) for day, *prices, adj, volume in SOXS_WRONG]
    result = found(body([*before_soxs(), *blurred, *SOXS_RIGHT]))  # type: ignore[list-item]
    assert not set(bars(result)) & {line[0] for line in SOXS_WRONG}
    assert outcomes(result) == [("level", "quarantined")]
    weeks = bars(result, Timeframe.W1)
    assert "2026-05-15" not in weeks, "a week without any day"
    assert result.missing, "requested again"


def test_a_real_collapse_is_not_touched() -> None:
    result = found(body(KALA))
    assert [bar.close for bar in bars(result).values()] == [line[4] for line in KALA]
    assert outcomes(result) == []


def named(split_on: str, ratio: tuple[float, float], dividend: float | None = None) -> dict[str, Any]:
    ts = opened(split_on)
    events: dict[str, Any] = {"splits": {str(ts): {"date": ts, "numerator": ratio[0], "denominator": ratio[1]}}}
    if dividend is not None:
        events["dividends"] = {str(ts): {"date": ts, "amount": dividend}}
    return events


def test_a_split_listed_a_day_late_moves_to_the_day_of_the_price_shift() -> None:
    result = found(body(SHIN_ETSU, named("2023-03-30", (5, 1), 55)))
    days = bars(result)
    assert [(days[day].close, days[day].split_factor) for day in ("2023-03-28", "2023-03-29", "2023-03-30")] == [
        (20710, 0.2), (4206, 1.0), (4161, 1.0),
    ]  # fmt: skip
    assert days["2023-03-28"].volume == 901100
    assert days["2023-03-29"].price_factor == pytest.approx(4151 / 4206)
    assert days["2023-03-28"].price_factor == pytest.approx(0.2 * 20439.186 / 20710, rel=1e-6)
    assert outcomes(result) == [("split", "repaired")]
    assert [(each.kind, each.ts_event) for each in result.adjust.actions] == [
        ("split", opened("2023-03-29") * 1000), ("dividend", opened("2023-03-30") * 1000),
    ]  # fmt: skip


@pytest.mark.parametrize(("name_on", "scale"), [("2023-03-31", 5.0), ("2023-03-27", 0.2)])
def test_rows_between_the_listed_day_and_the_shift_are_adjusted_once(name_on: str, scale: float) -> None:
    """Yahoo adjusts the rows before the listed day, though prices shift on another day."""
    lines = list[Line]()
    for day, opened_at, high, low, close, adjusted, volume in SHIN_ETSU:
        by = 5 if day < name_on else 1
        lines.append((day, opened_at / by, high / by, low / by, close / by, adjusted / by, volume * by))
    result = found(body(lines, named(name_on, (5, 1))))
    right = {line[0]: line[4] for line in SHIN_ETSU}
    assert {day: bar.close for day, bar in bars(result).items()} == pytest.approx(
        {day: right[day] for day in bars(result)}, rel=1e-6
    )
    assert ("split", "repaired") in outcomes(result)
    assert f"prices x {scale:g} on" in result.quarantined[0].note


def test_a_split_that_is_never_applied_is_applied_after_a_week() -> None:
    result = found(body(NEW_FORTRESS, named("2026-09-14", (1, 50))))
    days = bars(result)
    assert days["2026-09-11"].close == pytest.approx(0.33)
    assert days["2026-09-11"].split_factor == 50.0
    assert (days["2026-09-15"].close, days["2026-09-15"].split_factor) == (12.77, 1.0)


CALM: list[Line] = [(f"2025-02-{day:02d}", 100.0, 101.0, 99.0, 100.0, 100.0, 1000.0) for day in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14)]
EX = opened("2025-02-12")
GOOD = {"date": EX, "numerator": 1.1, "denominator": 1.0}
ODDITIES: Mapping[str, tuple[str, dict[str, Any] | list[Any] | str, str]] = {
    "divided by 0": ("splits", {"1": {"date": EX, "numerator": 1, "denominator": 0}}, "denominator is 0"),
    "ratio as text": ("splits", {"1": {"date": EX, "splitRatio": "5:1"}}, "splitRatio is '5:1'"),
    "terms as text": ("splits", {"1": {"date": EX, "numerator": "5", "denominator": 1}}, "numerator is '5'"),
    "no date": ("splits", {"1": {"date": None, "numerator": 5, "denominator": 1}}, "date is None"),
    "a split that is a number": ("splits", {"1": 5}, "splits is 5"),
    "absurd": ("splits", {"1": {"date": EX, "numerator": 1e9, "denominator": 1}}, "numerator:denominator is '1e+09:1'"),
    "no amount": ("dividends", {"x": {"date": EX}}, "amount is None"),
    "negative amount": ("dividends", {"x": {"date": EX, "amount": -0.5}}, "amount is -0.5"),
    "amount as text": ("dividends", {"x": {"date": EX, "amount": "0.5"}}, "amount is '0.5'"),
    "dividend without date": ("dividends", {"x": {"amount": 0.5}}, "date is None"),
    "a text": ("dividends", "none", "dividends is 'none'"),
}  # fmt: skip


@pytest.mark.parametrize("case", ODDITIES)
def test_an_invalid_event_does_not_affect_others(case: str) -> None:
    name, entries, note = ODDITIES[case]
    other = {"dividends": {"d": {"date": EX, "amount": 0.5}}} if name == "splits" else {"splits": {"s": GOOD}}
    result = found(body(CALM, {name: entries, **other}))
    assert len(bars(result)) == len(CALM)
    assert [action.kind for action in result.adjust.actions] == ["dividend" if name == "splits" else "split"]
    wrong = next(each for each in result.quarantined if note in each.note)
    assert (wrong.symbol, wrong.reason, wrong.outcome) == ("AAPL", name[:-1], "quarantined")


def test_a_duplicate_event_under_another_key_counts_once() -> None:
    result = found(body(CALM, {"splits": {"a": GOOD, "b": dict(GOOD), "c": {**GOOD, "date": EX + 60}}}))
    assert result.adjust.splits == ((20250212, 1.1),)
    assert bars(result)["2025-02-11"].split_factor == pytest.approx(1 / 1.1)
    listed = found(body(CALM, {"splits": [GOOD]}))
    assert listed.adjust.splits == ((20250212, 1.1),)


@pytest.mark.parametrize("wrong", [None, 0.0, -3.5, 5000.0, 1e-4, float("inf"), float("-inf"), float("nan"), "Infinity"])
def test_an_invalid_adjusted_close_does_not_affect_prices(wrong: float | str | None) -> None:
    """Days 1 to 3 have no usable adjusted close; a dividend of 2 lies after them."""
    answer = body([(*line[:5], 98.0 if line[0] < "2025-02-12" else 100.0, line[6]) for line in CALM])
    answer["chart"]["result"][0]["events"] = {"dividends": {"d": {"date": EX, "amount": 2.0}}}
    answer["chart"]["result"][0]["indicators"]["adjclose"][0]["adjclose"][:3] = [wrong] * 3
    days = bars(found(answer))
    assert len(days) == len(CALM)
    assert [bar.close for bar in days.values()] == [100.0] * len(CALM)
    assert [days[line[0]].price_factor for line in CALM] == pytest.approx([0.98] * 7 + [1.0] * 3)


def test_without_adjusted_closes_factors_are_computed_from_dividends() -> None:
    answer = body(CALM, {"dividends": {"d": {"date": EX, "amount": 2.0}}})
    for column in ([], [100.0]):
        answer["chart"]["result"][0]["indicators"]["adjclose"] = [{"adjclose": column}]
        days = bars(found(answer))
        assert [days[line[0]].price_factor for line in CALM] == pytest.approx([0.98] * 7 + [1.0] * 3)


def test_a_dividend_in_another_currency_without_adjusted_closes_is_reported() -> None:
    answer = body(CALM, {"dividends": {"d": {"date": EX, "amount": 2000.0, "currency": "KRW"}}})
    answer["chart"]["result"][0]["indicators"]["adjclose"] = []
    result = found(answer)
    assert len(bars(result)) == len(CALM)
    assert [(each.reason, each.note) for each in result.quarantined] == [
        ("factor", "a dividend in another currency is not in the factors")
    ]


def paying(amounts: Mapping[str, float], falls: Mapping[str, float] | None = None, level: float = 100.0) -> dict[str, Any]:
    """A chart of calm days that pays these amounts, and Yahoo's adjusted closes of it; the price falls by ``falls``."""
    calendar = sessions("NASDAQ", dt.date(2023, 1, 3), dt.date(2025, 2, 14))
    dates = [f"{date // 10000}-{date // 100 % 100:02d}-{date % 100:02d}" for date in calendar.date.tolist()]
    price, factor, lines = level, 1.0, list[Line]()
    for i, date in enumerate(dates):
        price -= (falls or {}).get(date, 0.0)
        close = price * (1 + 0.002 * (i % 3 - 1))
        lines.append((date, close, close * 1.004, close * 0.996, close, close, 1000.0))
    for i in range(len(lines) - 1, -1, -1):
        day, o, h, low, close, _, volume = lines[i]
        lines[i] = (day, o, h, low, close, close * factor, volume)
        if day in amounts:
            factor *= 1 - amounts[day] / lines[i - 1][4]
    events = {day: {"date": opened(day), "amount": amount} for day, amount in amounts.items()}
    return body(lines, {"dividends": events})


QUARTERS = {"2023-03-15": 0.25, "2023-06-15": 0.25, "2023-09-15": 0.25, "2024-03-15": 0.25, "2024-06-17": 0.25}


@pytest.mark.parametrize(
    ("amount", "fall", "refused"),
    [
        (2242.0, 0.0, "times the price before it"),  # 811,800 KRW on a share of 36,200
        (95.0, 0.0, "times the price before it"),
        (15.2, 0.7, "the price did not fall"),  # a factor of 0.848 on a day that went from 2.90 to 2.88
        (2.5, 0.0, "times the adjacent dividends"),
        (25.0, 0.0, "the price did not fall"),
        (10.3, 9.2, None),  # MSFT's 3.08 on 29.97 in November 2004, when it opened at 27.34
        (2.5, 2.4, None),
        (2.2, 1.6, None),  # a special dividend of 2 %, as COST's
        (0.3, -1.0, None),  # an ordinary one on a day that rose
    ],
)
def test_dividends_are_checked_against_the_price_and_adjacent_dividends(amount: float, fall: float, refused: str | None) -> None:
    day = "2023-12-15"
    result = found(paying({**QUARTERS, day: amount}, {day: fall}))
    days = bars(result)
    paid = [each.value for each in result.adjust.actions]
    step = days["2023-12-14"].price_factor / days[day].price_factor
    if refused is None:
        assert outcomes(result) == []
        assert amount in paid
        assert step == pytest.approx(1 - amount / days["2023-12-14"].close, rel=1e-6)
    else:
        (wrong,) = (each for each in result.quarantined if each.reason == "dividend")
        assert refused in wrong.note
        assert wrong.values["amount"] == amount
        assert paid == [0.25] * 5
        assert step == pytest.approx(1.0)
        assert days["2023-01-03"].price_factor == pytest.approx(0.9975**5, rel=2e-4)


def test_a_factor_without_a_dividend_or_a_price_fall_is_not_used() -> None:
    lines = [(*line[:5], 84.8 if line[0] < "2025-02-06" else 100.0, line[6]) for line in CALM]
    result = found(body(lines))
    assert {bar.price_factor for bar in bars(result).values()} == {1.0}
    assert [(each.reason, each.outcome) for each in result.quarantined] == [("factor", "repaired")]


def test_a_bar_with_a_null_volume_has_volume_zero() -> None:
    answer = body(CALM)
    answer["chart"]["result"][0]["indicators"]["quote"][0]["volume"][4] = None
    assert bars(found(answer))["2025-02-07"].volume == 0.0


def test_a_week_with_a_missing_day_is_marked_incomplete() -> None:
    answer = body(CALM)
    answer["chart"]["result"][0]["indicators"]["quote"][0]["close"][3] = None
    weeks = bars(found(answer), Timeframe.W1)
    assert [(day, week.incomplete) for day, week in weeks.items()] == [("2025-02-07", True), ("2025-02-14", False)]
    answer["chart"]["result"][0]["indicators"]["quote"][0]["close"][4] = None  # its last day too
    weeks = bars(found(answer), Timeframe.W1)
    assert [(day, week.incomplete) for day, week in weeks.items()] == [("2025-02-07", True), ("2025-02-14", False)]


@pytest.mark.parametrize(
    ("timezone", "offset", "exchange", "symbol", "stamps"),
    [
        ("Europe/London", 3600, "FX", "EURUSD=X", ["2025-03-27T00:00", "2025-03-28T00:00", "2025-03-30T23:00", "2025-03-31T23:00"]),
        ("Europe/London", 0, "FX", "EURUSD=X", ["2025-03-26T23:00", "2025-03-27T23:00", "2025-03-30T23:00", "2025-03-31T23:00"]),
        ("", 3600, "FX", "EURUSD=X", ["2025-03-26T23:00", "2025-03-27T23:00", "2025-03-30T23:00", "2025-03-31T23:00"]),
        ("UTC", 0, "CRYPTO", "BTC-USD", ["2025-03-27T00:00", "2025-03-28T00:00", "2025-03-31T00:00", "2025-03-31T23:00"]),
        (
            "America/New_York",
            -14400,
            "CME",
            "GC=F",
            ["2025-03-27T03:00", "2025-03-28T03:00", "2025-03-31T04:00", "2025-04-01T04:00"],
        ),
    ],
)
def test_daily_rows_are_dated_by_their_session(timezone: str, offset: int, exchange: str, symbol: str, stamps: list[str]) -> None:
    rows = [(int(dt.datetime.fromisoformat(f"{stamp}+00:00").timestamp()), 1.0, 1.1, 0.9, 1.0, 0.0) for stamp in stamps]
    answer = chart(symbol, rows=rows, timezone=timezone)
    answer["chart"]["result"][0]["meta"]["gmtoffset"] = offset
    hours = sessions(exchange, dt.date(2025, 3, 20), dt.date(2025, 4, 10))
    read = parsed(answer, symbol)
    made = daily_bars(read, adjustments(read, hours, "USD"), hours, 1.0, 2**60)
    dates = dict(zip(hours.close.tolist(), hours.date.tolist(), strict=True))
    assert [dates[bar.ts_close] for bar in made.bars] == [20250327, 20250328, 20250331, 20250401]


CRASH: list[tuple[str, float, float, float, float]] = [
    ("2020-04-15", 20.1, 20.6, 19.2, 19.87), ("2020-04-16", 20.0, 20.5, 19.2, 19.87), ("2020-04-17", 19.82, 20.0, 17.31, 18.27),
    ("2020-04-20", 17.73, 17.85, -40.32, -37.63), ("2020-04-21", -14.0, 13.86, -16.74, 10.01),
    ("2020-04-22", 11.37, 16.18, 10.26, 13.78),
    ("2020-04-23", 14.21, 18.26, 13.64, 16.5), ("2020-04-24", 16.9, 17.92, 15.64, 16.94),
]  # fmt: skip
"""Sample data around the settlement of crude oil at -37.63 on 2020-04-20."""


def oil() -> dict[str, Any]:
    rows = [(int(dt.datetime.fromisoformat(f"{day}T04:00+00:00").timestamp()), *prices, 1000.0) for day, *prices in CRASH]
    return chart("CL=F", rows=rows)  # type: ignore[arg-type]


def test_a_price_below_zero_is_accepted_if_the_instrument_allows_it() -> None:
    result = found(oil(), OIL)
    days = bars(result)
    assert [days[line[0]].close for line in CRASH] == [line[4] for line in CRASH]
    assert (days["2020-04-20"].low, days["2020-04-20"].price_factor) == (-40.32, 1.0)
    week = bars(result, Timeframe.W1)["2020-04-24"]
    assert (week.open, week.high, week.low, week.close, week.incomplete) == (17.73, 18.26, -40.32, 16.94, False)
    assert outcomes(result) == []


def test_otherwise_it_is_quarantined_and_the_week_is_incomplete() -> None:
    other = Instrument(symbol="CL=F", name_en="Oil", name_ko="원유", exchange="CME", currency="USD", kind="future")
    result = found(oil(), other)
    assert set(bars(result)) == {line[0] for line in CRASH} - {"2020-04-20", "2020-04-21"}
    week = bars(result, Timeframe.W1)["2020-04-24"]
    assert (week.open, week.low, week.incomplete) == (11.37, 10.26, True)
    assert outcomes(result) == [("price", "quarantined")]


def test_reports_of_one_chart_are_bounded_and_carry_the_count_of_the_others() -> None:
    wrong = {str(i): {"date": EX + i, "amount": None} for i in range(50)}
    reports: tuple[Quarantined, ...] = found(body(CALM, {"dividends": wrong})).quarantined
    assert len(reports) == 10
    assert reports[0].more == 40
