"""Closed bars of one series as records, provided or stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels import extremes_52w
from shared.events import PERIODS, Timeframe

BAR_RECORD: Final = np.dtype(
    [
        ("ts_close", "i8"),
        ("ts_open", "i8"),
        ("session", "i8"),
        ("open", "f8"),
        ("high", "f8"),
        ("low", "f8"),
        ("close", "f8"),
        ("volume", "f8"),
        ("price_factor", "f8"),
        ("split_factor", "f8"),
        ("replayed", "?"),
        ("source", "U24"),
        ("incomplete", "?"),
    ]
)
"""A closed bar, raw. Shape (bars,), oldest first, close times ascending."""

BarRecords = npt.NDArray[Any]


@dataclass(frozen=True)
class AdjustedBars:
    """The inputs of indicators; each of shape (bars,)."""

    open: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    close: npt.NDArray[np.float64]
    volume: npt.NDArray[np.float64]
    session: npt.NDArray[np.int64]
    ts_close: npt.NDArray[np.int64]
    year_high: npt.NDArray[np.float64]
    year_low: npt.NDArray[np.float64]


def adjusted(bars: BarRecords, daily: BarRecords | None = None) -> AdjustedBars:
    """Price x price_factor, volume / split_factor; the 52-week context from ``daily`` bars, NaN without them."""
    by = bars["price_factor"]
    return AdjustedBars(
        bars["open"] * by,
        bars["high"] * by,
        bars["low"] * by,
        bars["close"] * by,
        bars["volume"] / bars["split_factor"],
        np.ascontiguousarray(bars["session"]),
        np.ascontiguousarray(bars["ts_close"]),
        *_year(bars, daily),
    )


def inputs(pasts: Mapping[Timeframe, BarRecords]) -> dict[Timeframe, AdjustedBars]:
    """The inputs of indicators from all closed bars of each timeframe; without timeframes that have none."""
    given = [timeframe for timeframe in Timeframe if timeframe in pasts and len(pasts[timeframe])]
    return {timeframe: adjusted(pasts[timeframe], context(timeframe, pasts)) for timeframe in given}


def context(timeframe: Timeframe, pasts: Mapping[Timeframe, BarRecords]) -> BarRecords | None:
    """The daily bars that give a timeframe its 52-week context; none for weeks and months."""
    return None if timeframe in PERIODS else pasts.get(Timeframe.D1)


def _year(bars: BarRecords, daily: BarRecords | None) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if daily is None:
        return np.full(len(bars), np.nan), np.full(len(bars), np.nan)
    by = daily["price_factor"]
    return extremes_52w.context(bars["session"], daily["session"], daily["high"] * by, daily["low"] * by)


def merge_bars(stored: BarRecords, newer: BarRecords) -> BarRecords:
    """Merges two series; of two bars with one close time the one of ``newer`` counts."""
    keep = stored[~np.isin(stored["ts_close"], newer["ts_close"])]
    both = np.concatenate([keep, newer])
    return both[np.argsort(both["ts_close"], kind="stable")]


def no_bars() -> BarRecords:
    """No bars."""
    return np.empty(0, BAR_RECORD)


def bars_of_rows(rows: Sequence[Sequence[Any]]) -> BarRecords:
    """Stored rows, columns in the order of BAR_RECORD, oldest first."""
    return np.array([tuple(row) for row in rows], BAR_RECORD)
