"""Series of instruments as one table of prices and signals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.backtest.layout import Int8s
from services.analysis.research.backtest.prices import Prices, single, together
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.metrics.periods import bars_a_year
from shared.events import Timeframe

MOST_PRICES: Final = 20_000_000
"""Bars of the calendar x instruments: with all arrays about 2 GB."""


@dataclass(frozen=True)
class InstrumentInput:
    """One instrument: its bars, and what the signals decided on them."""

    symbol: str
    kind: str
    currency: str
    """Of the prices; empty: not known."""
    session: Int64s
    ts_close: Int64s
    prices: Prices
    entry: Int8s
    """(bars,)."""
    exit: Int8s
    widened: int
    """Bars whose open or close was outside of their range: the range was widened to hold them."""


@dataclass(frozen=True)
class BacktestInput:
    """All instruments on one calendar."""

    instruments: tuple[InstrumentInput, ...]
    places: tuple[Int64s, ...]
    """The bars of the calendar that are those of an instrument."""
    session: Int64s
    """(bars,): yyyymmdd."""
    ts_close: Int64s
    """(bars,): the last close of each."""
    periods: float
    """Bars a year."""

    def check_currency(self) -> None:
        """Raises RunError when one account would hold prices in several currencies: exchange rates are not read."""
        known = {each.currency: each.symbol for each in self.instruments if each.currency}
        if len(known) > 1:
            (first, one), (second, other) = sorted(known.items())[:2]
            raise RunError(
                f"symbols: {one} is in {first} and {other} in {second}: one account has one currency; name instruments of one, "
                "or set account to separate",
                "currencies",
                value=one,
                first=first,
                other_value=other,
                second=second,
            )

    @cached_property
    def prices(self) -> Prices:
        """(bars, instruments)."""
        return together([each.prices for each in self.instruments], self.places, len(self.session))

    def signals(self) -> tuple[Int8s, Int8s]:
        """Entries and exits, (bars, instruments)."""
        entry, exit_ = (np.zeros((len(self.session), len(self.instruments)), np.int8) for _ in range(2))
        for i, (each, at) in enumerate(zip(self.instruments, self.places, strict=True)):
            entry[at, i], exit_[at, i] = each.entry, each.exit
        return entry, exit_


def instrument_input(series: ResearchSeries, entry: Int8s, exit_: Int8s, *, raw: bool) -> InstrumentInput:
    """One instrument; ``raw``: prices as traded with dividends and splits, else adjusted ones."""
    open_, high, low, close = (
        _floats(series.raw[name] if raw else getattr(series.adjusted, name)) for name in ("open", "high", "low", "close")
    )
    highest, lowest = np.maximum(high, np.maximum(open_, close)), np.minimum(low, np.minimum(open_, close))
    widened = int(np.count_nonzero((highest != high) | (lowest != low)))
    events = (series.dividends, series.splits) if raw else (None, None)
    return InstrumentInput(
        series.symbol, series.kind, series.currency, np.array(series.session), np.array(series.ts_close),
        single(open_, highest, lowest, close, *events), entry, exit_, widened,
    )  # fmt: skip


def joined(instruments: Iterable[InstrumentInput], timeframe: Timeframe) -> BacktestInput:
    """Instruments on the calendar of all their bars.

    Bars of one day, week or month are one bar of the calendar, on whatever exchange. Below a day it is the time of the close.

    Raises:
        RunError: the table would be too large.
    """
    each = tuple(instruments)
    keys = [_keys(one, timeframe) for one in each]
    calendar = np.unique(np.concatenate(keys))
    if (size := len(calendar) * len(each)) > MOST_PRICES:
        raise RunError(
            f"symbols: {len(each)} instruments on {len(calendar):,} bars are {size:,}, at most {MOST_PRICES:,} can be traded at "
            "once: name fewer instruments, or a later start",
            "data-large",
        )
    places = tuple(np.searchsorted(calendar, own).astype(np.int64) for own in keys)
    session, ts_close = np.zeros(len(calendar), np.int64), np.zeros(len(calendar), np.int64)
    for one, at in zip(each, places, strict=True):
        session[at] = np.maximum(session[at], one.session)
        ts_close[at] = np.maximum(ts_close[at], one.ts_close)
    crypto = any(one.kind == "crypto" for one in each)
    return BacktestInput(each, places, session, ts_close, bars_a_year("crypto" if crypto else "stock", timeframe, session))


def _keys(one: InstrumentInput, timeframe: Timeframe) -> Int64s:
    match timeframe:
        case Timeframe.D1:
            return one.session
        case Timeframe.W1:
            return np.array([_week(int(session)) for session in one.session], np.int64)
        case Timeframe.MN1:
            return one.session // 100
    return one.ts_close


def _week(session: int) -> int:
    year, week, _ = dt.date(session // 10_000, session // 100 % 100, session % 100).isocalendar()
    return year * 100 + week


def _floats(values: Floats) -> Floats:
    return np.ascontiguousarray(values, np.float64)
