"""Reads series of the bundled tapes; docs/tapes.md describes the format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from services.analysis.kernels.closed_bars import BarRecords
from services.analysis.kernels.indicators.kind import Int64s
from services.analysis.research.adapters.listed import instrument
from services.analysis.research.domain.aggregation import aggregated
from services.analysis.research.domain.data_request import DataRequestError
from services.analysis.research.domain.research_series import SERIES_RECORD, ResearchSeries
from shared.calendars import ZONES, sessions
from shared.events import Timeframe

TAPES: Final = Path(__file__).parents[3] / "ingest" / "tapes"
FINER: Final = ("1s", "1m")
"""Resolutions of recordings that are played as ticks and are not a timeframe of daily bars."""


class _Series(msgspec.Struct, frozen=True):
    symbol: str
    exchange: str
    use: str
    resolution: str


class _Header(msgspec.Struct, frozen=True):
    series: tuple[_Series, ...]


def names() -> list[str]:
    """The bundled tapes."""
    return sorted(path.stem for path in TAPES.glob("*.npz"))


def check_tape(tape: str, symbols: Collection[str]) -> tuple[_Series, ...]:
    """The series that a tape has. Raises DataRequestError: there is no such tape, or it lacks a symbol."""
    if tape not in names():
        raise DataRequestError(
            f"tape: {tape!r} is no tape; there are {', '.join(names())}", "name-unknown", value=tape, known=", ".join(names())
        )
    series = msgspec.json.decode((TAPES / f"{tape}.json").read_bytes(), type=_Header).series
    known = sorted({each.symbol for each in series})
    if unknown := [symbol for symbol in symbols if symbol not in known]:
        raise DataRequestError(
            f"symbols: {unknown[0]!r} is not on the tape {tape}; it has {', '.join(known)}",
            "name-unknown",
            value=unknown[0],
            known=", ".join(known),
        )
    return series


def tape_series(
    tape: str, symbols: Collection[str], timeframe: Timeframe, also: Collection[Timeframe], session_files: Path | None = None
) -> Iterator[ResearchSeries]:
    """The series of a tape, one at a time, by symbol: its history, then what it plays. ``symbols``: empty for all that have bars.

    Bars of other timeframes are built from finer ones; those ``also`` that cannot be built are not there. ``session_files`` as
    ``folder`` of ``sessions``.

    Raises:
        DataRequestError: there is no such tape, symbol or timeframe.
    """
    series = check_tape(tape, symbols)
    known = sorted({each.symbol for each in series})
    with np.load(TAPES / f"{tape}.npz", allow_pickle=False) as arrays:
        for symbol in sorted(symbols) or known:
            own = {n: each for n, each in enumerate(series) if each.symbol == symbol}
            found = {each: _bars(arrays, own, each, session_files) for each in dict.fromkeys((timeframe, *also))}
            if len(found[timeframe]):
                about = instrument(symbol)
                bars = {each: records for each, records in found.items() if len(records)}
                yield ResearchSeries(
                    symbol, about.kind, next(iter(own.values())).exchange, timeframe, bars, about.industries, about.currency,
                    about.negative, f"tape {tape}",
                )  # fmt: skip
            elif symbols:
                raise DataRequestError(
                    f"timeframe: the tape {tape} has no bars of {timeframe.word} of {symbol}",
                    "no-bars-of",
                    value=symbol,
                    timeframe=timeframe.word,
                )


def _bars(arrays: Mapping[str, Any], own: Mapping[int, _Series], timeframe: Timeframe, session_files: Path | None) -> BarRecords:
    if timeframe.row.period is not None:
        days = _bars(arrays, own, Timeframe.D1, session_files)
        return aggregated(days, timeframe, days["ts_open"], days["ts_close"])
    parts = [_records(arrays, n, each) for n, each in own.items() if each.use == "history" and each.resolution == timeframe]
    for n, each in own.items():
        if each.use == "ticks" and each.resolution == timeframe:
            parts.append(_records(arrays, n, each))
        elif each.use == "ticks" and each.resolution in FINER:
            parts.append(_built(_records(arrays, n, each), each.exchange, timeframe, session_files))
    if not parts:
        return np.zeros(0, SERIES_RECORD)
    whole = np.concatenate(parts)
    whole = whole[np.argsort(whole["ts_close"], kind="stable")]
    return whole[np.diff(whole["ts_close"], prepend=-1) > 0]


def _records(arrays: Mapping[str, Any], number: int, series: _Series) -> BarRecords:
    start, end = arrays[f"{number}/start"], arrays[f"{number}/end"]
    found = np.zeros(len(start), SERIES_RECORD)
    for name in ("open", "high", "low", "close", "volume"):
        found[name] = arrays[f"{number}/{name}"]
    found["ts_open"], found["ts_close"] = start, end + (end % 1000 == 999)
    found["session"] = _sessions(start, series.exchange)
    found["price_factor"] = arrays[f"{number}/factor"] if series.use == "history" else 1.0
    found["split_factor"] = 1.0
    return found


def _sessions(start: Int64s, exchange: str) -> Int64s:
    """The dates of the bars where the exchange is, without pandas, which takes longer to load than all bars of a tape to read."""
    zone = ZoneInfo(ZONES.get(exchange, "UTC"))
    days = [dt.datetime.fromtimestamp(second, zone) for second in (start // 1000).tolist()]
    return np.array([day.year * 10_000 + day.month * 100 + day.day for day in days], np.int64)


def _built(bars: BarRecords, exchange: str, timeframe: Timeframe, session_files: Path | None) -> BarRecords:
    if not len(bars):
        return bars
    first, last = (
        dt.datetime.fromtimestamp(int(bars[name]) / 1000, dt.UTC).date()
        for bars, name in ((bars[0], "ts_open"), (bars[-1], "ts_open"))
    )
    day = dt.timedelta(days=2)
    of = sessions(exchange, first - day, last + day, None, session_files)
    at = np.searchsorted(of.date, bars["session"])
    return aggregated(bars, timeframe, of.open[at], of.close[at])
