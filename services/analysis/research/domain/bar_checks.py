"""Checks bars of a file as bars of a provider are checked. A row that fails is left out, with its column and value."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Floats, Int64s

MAX_PRICE: Final = 1e9
MAX_VOLUME: Final = 1e15
MAX_OUTSIDE: Final = 0.01
"""An open or close outside high and low by at most this share is due to rounding or an auction price: the bar is widened."""
PRICES: Final = ("open", "high", "low", "close")

ADJUSTED: Final = "adj_close"
"""An optional column: the close adjusted for splits and dividends."""

BadRows = dict[int, tuple[str, str]]
"""Row -> the column at fault, and why."""


def check_bars(time: Int64s, columns: dict[str, Floats], *, negative: bool) -> tuple[npt.NDArray[np.bool_], BadRows]:
    """Which rows are valid bars, (rows,), and why the others are not.

    ``time``: of each row, any unit, (rows,); -1 where it could not be read. ``columns``: open, high, low, close, volume and
    perhaps adj_close (rows,), NaN where a number could not be read; high and low are widened in place. ``negative``: prices of 0
    and below are possible.
    """
    bad: BadRows = {}

    def refuse(rows: npt.NDArray[np.bool_], column: str, reason: str) -> None:
        for row in np.flatnonzero(rows).tolist():
            bad.setdefault(row, (column, reason))

    refuse(time < 0, "date", "is no date")
    for name in PRICES:
        values = columns[name]
        refuse(np.isnan(values), name, "is no number")
        refuse(np.isinf(values) | (np.abs(values) > MAX_PRICE), name, f"is above {MAX_PRICE:g}")
        if not negative:
            refuse(values <= 0, name, "is not above 0")
    if ADJUSTED in columns:
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = columns[ADJUSTED] / columns["close"]
        refuse(~(np.isfinite(factor) & (factor > 0)), ADJUSTED, "is no share of close above 0")
    volume = columns["volume"]
    refuse(np.isnan(volume), "volume", "is no number")
    refuse((volume < 0) | (volume >= MAX_VOLUME), "volume", f"is not from 0 to {MAX_VOLUME:g}")
    high, low = columns["high"], columns["low"]
    refuse(high < low, "high", "is below low")
    top, bottom = np.maximum(columns["open"], columns["close"]), np.minimum(columns["open"], columns["close"])
    with np.errstate(invalid="ignore"):  # what is infinite is refused already
        refuse(top > high + MAX_OUTSIDE * np.abs(high), "high", "is below open or close")
        refuse(bottom < low - MAX_OUTSIDE * np.abs(low), "low", "is above open or close")
    good = np.ones(len(time), np.bool_)
    good[list(bad)] = False
    kept = np.flatnonzero(good)
    newest = np.maximum.accumulate(np.concatenate([[-1], time[kept]]))[:-1]
    for row, before in zip(kept[time[kept] <= newest].tolist(), newest[time[kept] <= newest].tolist(), strict=True):
        good[row] = False
        bad[row] = ("date", "is there twice" if time[row] == before else "is before the date of an earlier row")
    columns["high"], columns["low"] = np.maximum(high, top), np.minimum(low, bottom)
    return good, bad
