"""Headers match the tapes, bad tapes are refused with a reason, and the bundled ones hold the bars of the recorded files."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import itertools
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.ingest.adapters.instruments import read_universe
from services.ingest.adapters.tape_maker import TAPE_PLANS, TapeMaker, main
from services.ingest.adapters.tapes import read_tape, write_tape
from services.ingest.domain.aggregate_bars import intraday
from services.ingest.domain.source import MAX_BARS
from services.ingest.domain.tape import RecordedBars, RecordedHistory, Recording, Tape, TapeError, tick_path
from services.ingest.domain.tape_backfills import backfills
from services.ingest.domain.value_checks import tick_rejection
from services.ingest.settings import IngestSettings
from shared.calendars import Sessions
from shared.events import Tick, Timeframe
from tests.hours import sessions
from tests.ingest import small_tape

TAPES = IngestSettings.model_fields["tapes"].default
NAMES = ("demo", "seconds", "daily", "crypto")


@lru_cache
def bundled(name: str) -> Tape:
    return read_tape(TAPES, name, read_universe(IngestSettings.model_fields["universe"].default))


def calendars(tape: Tape) -> dict[str, Sessions]:
    first, last = (dt.datetime.fromtimestamp(ts / 1000, dt.UTC).date() for ts in (tape.first, tape.end))
    margin = dt.timedelta(days=32)
    return {each.exchange: sessions(each.exchange, first - margin, last + margin) for each in tape.history}


def recording(tape: str, symbol: str, resolution: str) -> Recording:
    return next(each for each in bundled(tape).recordings if (each.symbol, each.resolution) == (symbol, resolution))


def on(bars: RecordedBars, day: dt.date) -> RecordedBars:
    """The bars of a New York day."""
    start = int(dt.datetime(day.year, day.month, day.day, 4, tzinfo=dt.UTC).timestamp()) * 1000
    kept = (bars.start >= start) & (bars.start < start + 86_400_000)
    return RecordedBars(*(getattr(bars, name)[kept] for name in ("start", "end", "open", "high", "low", "close", "volume")))


# Counted by awk over the recorded CSV files, stamps from 09:30:00 to 15:59:59 New York time:
# symbol, resolution, day, bars, volume, first open, highest high, lowest low, last close.
COUNTED = [
    ("SPY", "1s", 7, 14432, 81489219, 167.43, 168.45, 167.25, 167.42),
    ("SPY", "1s", 8, 19516, 153859703, 167.45, 167.62, 165.36, 165.48),
    ("IBM", "1s", 7, 5002, 3614514, 181.9, 183.3, 181.85, 182),
    ("IBM", "1s", 8, 6781, 5115487, 181.89, 181.99, 178.71, 178.81),
    ("BAC", "1s", 7, 11791, 59084442, 13.91, 13.95, 13.8, 13.8),
    ("BAC", "1s", 8, 13094, 87208573, 13.83, 13.9, 13.68, 13.69),
    ("AIG", "1s", 7, 3863, 4933663, 49.04, 49.12, 48.72, 48.72),
    ("AIG", "1m", 8, 390, 8667922, 48.8, 49.06, 47.68, 47.7),
    ("SPY", "1m", 9, 390, 143898404, 165.82, 166.2, 164.53, 165.57),
    ("IBM", "1m", 11, 389, 3146424, 185.28, 186.23, 184.12, 186.16),
    ("BAC", "1m", 11, 390, 79257033, 14.25, 14.28, 14.11, 14.19),
    ("AIG", "1m", 9, 390, 10236003, 47.64, 48.07, 47.18, 47.73),
]


@pytest.mark.parametrize("counted", COUNTED)
def test_intraday_bars_are_those_of_the_recorded_files(counted: tuple[Any, ...]) -> None:
    symbol, resolution, day, count, volume, first, high, low, last = counted
    bars = on(recording("demo", symbol, resolution).bars, dt.date(2013, 10, day))
    found = (len(bars), bars.volume.sum(), bars.open[0], bars.high.max(), bars.low.min(), bars.close[-1])
    assert found == (count, volume, first, high, low, last)


def test_seconds_add_up_to_the_day() -> None:
    """SPY's one-second bars of 2013-10-07 against the daily file, which was not used for them."""
    bars = on(recording("seconds", "SPY", "1s").bars, dt.date(2013, 10, 7))
    assert (bars.open[0], bars.high.max(), bars.low.min(), bars.close[-1], bars.volume.sum()) == (
        167.43,
        168.45,
        167.25,
        167.42,
        81489219,
    )


