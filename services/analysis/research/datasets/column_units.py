"""The units of indicators, found by scaling: what doubles with doubled prices is in prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.datasets.units import Unit, UnitError
from services.analysis.research.domain.condition_values import condition_values
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import SERIES_RECORD, ResearchSeries
from services.analysis.research.domain.signal_kernels import SignalKernels
from shared.conditions import Condition, SeriesName
from shared.events import Timeframe

BARS: Final = 1_200
"""More than the longest indicators need to warm up."""
POWERS: Final = (0, 1, -1, 2, -2)
EQUAL: Final = 1e-9
"""Relative difference of values that are equal but for rounding."""


def column_units(kernels: SignalKernels, columns: Sequence[str]) -> Mapping[str, Unit]:
    """The unit of each column of indicators, on a random walk that is always the same.

    Raises:
        UnitError: a column is neither in powers of prices nor of volumes.
    """
    asked = [Condition(SeriesName(name), Timeframe.D1, name, (name,), ()) for name in columns]
    plain, dearer, busier = (_values(kernels, asked, *by) for by in ((1.0, 1.0), (2.0, 1.0), (1.0, 2.0)))
    found = {}
    for row, name in enumerate(columns):
        price, volume = _power(plain[row], dearer[row]), _power(plain[row], busier[row])
        if price is None or volume is None:
            raise UnitError(f"{name} does not scale with prices and volumes", "column-unit", name=name)
        found[name] = Unit(price, volume)
    return found


def _values(kernels: SignalKernels, asked: Sequence[Condition], price: float, volume: float) -> Floats:
    return condition_values(kernels, _walk(price, volume), asked, KnownMarket())


def _power(before: Floats, after: Floats) -> int | None:
    """The power of two by which doubled inputs change the values."""
    for power in POWERS:
        if np.allclose(before * 2.0**power, after, rtol=EQUAL, atol=0.0, equal_nan=True):
            return power
    return None


def _walk(price: float, volume: float) -> ResearchSeries:
    random = np.random.default_rng(7)
    bars = np.zeros(BARS, SERIES_RECORD)
    close = 100.0 * np.exp(np.cumsum(random.normal(0.0, 0.02, BARS)))
    bars["open"] = np.roll(close, 1)
    bars["open"][0], bars["close"] = 100.0, close
    highest, lowest = np.maximum(bars["open"], close), np.minimum(bars["open"], close)
    bars["high"], bars["low"] = highest * (1.0 + random.random(BARS) * 0.01), lowest * (1.0 - random.random(BARS) * 0.01)
    for name in ("open", "high", "low", "close"):
        bars[name] *= price
    bars["volume"] = random.integers(1_000, 9_000, BARS) * volume
    days = np.datetime64("2000-01-03") + np.arange(BARS)
    bars["session"] = [int(str(day).replace("-", "")) for day in days]
    bars["ts_open"] = days.astype("datetime64[ms]").astype(np.int64)
    bars["ts_close"] = bars["ts_open"] + 86_400_000
    bars["price_factor"] = bars["split_factor"] = 1.0
    return ResearchSeries("WALK", "stock", "", Timeframe.D1, {Timeframe.D1: bars})
