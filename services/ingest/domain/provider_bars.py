"""Converts rows of a chart to closed raw bars, stamped by the exchange's sessions. Invalid rows are dropped, with a reason."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from services.ingest.domain.adjustments import Adjustments
from services.ingest.domain.chart_dates import row_dates, zone_of
from services.ingest.domain.splits import check_splits
from services.ingest.domain.yahoo_chart import Chart, ChartRow
from shared.calendars import Sessions
from shared.events import ProviderBar, Timeframe

MAX_PRICE: Final = 1e9
MAX_OUTSIDE: Final = 0.01
"""Yahoo's opens and closes can lie outside low and high, by rounding or as auction prices: up to this share the bar is
widened."""


@dataclass(frozen=True)
class NormalisedBars:
    """Closed bars, oldest first, and the number of dropped rows by reason."""

    bars: tuple[ProviderBar, ...]
    dropped: Mapping[str, int]
    examples: Mapping[str, ChartRow]
    """The first dropped row of each reason, as received."""


def daily_bars(
    chart: Chart, adjust: Adjustments, sessions: Sessions, worth: float, final_until: int, *, negative: bool = False
) -> NormalisedBars:
    """One bar per session, stamped with the session's open and close instead of Yahoo's time of day.

    Args:
        chart: a daily chart.
        adjust: splits and dividends up to the present.
        sessions: of the instrument's exchange, over the chart's whole range.
        worth: value of one quoted unit in the instrument's currency.
        final_until: milliseconds; sessions that close later are still forming.
        negative: prices of 0 and below are possible.
    """
    index = {date: i for i, date in enumerate(sessions.date.tolist())}
    with_session = ((row, index.get(date, -1)) for row, date in zip(chart.rows, row_dates(chart, zone_of(chart)), strict=True))
    spans = (
        (row, int(sessions.date[i]), int(sessions.open[i]), int(sessions.close[i])) if i >= 0 else (row, 0, 0, 0)
        for row, i in with_session
    )
    return _normalise(spans, adjust, worth, final_until, negative=negative)


def intraday_bars(
    chart: Chart,
    timeframe: Timeframe,
    adjust: Adjustments,
    sessions: Sessions,
    worth: float,
    final_until: int,
    *,
    negative: bool = False,
) -> NormalisedBars:
    """Bars whose intervals are anchored at the session's open; the last one of a session ends with it. Arguments as
    ``daily_bars``.

    Raises:
        SplitNotAppliedError: the rows before a split are not adjusted for it.
    """
    check_splits(chart, adjust.splits, zone_of(chart))
    return _normalise(_intervals(chart, timeframe.row.length_ms, sessions), adjust, worth, final_until, negative=negative)


def _intervals(chart: Chart, length: int, sessions: Sessions) -> Iterator[tuple[ChartRow, int, int, int]]:
    starts = np.array([min(max(row.ts, 0), 2**40) for row in chart.rows], dtype=np.int64) * 1000
    places = np.searchsorted(sessions.open, starts, side="right") - 1
    for row, start, i in zip(chart.rows, starts.tolist(), places.tolist(), strict=True):
        if i < 0 or start >= sessions.close[i]:
            yield row, 0, 0, 0
        elif (start - int(sessions.open[i])) % length:
            yield row, int(sessions.date[i]), start, start  # zero length marks a row off the grid
        else:
            yield row, int(sessions.date[i]), start, min(start + length, int(sessions.close[i]))


def _normalise(
    spans: Iterator[tuple[ChartRow, int, int, int]], adjust: Adjustments, worth: float, final_until: int, *, negative: bool
) -> NormalisedBars:
    bars: dict[int, ProviderBar] = {}
    dropped: Counter[str] = Counter()
    examples: dict[str, ChartRow] = {}
    for row, date, start, end in spans:
        reason = _rejection(row, start, end, final_until, negative=negative)
        if reason is None and end in bars:
            reason = "duplicate"
        if reason is not None:
            dropped[reason] += 1
            examples.setdefault(reason, row)
            continue
        split = adjust.split_factor(date)
        dividends = adjust.dividend_factor(date)
        bars[end] = _bar(row, start, end, worth / split, split, split * dividends)
    return NormalisedBars(tuple(bars[end] for end in sorted(bars)), MappingProxyType(dict(dropped)), examples)


def _rejection(row: ChartRow, start: int, end: int, final_until: int, *, negative: bool) -> str | None:
    """Why this row is not a closed bar, or None."""
    if end == 0:
        return "off_calendar"
    if end == start:
        return "off_grid"
    if end > final_until:
        return "forming"
    prices = (row.open, row.high, row.low, row.close)
    if None in prices:
        return "null"
    least = -MAX_PRICE if negative else math.ulp(0.0)
    if not all(least <= price <= MAX_PRICE for price in prices if price is not None) or not 0 <= (row.volume or 0.0) < 1e15:
        return "no_price"
    low, high = row.low or 0.0, row.high or 0.0
    if high < low:
        return "inverted"
    low, high = low - MAX_OUTSIDE * abs(low), high + MAX_OUTSIDE * abs(high)
    if any(price is not None and not low <= price <= high for price in (row.open, row.close)):
        return "inconsistent"
    return None


def _bar(row: ChartRow, start: int, end: int, scale: float, split: float, price_factor: float) -> ProviderBar:
    first, high, low, last = (_scaled(shortest_decimal(price or 0.0), scale) for price in (row.open, row.high, row.low, row.close))
    return ProviderBar(
        ts_open=start,
        ts_close=end,
        open=first,
        high=max(high, first, last),
        low=min(low, first, last),
        close=last,
        volume=(row.volume or 0.0) * split,
        price_factor=price_factor,
        split_factor=split,
    )


def shortest_decimal(price: float) -> float:
    """The price in its shortest decimal form: Yahoo sends 32-bit numbers converted to 64-bit ones.

    >>> shortest_decimal(129.0399932861328), shortest_decimal(244.87)
    (129.04, 244.87)
    """
    narrow = np.float32(price)
    return float(str(narrow)) if float(narrow) == price else price


def _scaled(price: float, scale: float) -> float:
    return price if scale == 1.0 else float(f"{price * scale:.9g}")