def test_daily_bars_are_those_of_the_recorded_files() -> None:
    spy = recording("daily", "SPY", "1d").bars
    assert (len(spy), spy.volume.sum(), spy.close[-1]) == (1320, 100348083476, 396.33)
    samsung = recording("daily", "005930.KS", "1d").bars
    assert (len(samsung), samsung.volume.sum(), int((samsung.volume == 0).sum())) == (2213, 33344777853, 17)
    litecoin = recording("crypto", "LTC-USD", "1m").bars
    assert len(litecoin) == 3887
    assert litecoin.volume.sum() == pytest.approx(894888, abs=1)


def test_one_wrong_bar_is_on_the_tape_as_delivered() -> None:
    bars = recording("daily", "005930.KS", "1d").bars
    bad = (bars.high < np.maximum(bars.open, bars.close)) | (bars.low > np.minimum(bars.open, bars.close))
    assert (bars.low[bad].tolist(), bars.close[bad].tolist()) == ([59400.0], [59300.0])


def test_splits_leave_no_jump() -> None:
    """Apple: 7:1 on 2014-06-09 and 4:1 on 2020-08-31; the recorded closes around the second are 499.23 and 129.04."""
    bars = recording("demo", "AAPL", "1d").bars
    assert np.abs(bars.open[1:] / bars.close[:-1] - 1).max() < 0.15
    eve = int(np.flatnonzero(bars.close == 129.04)[0]) - 1
    assert bars.close[eve] == 499.23 / 4
    assert bars.volume[eve] == 44109029 * 4


@pytest.mark.parametrize("name", NAMES)
def test_ticks_are_valid_and_sum_to_the_bars(name: str) -> None:
    for each in bundled(name).recordings:
        path = tick_path(each)
        assert path.size.sum() == pytest.approx(each.bars.volume.sum(), rel=1e-12)
        assert path.size.min() >= 0
        assert path.price.max() == each.bars.high.max() or name == "daily"
        assert (np.diff(path.ts) >= 0).all(), each.symbol
        ticks = zip(path.ts.tolist(), path.price.tolist(), path.size.tolist(), strict=True)
        rejections = [
            tick_rejection(Tick(symbol=each.symbol, price=price, size=size, ts_event=ts, ts_init=ts, source="replay"))
            for ts, price, size in ticks
        ]
        assert not any(rejections), each.symbol


@pytest.mark.parametrize("name", NAMES)
def test_history_ends_before_the_start_and_messages_are_bounded(name: str) -> None:
    tape = bundled(name)
    for backfill in backfills(tape, calendars(tape)):
        for timeframe, group in itertools.groupby(backfill.histories, key=lambda history: history.timeframe):
            runs = [history.bars for history in group]
            bars = [bar for run in runs for bar in run]
            assert all(len(run) <= MAX_BARS for run in runs)
            assert all(before.ts_close <= after.ts_open for before, after in itertools.pairwise(bars))
            assert bars[-1].ts_close <= tape.start, (backfill.symbol, timeframe)


def test_history_of_the_demo_warms_up_every_timeframe_of_its_stocks() -> None:
    history = {(each.symbol, each.timeframe): each for each in bundled("demo").history}
    for symbol in ("SPY", "IBM", "BAC", "AIG"):
        assert len(history[symbol, Timeframe.D1].bars) > 1_000
        assert len(history[symbol, Timeframe.W1].bars) > 200
        assert len(history[symbol, Timeframe.M15].bars) == 26
        assert len(history[symbol, Timeframe.H1].bars) == 7  # 9:30 to 16:00, the last one half an hour
    spy = history["SPY", Timeframe.D1]
    assert spy.price_factor[-1] == 1.0
    assert (np.diff(spy.price_factor) >= 0).all()
    assert spy.price_factor[0] < 0.95


