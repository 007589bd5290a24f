"""Series of tapes, of folders and of the database; what is wrong in a folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import update

from services.analysis.research.adapters import file_series
from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.adapters.stored_series import StoredSeries
from services.analysis.research.adapters.tape_series import tape_series
from services.analysis.research.domain.data_request import DataProblem, DataRequest, DataRequestError
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.signal_names import read_signal
from services.analysis.research.settings import ResearchSettings
from shared.db import open_database
from shared.events import Timeframe
from shared.tables import instruments
from tests.research.recorded import fill, recorded
from tests.research.role import ROOT

HEAD = "Date,Open,High,Low,Close,Volume\n"
D1 = Timeframe.D1


def read(folder: Path, *symbols: str, timeframe: Timeframe = D1) -> tuple[dict[str, ResearchSeries], tuple[DataProblem, ...]]:
    request = DataRequest(source="folder", place=str(folder), symbols=symbols, timeframe=timeframe)
    data = SeriesData(request, ResearchSettings(cache=ROOT / ".cache"))
    return {each.symbol: each for each in data.series()}, data.problems


def write(folder: Path, name: str, rows: Iterable[str], head: str = HEAD) -> None:
    (folder / name).write_text(head + "".join(f"{row}\n" for row in rows))


def test_a_folder_of_csv(tmp_path: Path) -> None:
    write(tmp_path, "aapl.csv", ["2020-01-02,10,12,9,11,1000", "2020-01-03,11,13,10,12,"])
    rows = ["2020-01-03,11,13,10,12,5,6", "2020-01-02 00:00:00-05:00,10,12,9,11,4,8.8"]
    write(tmp_path, "005930.KS.csv", rows, "\ufeffdate, OPEN,high,low,Close,volume,Adj Close\n")
    found, problems = read(tmp_path)
    assert problems == ()
    assert list(found) == ["005930.KS", "AAPL"]
    apple, samsung = found["AAPL"], found["005930.KS"]
    assert (apple.exchange, apple.kind, apple.source) == ("NASDAQ", "stock", "aapl.csv")
    assert apple.session.tolist() == [20200102, 20200103]
    assert apple.raw["volume"].tolist() == [1000, 0]
    assert samsung.exchange == "KRX"
    assert samsung.session.tolist() == [20200102, 20200103], "newest first is turned round"
    assert samsung.adjusted.close.tolist() == [8.8, 6.0]
    assert np.all(np.diff(samsung.ts_close) > 0)


def test_each_bad_row_is_left_out_with_its_line_column_and_value(tmp_path: Path) -> None:
    bad = {
        "2020-01-03,x,12,9,11,1": (3, "open", "x", "is no number"),
        "": None,
        "2020-01-04,10,12,9,-1,1": (5, "close", "-1", "is not above 0"),
        "2020-01-05,10,8,9,9,1": (6, "high", "8", "is below low"),
        "2020-01-06,10,12,9,11,-5": (7, "volume", "-5", "is not from 0 to 1e+15"),
        "2020-01-07,20,12,9,11,5": (8, "high", "12", "is below open or close"),
        "01/08/2020,10,12,9,11,5": (9, "date", "01/08/2020", "is no date"),
        "2020-01-02,10,12,9,11,5": (10, "date", "2020-01-02", "is there twice"),
        "2020-01-01,10,12,9,11,5": (11, "date", "2020-01-01", "is before the date of an earlier row"),
        "2020-01-09,1e10,1e10,9,11,5": (12, "open", "1e10", "is above 1e+09"),
        "2020-01-10,10,12,9,11,5,6,7": (13, "date", "too many fields", "is no date"),
        "2020-01-11,10,inf,9,11,5": (14, "high", "inf", "is above 1e+09"),
        "2020-01-12,10,12,9": (15, "close", "", "is no number"),
    }
    write(tmp_path, "ABC.csv", ["2020-01-02,10,12,9,11,1", *bad, "2020-01-13,10,12,9,12.05,1"])
    found, problems = read(tmp_path)
    assert [(each.line, each.column, each.value, each.reason) for each in problems] == [each for each in bad.values() if each]
    assert str(problems[0]) == "ABC.csv:3: open='x' is no number"
    series = found["ABC"]
    assert series.session.tolist() == [20200102, 20200113]
    assert series.raw["high"][1] == 12.05, "rounding: the bar is widened"
    assert series.exchange == ""


@pytest.mark.parametrize(
    "text",
    [
        "Price,Close,High,Low,Open,Volume\nTicker,ABC,ABC,ABC,ABC,ABC\nDate,,,,,\n2020-01-02,11,12,9,10,5\n2020-01-03,12,13,10,11,6\n",
        ",open,high,low,close,volume\n2020-01-02 00:00:00,10,12,9,11,5\n2020-01-03 00:00:00,11,13,10,12,6\n",
        "date;open;high;low;close;volume\r\n2020-01-02;10;12;9;11;5\r\n2020-01-03;11;13;10;12;6\r\n",
        'Datetime\t"open"\thigh\tlow\tclose\tvolume\n2020-01-02T09:30:00Z\t10\t12\t9\t"11"\t5\n2020-01-03\t11\t13\t10\t12\t6',
        "Date,Open,High,Low,Close,Adj Close,Volume,Stock Splits\n2020-01-02,10,12,9,11,11,5,0\n2020-01-03,11,13,10,12,12,6,\n",
    ],
    ids=["yfinance", "an index without a name", "semicolons", "tabs", "more columns"],
)
def test_files_as_other_programs_write_them(tmp_path: Path, text: str) -> None:
    (tmp_path / "ABC.csv").write_text(text, newline="")
    found, problems = read(tmp_path)
    assert problems == ()
    assert found["ABC"].session.tolist() == [20200102, 20200103]
    for name, values in {"open": [10, 11], "high": [12, 13], "low": [9, 10], "close": [11, 12], "volume": [5, 6]}.items():
        assert found["ABC"].raw[name].tolist() == values


def test_rows_that_providers_leave_empty(tmp_path: Path) -> None:
    head = "Date,Open,High,Low,Close,Adj Close,Volume\n"
    rows = [
        "2020-01-02,10,12,9,11,11,5",
        "2020-01-03,null,null,null,null,null,null",
        "2020-01-06,10,12,9,11,0,5",
        "2020-01-07,10,12,9,11,,5",
        "1577923200,10,12,9,11,11,5",
        "2020-01-08,0.00,0.00,0.00,0.00,0,-9223372036854775808",
        '2020-01-09,"1,010",12,9,11,11,5',
    ]
    write(tmp_path, "ABC.csv", rows, head)
    found, problems = read(tmp_path)
    assert found["ABC"].session.tolist() == [20200102]
    assert [(each.line, each.column) for each in problems] == [
        (3, "open"), (4, "adj_close"), (5, "adj_close"), (6, "date"), (7, "open"), (8, "open"),
    ]  # fmt: skip


def test_a_bad_file_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path, "GOOD.csv", ["2020-01-02,10,12,9,11,1"])
    write(tmp_path, "LACKS.csv", ["2020-01-02,10"], "date,open\n")
    write(tmp_path, "TWICE.csv", ["2020-01-02,10,12,9,11,1,5"], "date,open,high,low,close,volume,open\n")
    write(tmp_path, "EMPTY.csv", [])
    write(tmp_path, "NONE.csv", ["x,x,x,x,x,x"])
    write(tmp_path, "WIDE.csv", ["2020-01-02" + ",1" * 60])
    (tmp_path / "BYTES.csv").write_bytes(b"\xff\xfe\x00date\x00\xd8")
    (tmp_path / "BLANK.csv").write_bytes(b"")
    write(tmp_path, "good.CSV", ["2020-01-02,10,12,9,11,1"])
    write(tmp_path, f"{'L' * 40}.csv", [])
    found, problems = read(tmp_path)
    assert len(found) == 1
    reasons = {each.file: each.reason for each in problems}
    assert set(reasons) == {
        "LACKS.csv",
        "TWICE.csv",
        "EMPTY.csv",
        "NONE.csv",
        "WIDE.csv",
        "BYTES.csv",
        "BLANK.csv",
        "good.CSV",
        f"{'L' * 40}.csv",
    }
    assert reasons["LACKS.csv"] == "the file is not used: it has no column high in line 1; it has date, open"
    assert "the column open is there twice" in reasons["TWICE.csv"]
    assert "line 2: date='x' is no date" in reasons["NONE.csv"]
    assert "GOOD.csv is the same symbol" in reasons["good.CSV"]
    with pytest.raises(DataRequestError, match="has no file for 'MISSING'"):
        read(tmp_path, "MISSING")
    with pytest.raises(
        DataRequestError, match=r"^data: no bars of 1d are there for EMPTY: EMPTY\.csv: the file is not used: it has no rows$"
    ):
        read(tmp_path, "EMPTY")
    with pytest.raises(DataRequestError, match="cannot be read"):
        read(tmp_path / "nothing")


def test_weeks_are_built_from_days(tmp_path: Path) -> None:
    days = pd.bdate_range("2020-01-01", periods=60)
    write(tmp_path, "ABC.csv", [f"{day:%Y-%m-%d},10,{20 + n},9,{11 + n / 10},1" for n, day in enumerate(days)])
    data = SeriesData(DataRequest(source="folder", place=str(tmp_path)), ResearchSettings(cache=ROOT / ".cache"))
    (series,) = data.series(read_signal("close > sma(close, 2)[1w]", D1))
    weeks = series.bars[Timeframe.W1]
    assert weeks["session"].tolist() == [int(f"{day:%Y%m%d}") for day in pd.date_range("2020-01-10", periods=11, freq="W-FRI")]
    assert weeks["high"].tolist() == [20 + 7 + 5 * n for n in range(11)]
    assert set(weeks["volume"]) == {5.0}
    assert np.isin(weeks["ts_close"], series.ts_close).all()
    write(tmp_path, "ABC.csv", [f"{day:%Y-%m-%d},10,12,9,11,1" for day in days[::5]])
    (sparse,) = data.series(read_signal("close > close[1w]", D1))
    assert len(sparse.bars[Timeframe.W1]) == len(sparse) - 2, "a day may be all that there is of a week"


def test_minutes_and_prices_below_zero(tmp_path: Path) -> None:
    rows = ["2020-04-20T18:29:00Z,-1,1,-2,-1.5,1", "2020-04-20T18:30:00Z,-1.5,0,-40,-37.63,9"]
    write(tmp_path, "CL=F.csv", rows)
    write(tmp_path, "AAPL.csv", rows)
    found, problems = read(tmp_path, timeframe=Timeframe.M1)
    assert list(found) == ["CL=F"]
    assert found["CL=F"].raw["ts_close"].tolist() == [1587407400000, 1587407460000]
    assert [each.file for each in problems] == ["AAPL.csv"]


def test_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "AAPL.csv", ["2020-01-02,10,12,9,11,1000"])
    table = pd.read_csv(tmp_path / "AAPL.csv", parse_dates=["Date"])
    table.to_parquet(tmp_path / "SPY.parquet")
    found, problems = read(tmp_path)
    assert problems == ()
    assert found["SPY"].raw.tolist() == found["AAPL"].raw.tolist()
    monkeypatch.setattr(file_series, "find_spec", lambda _: None)
    _, problems = read(tmp_path)
    assert "the package pyarrow, which is not installed: run `make setup-research`" in problems[0].reason


async def test_stored_bars(database_url: str) -> None:
    async with open_database(database_url) as database:
        await fill(database)
        async with database.begin() as connection:
            await connection.execute(update(instruments).where(instruments.c.symbol == "BBB").values(currency="KRW"))
        tables = StoredSeries(database, 100)
        assert await tables.symbols(Timeframe.M15) == ["AAA", "BBB"]
        assert await tables.symbols(Timeframe.MN1) == []
        found = await tables.series("BBB", Timeframe.M15, {D1})
        assert await tables.series("NONE", Timeframe.M15, ()) is None
    assert found is not None
    assert (found.kind, found.currency, found.exchange) == ("index", "KRW", "NYSE")
    stored = recorded().table["BBB", Timeframe.M15][-100:]
    for name in ("ts_close", "close", "volume", "session"):
        assert found.raw[name].tolist() == stored[name].tolist()
    assert len(found.bars[D1]) == len(recorded().table["BBB", D1])


def test_a_tape_is_its_history_and_what_it_plays() -> None:
    (spy,) = tape_series("demo", ("SPY",), D1, (Timeframe.W1,))
    (other,) = tape_series("daily", ("SPY",), D1, ())
    both = np.intersect1d(spy.session, other.session)
    assert len(both) > 1500
    week = [20131007, 20131008, 20131009, 20131010, 20131011]  # played in seconds and minutes
    assert spy.session[np.isin(spy.session, week)].tolist() == week
    for name, tolerance in (("open", 2e-3), ("high", 2e-3), ("low", 2e-3), ("close", 2e-3), ("ts_open", 0), ("ts_close", 0)):
        mine, theirs = (each.raw[name][np.isin(each.session, both)] for each in (spy, other))
        assert mine == pytest.approx(theirs, rel=tolerance), name
    weeks = spy.bars[Timeframe.W1]
    assert np.isin(weeks["ts_close"], spy.ts_close).all()
    inside = (spy.ts_close > weeks["ts_close"][10]) & (spy.ts_close <= weeks["ts_close"][11])
    assert (weeks["high"][11], weeks["volume"][11]) == (spy.raw["high"][inside].max(), spy.raw["volume"][inside].sum())
    (minutes,) = tape_series("demo", ("SPY",), Timeframe.M15, ())
    assert len(minutes) == 6 * 26
    with pytest.raises(DataRequestError, match="'x' is no tape; there are crypto, daily, demo, seconds"):
        next(tape_series("x", (), D1, ()))
    with pytest.raises(DataRequestError, match=r"'\^VIX' is not on the tape daily"):
        next(tape_series("daily", ("^VIX",), D1, ()))
    with pytest.raises(DataRequestError, match="no bars of 15m of SPY"):
        next(tape_series("daily", ("SPY",), Timeframe.M15, ()))


def test_the_range_that_was_used_gives_the_same_bars() -> None:
    settings = ResearchSettings(cache=ROOT / ".cache")
    first = SeriesData(DataRequest(source="tape", place="daily", symbols=("005930.KS", "SPY"), years=2), settings)
    signal = read_signal("close > close[AAPL, 1d]", D1)
    assert [first.market(signal).others["AAPL"].symbol, *(each.symbol for each in first.series(signal))] == [
        "AAPL",
        "005930.KS",
        "SPY",
    ]
    again = SeriesData(first.used, settings)
    again.market(signal)
    sizes = {each.symbol: len(each) for each in again.series(signal)}
    assert again.data_hash == first.data_hash
    assert 480 < sizes["SPY"] < 520
    other = SeriesData(DataRequest(source="tape", place="daily", symbols=("SPY",), years=2), settings)
    list(other.series())
    assert other.data_hash != first.data_hash


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"symbols": ("A", "A")}, "one is named twice"),
        ({"symbols": ("\x00",)}, "is no symbol"),
        ({"symbols": tuple(f"S{n}" for n in range(1001))}, "at most 1000"),
        ({"source": "tape"}, "place"),
        ({"place": "/etc"}, "place"),
        ({"start": pd.Timestamp("2021-01-01").date(), "end": pd.Timestamp("2020-01-01").date()}, "start: 2021-01-01 is after end"),
    ],
)
def test_a_request_that_is_wrong_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(DataRequestError, match=message):
        SeriesData(DataRequest(**fields), ResearchSettings(cache=ROOT / ".cache"))  # type: ignore[arg-type]
