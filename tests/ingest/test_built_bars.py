"""Bars that are built from finer ones equal what pandas makes of them, session by session; partial ones are marked or left out."""

from __future__ import annotations

import datetime as dt
from functools import cache

import msgspec
import numpy as np
import pandas as pd
import pytest

from services.ingest.domain.built_bars import built_bars
from services.ingest.domain.gaps import expected_closes
from services.ingest.domain.history_position import BUILT, DEPTH_MS
from shared.calendars import Sessions
from shared.events import ProviderBar, Timeframe
from tests.hours import sessions

EXCHANGES = ("NYSE", "KRX", "CRYPTO", "FX", "CME")
SPAN = (dt.date(2024, 10, 21), dt.date(2025, 1, 10))
"""Summer time ends; the exam day in Korea (14 November), Thanksgiving and the half day after it, the end of a year."""
COARSE = [timeframe for built in BUILT.values() for timeframe in built]


@cache
def hours(exchange: str) -> Sessions:
    return sessions(exchange, *SPAN)


def finer_bars(timeframe: Timeframe, exchange: str, missing: float, seed: int) -> list[ProviderBar]:
    """Made-up bars of the whole span, of which a share is missing, with a split in the middle."""
    rng = np.random.default_rng(seed)
    found, calendar = list[ProviderBar](), hours(exchange)
    closes = expected_closes(calendar, timeframe, 0, 2**60).tolist()
    for close in closes:
        at = int(np.searchsorted(calendar.close, close))
        start = int(calendar.open[at])
        if timeframe.row.length_ms:
            start += (close - 1 - start) // timeframe.row.length_ms * timeframe.row.length_ms
        if rng.random() < missing:
            continue
        low, opened, closed, high = np.sort(rng.uniform(90, 110, 4)).tolist()
        split = 0.5 if int(calendar.date[at]) < 20241127 else 1.0
        found.append(
            ProviderBar(
                ts_open=start, ts_close=close, open=opened / split, high=high / split, low=low / split, close=closed / split,
                volume=float(rng.integers(0, 1000)), price_factor=split, split_factor=split,
            )
        )  # fmt: skip
    return found


def by_pandas(timeframe: Timeframe, finer: list[ProviderBar], calendar: Sessions) -> pd.DataFrame:
    """The bars by close time, in the shares of the newest finer bar of each; ``n`` and ``of``: finer bars there and expected."""
    frame = pd.DataFrame([{name: getattr(bar, name) for name in ProviderBar.__struct_fields__} for bar in finer])
    days = pd.DataFrame({"open_at": calendar.open, "close_at": calendar.close, "date": pd.to_datetime(calendar.date.astype(str))})
    frame = pd.merge_asof(frame, days, left_on="ts_open", right_on="open_at")
    if timeframe.row.length_ms:
        index = pd.to_timedelta(frame.ts_open - frame.open_at, unit="ms").dt.floor(pd.Timedelta(timeframe.row.length_ms, "ms"))
        frame["start"] = frame.open_at + index // pd.Timedelta("1ms")
        frame["end"] = np.minimum(frame.start + timeframe.row.length_ms, frame.close_at)
        assert timeframe.built_from is not None
        frame["of"] = np.ceil((frame.end - frame.start) / timeframe.built_from.row.length_ms)
    else:
        freq = {"1w": "W-SUN", "1M": "M"}[timeframe.value]
        whole = sessions(calendar.exchange, SPAN[0] - dt.timedelta(days=40), SPAN[1] + dt.timedelta(days=40))
        every = pd.DataFrame({"open_at": whole.open, "close_at": whole.close})
        every["period"] = pd.to_datetime(whole.date.astype(str)).to_period(freq)
        spans = every.groupby("period").agg(start=("open_at", "min"), end=("close_at", "max"), of=("open_at", "size"))
        frame = frame.join(spans, on=frame.date.dt.to_period(freq))
    last = frame.groupby("end").split_factor.transform("last")
    for name in ("open", "high", "low", "close"):
        frame[name] *= frame.split_factor / last
    frame["volume"] /= frame.split_factor / last
    return frame.groupby("end").agg(
        start=("start", "first"), open=("open", "first"), high=("high", "max"), low=("low", "min"), close=("close", "last"),
        volume=("volume", "sum"), n=("open", "size"), of=("of", "first"), newest=("ts_close", "max"), oldest=("ts_open", "min"),
    )  # fmt: skip