def test_coarse_history_is_the_aggregate_of_fine_history() -> None:
    history = {each.timeframe: each.bars for each in bundled("demo").history if each.symbol == "SPY"}
    nyse = sessions("NYSE", dt.date(2013, 9, 1), dt.date(2013, 10, 11))
    made = intraday(history[Timeframe.M1], nyse, 15 * 60_000)
    stored = history[Timeframe.M15]
    for column in ("start", "end", "open", "high", "low", "close", "volume"):
        assert getattr(made, column).tolist() == getattr(stored, column).tolist()
    day = history[Timeframe.D1]
    hours = history[Timeframe.H1]
    assert (day.open[-1], day.close[-1], day.volume[-1]) == (hours.open[0], hours.close[-1], hours.volume.sum())


def series(tape: Tape) -> list[Recording | RecordedHistory]:
    return [*tape.recordings, *tape.history]


def test_a_written_tape_is_read_unchanged(tmp_path: Path) -> None:
    tape = small_tape.mixed()
    found = read_tape(small_tape.written(tmp_path / "tapes", tape), "small", small_tape.universe())
    for before, after in zip(series(tape), series(found), strict=True):
        assert before.symbol == after.symbol
        for column in ("start", "end", "open", "high", "low", "close", "volume"):
            assert getattr(before.bars, column).tolist() == getattr(after.bars, column).tolist()
    assert (found.start, found.end, found.speed) == (tape.start, tape.end, tape.speed)


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (small_tape.written(tmp_path / name, small_tape.mixed()) / "small.npz" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def _header(folder: Path, **change: Any) -> None:
    path = folder / "small.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


def _cut(folder: Path) -> None:
    path = folder / "small.npz"
    path.write_bytes(path.read_bytes()[:-100])


def _missing(folder: Path) -> None:
    (folder / "small.npz").unlink()


def _other_numbers(folder: Path) -> None:
    header = (folder / "small.json").read_text()
    small_tape.written(folder, small_tape.tape([small_tape.daily("BBB", [small_tape.FIRST])]))
    digest = json.loads((folder / "small.json").read_text())["sha256"]
    (folder / "small.json").write_text(header)
    _header(folder, sha256=digest)


def _series(folder: Path, **change: Any) -> None:
    series = json.loads((folder / "small.json").read_text())["series"]
    series[0] |= change
    _header(folder, series=series)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_cut, ["damaged", "small.npz", "SHA-256"]),
        (_missing, ["cannot read", "small.npz"]),
        (_other_numbers, ["AAA", "1 bars", "not 1000"]),
        (lambda folder: _header(folder, format=2), ["format 2", "1"]),
        (lambda folder: _header(folder, format=None), ["format null"]),
        (lambda folder: _header(folder, speed="fast"), ["small.json", "speed"]),
        (lambda folder: (folder / "small.json").write_text("{"), ["small.json"]),
        (lambda folder: (folder / "small.json").write_text("[]"), ["small.json"]),
        (lambda folder: (folder / "small.json").write_bytes(b"\xff"), ["small.json"]),
        (lambda folder: _series(folder, symbol="ZZZ"), ["'ZZZ'", "universe"]),
        (lambda folder: _series(folder, exchange="KRX"), ["AAA", "'KRX'", "'NYSE'"]),
        (lambda folder: _series(folder, resolution="2m"), ["AAA", "'2m'", "1s, 1m, 1d"]),
        (lambda folder: _series(folder, bars=7), ["AAA", "1000 bars", "not 7"]),
        (lambda folder: _series(folder, colour="red"), ["colour"]),
    ],
)
def test_a_bad_tape_is_refused_with_the_reason(tmp_path: Path, damage: Any, words: list[str]) -> None:
    folder = small_tape.written(tmp_path / "tapes", small_tape.mixed())
    damage(folder)
    with pytest.raises(TapeError) as caught:
        read_tape(folder, "small", small_tape.universe())
    for word in ("'small'", *words):
        assert word in str(caught.value)


