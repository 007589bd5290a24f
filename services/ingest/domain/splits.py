"""Compares splits with the prices of a chart: Yahoo lists some on a wrong date, and has not applied others yet."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.ingest.domain.chart_dates import row_dates, session_date, stamped_date
from services.ingest.domain.chart_flaws import ChartFlaw
from services.ingest.domain.daily_prices import DailyPrices, daily_prices
from services.ingest.domain.yahoo_chart import Chart, ChartRow
from services.ingest.domain.yahoo_errors import SplitNotAppliedError
from services.ingest.domain.yahoo_events import Split

DETECTABLE_RATIO: Final = math.log(1.8)
"""Smaller splits (in logarithms) cannot be distinguished from an ordinary move, so they are not verified."""
NEAR_SESSIONS: Final = 10
"""Sessions before and after the listed date of a split in which the shift of prices is searched."""
MIN_TOLERANCE: Final = 0.08
USUAL_MOVES: Final = 4.0
RATIO_SHARE: Final = 1 / 8
"""A move matches a ratio to within the largest of these: a distance in logarithms, a number of usual moves, a share of the
ratio."""
MAX_DELAY_SESSIONS: Final = 5
"""A listed split that Yahoo has not applied after this many sessions is applied here."""


def align_splits(chart: Chart, zone: dt.tzinfo) -> tuple[Chart, tuple[ChartFlaw, ...]]:
    """Move each split of a daily chart to the day on which prices shift, and adjust all prices before that day.

    A recent split that was not applied at all is left unchanged: see ``check_splits``.
    """
    flaws: list[ChartFlaw] = []
    for split in sorted(chart.splits, key=lambda split: split.ts):
        if abs(math.log(split.ratio)) >= DETECTABLE_RATIO:
            chart, found = _align_split(chart, split, daily_prices(chart, zone), zone)
            flaws += found
    return chart, tuple(flaws)


def _align_split(chart: Chart, split: Split, days: DailyPrices, zone: dt.tzinfo) -> tuple[Chart, list[ChartFlaw]]:
    named = days.first_on(stamped_date(split.ts, zone))
    size = -math.log(split.ratio)
    near = range(max(1, named - NEAR_SESSIONS), min(len(days.dates), named + NEAR_SESSIONS + 1))
    shifts = [at for at in near if _shifts(days, at, size)]
    returns = [at for at in near if _shifts(days, at, -size)]
    if len(shifts) != 1 or returns not in ([], [named]):
        return chart, []
    at = shifts[0]
    if at == named and len(days.dates) - named < MAX_DELAY_SESSIONS:
        return chart, []
    if not returns:  # no earlier row is adjusted
        rows, scale = range(at), 1.0 / split.ratio
    elif at < named:  # the rows in between are adjusted twice
        rows, scale = range(at, named), split.ratio
    else:  # the rows in between are not adjusted
        rows, scale = range(named, at), 1.0 / split.ratio
    places = {days.at[i] for i in rows}
    moves = Split(chart.rows[days.at[at]].ts, split.ratio)
    note = f"{split.ratio:g}:1 is listed on {stamped_date(split.ts, zone)}, prices shift on {days.dates[at]}: "
    flaw = ChartFlaw("split", "repaired", f"{note}prices x {scale:g} on {len(places)} days", moves.ts, {"ratio": split.ratio})
    fixed = replace(
        chart,
        rows=tuple(_scaled(row, scale) if i in places else row for i, row in enumerate(chart.rows)),
        splits=tuple(moves if each == split else each for each in chart.splits),
    )
    return fixed, [flaw]


def _shifts(days: DailyPrices, at: int, size: float) -> bool:
    """Whether prices move by ``size`` (in logarithms) from the previous day to day ``at``."""
    tolerance = max(MIN_TOLERANCE, USUAL_MOVES * days.usual_move(at), RATIO_SHARE * abs(size))
    at_open, at_close = days.moves(at)
    return abs(size) > 3 * tolerance and abs(at_open - size) <= tolerance and abs(at_close - size) <= 2 * tolerance


def _scaled(row: ChartRow, by: float) -> ChartRow:
    prices = (None if price is None else float(f"{price * by:.9g}") for price in (row.open, row.high, row.low, row.close))
    opened, high, low, close = prices
    return ChartRow(
        row.ts,
        opened,
        high,
        low,
        close,
        None if row.volume is None else row.volume / by,
        None if row.adjclose is None else row.adjclose * by,
    )


def check_splits(chart: Chart, splits: Sequence[tuple[int, float]], zone: dt.tzinfo) -> None:
    """Compare the price before each split with the price after it.

    Raises:
        SplitNotAppliedError: their ratio is the split's, so the prices before it are not adjusted.
    """
    if not splits:
        return
    rows = sorted((row for row in chart.rows if row.close and row.close > 0), key=lambda row: row.ts)
    dates = row_dates(replace(chart, rows=tuple(rows)), zone)
    for day, ratio in splits:
        i = bisect_left(dates, day)
        after = (rows[i].open or rows[i].close) if i < len(rows) else _price_since(chart, day, zone)
        before = rows[i - 1].close if i else None
        if not before or not after or after <= 0 or abs(math.log(ratio)) < DETECTABLE_RATIO:
            continue
        measured = math.log(before / after)
        if abs(measured - math.log(ratio)) < abs(measured):
            raise SplitNotAppliedError(chart.symbol, f"{ratio:g}:1 on {day}, but {before:g} before it and {after:g} after")


def _price_since(chart: Chart, day: int, zone: dt.tzinfo) -> float | None:
    if chart.price is None or chart.price_ts is None or session_date(chart.price_ts, zone) < day:
        return None
    return chart.price