@pytest.mark.parametrize("exchange", EXCHANGES)
@pytest.mark.parametrize("timeframe", COARSE)
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_built_bars_are_those_of_pandas(timeframe: Timeframe, exchange: str, missing: float) -> None:
    assert timeframe.built_from is not None
    finer = finer_bars(timeframe.built_from, exchange, missing, seed=7)
    wanted = by_pandas(timeframe, finer, hours(exchange))
    if wanted.oldest.iloc[0] > wanted.start.iloc[0]:
        wanted = wanted.iloc[1:]
    if wanted.newest.iloc[-1] < wanted.index[-1]:
        wanted = wanted.iloc[:-1]
    found = built_bars(timeframe, finer, hours(exchange))
    assert [bar.ts_close for bar in found] == wanted.index.tolist()
    assert [bar.ts_open for bar in found] == wanted.start.tolist()
    for name in ("open", "high", "low", "close", "volume"):
        assert np.allclose([getattr(bar, name) for bar in found], wanted[name], rtol=1e-12), name
    assert [bar.incomplete for bar in found] == (wanted.n < wanted.of).tolist()
    assert any(bar.incomplete for bar in found) == (missing > 0)
    assert len(found) > (0 if timeframe is Timeframe.MN1 else 8)


def test_built_bars_are_published_as_they_are() -> None:
    finer = finer_bars(Timeframe.H1, "NYSE", 0.1, 3)
    built = built_bars(Timeframe.H4, finer, hours("NYSE"))
    assert {bar.incomplete for bar in built} == {True, False}
    assert msgspec.json.decode(msgspec.json.encode(built), type=tuple[ProviderBar, ...]) == built


def test_four_hours_of_a_us_session_are_cut_at_its_close() -> None:
    found = built_bars(Timeframe.H4, finer_bars(Timeframe.H1, "NYSE", 0.0, 1), hours("NYSE"))
    zone = "America/New_York"
    spans = [
        tuple(pd.Timestamp(ts, unit="ms", tz=zone).strftime("%m-%d %H:%M") for ts in (bar.ts_open, bar.ts_close)) for bar in found
    ]
    assert spans[:2] == [("10-21 09:30", "10-21 13:30"), ("10-21 13:30", "10-21 16:00")]
    assert [span for span in spans if span[0].startswith("11-29")] == [("11-29 09:30", "11-29 13:00")]


def test_a_month_is_the_sessions_of_a_calendar_month_of_the_exchange() -> None:
    found = built_bars(Timeframe.MN1, finer_bars(Timeframe.D1, "CME", 0.0, 1), hours("CME"))
    zone = "America/Chicago"
    spans = [tuple(f"{pd.Timestamp(ts, unit='ms', tz=zone):%Y-%m-%d %H:%M}" for ts in (bar.ts_open, bar.ts_close)) for bar in found]
    assert spans == [  # October and January are covered in part
        ("2024-10-31 17:00", "2024-11-29 12:15"),
        ("2024-12-01 17:00", "2024-12-31 16:00"),
    ]


def test_an_unfinished_bar_waits_and_no_bars_give_none() -> None:
    hourly = finer_bars(Timeframe.H1, "NYSE", 0.0, 1)
    assert built_bars(Timeframe.H4, [], hours("NYSE")) == ()
    assert built_bars(Timeframe.H4, hourly[:3], hours("NYSE")) == ()
    assert len(built_bars(Timeframe.H4, hourly[:4], hours("NYSE"))) == 1
    assert len(built_bars(Timeframe.H4, hourly[1:7], hours("NYSE"))) == 1, "the first hour is missing"


def test_every_timeframe_is_requested_or_built_from_a_requested_one() -> None:
    assert {*DEPTH_MS, *COARSE} == set(Timeframe)
    for timeframe in COARSE:
        finer = timeframe.built_from
        assert finer is not None
        assert finer in DEPTH_MS
        assert timeframe.row.length_ms % (finer.row.length_ms or 1) == 0