def test_a_missing_tape_lists_the_available_ones(tmp_path: Path) -> None:
    folder = small_tape.written(tmp_path / "tapes", small_tape.mixed())
    with pytest.raises(TapeError, match=r"'gone'.*tapes there: small"):
        read_tape(folder, "gone", small_tape.universe())


def _csv(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(lines).encode()))


def test_the_maker_takes_sessions_from_the_calendar_and_splits_from_the_factors(tmp_path: Path) -> None:
    """Made-up data of one stock: a day without a session, trading before the open, a split of 2:1 within the tape."""
    head = "start_new_york,open,high,low,close,volume"
    _csv(
        tmp_path / "daily" / "IBM.csv.gz",
        [
            "date,open,high,low,close,volume",
            "2013-10-03,100,120,90,110,1000",
            "2013-10-04,100,120,90,110,1000",
            "2013-10-05,1,1,1,1,1",
            "2013-10-07,100,120,90,110,1000",
            "2013-10-08,50,60,45,55,2000",
        ],
    )
    (tmp_path / "factors").mkdir()
    (tmp_path / "factors" / "IBM.csv").write_text("20131003,0.98,0.5,110\n20131007,1,0.5,110\n20501231,1,1,0\n")
    _csv(tmp_path / "second" / "IBM.csv.gz", [head, "2013-10-07T09:29:59,9,9,9,9,9", "2013-10-07T09:30:00,100,101,99,100,10"])
    _csv(tmp_path / "minute" / "IBM.csv.gz", [head, "2013-10-04T09:30,110,111,109,110,10", "2013-10-04T15:59,1,2,1,2,20"])
    plan = next(each for each in TAPE_PLANS if each.name == "seconds")
    day = dt.date(2013, 10, 7)
    plan = dataclasses.replace(
        plan,
        seconds=(("IBM", day),),
        minutes=(),
        intraday_history=(("IBM", dt.date(2013, 10, 4)),),
        daily=(("IBM", dt.date(2013, 10, 8)),),
        daily_history=("IBM",),
    )
    TapeMaker(plan, tmp_path).make(tmp_path)
    tape = read_tape(tmp_path, "seconds", read_universe(IngestSettings.model_fields["universe"].default))
    days, seconds = tape.recordings if tape.recordings[0].resolution == "1d" else reversed(tape.recordings)
    assert (seconds.bars.start.tolist(), seconds.bars.open.tolist()) == ([1381152600000], [100.0])  # 13:30 UTC
    assert (days.bars.open.tolist(), days.bars.volume.tolist()) == ([50.0], [2000.0])
    history = {each.timeframe: each for each in tape.history}
    daily = history[Timeframe.D1]
    assert daily.bars.close.tolist() == [55.0, 55.0]
    assert daily.bars.volume.tolist() == [2000.0, 2000.0]
    assert daily.price_factor.tolist() == [0.98, 1.0]
    assert history[Timeframe.W1].bars.volume.tolist() == [4000.0]
    assert history[Timeframe.H1].bars.close.tolist() == [110.0, 2.0]
    assert "1 on days without a session" in (tmp_path / "seconds.json").read_text()


def test_writing_requires_a_description_of_each_series(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write_tape(tmp_path, small_tape.mixed(), "made up", "none", {})


def test_the_maker_of_tapes_explains_itself_and_takes_only_a_folder_of_market_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, code, words in (
        (["--help"], 0, "FOLDER_OF_MARKET_DATA [OUTPUT_FOLDER]"),
        ([], 2, "required: FOLDER_OF_MARKET_DATA"),
        ([f"{tmp_path}", f"{tmp_path / 'out'}"], 2, f"FOLDER_OF_MARKET_DATA: '{tmp_path}' has no folder 'daily'"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        output = capsys.readouterr()
        assert ended.value.code == code
        assert words in " ".join((output.out + output.err).split())
    assert [*tmp_path.iterdir()] == []
