"""Splits against the prices of a chart: Yahoo names some a few days off, and has not applied others yet."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.ingest.domain.dates import row_dates, session_date, stamped_date
from services.ingest.domain.days import Days, days_of
from services.ingest.domain.flaws import Flaw
from services.ingest.domain.yahoo_chart import Chart, Row
from services.ingest.domain.yahoo_errors import SplitNotAppliedError
from services.ingest.domain.yahoo_events import Split

TELLING_RATIO: Final = math.log(1.8)
"""Smaller splits (in logarithms) cannot be told from an ordinary day's move, so they are taken on trust."""
NEAR: Final = 10
"""Sessions around the date of a split in which prices may shift instead."""
LEAST: Final = 0.08
USUAL: Final = 4.0
SHARE: Final = 1 / 8
"""Prices shift by a ratio where they move by it to within this, in logarithms, so many usual moves, or this share of it."""
WAITED: Final = 5
"""Sessions after which a split that is named and not applied will not be: it is applied here."""


def placed(chart: Chart, zone: dt.tzinfo) -> tuple[Chart, tuple[Flaw, ...]]:
    """The daily chart with each split on the day on which its prices shift, and adjusted up to there, as Yahoo means it.

    A split of the last days that was not applied at all stays as it is: see ``check_splits``.
    """
    flaws: list[Flaw] = []
    for split in sorted(chart.splits, key=lambda split: split.ts):
        if abs(math.log(split.ratio)) >= TELLING_RATIO:
            chart, found = _placed(chart, split, days_of(chart, zone), zone)
            flaws += found
    return chart, tuple(flaws)


def _placed(chart: Chart, split: Split, days: Days, zone: dt.tzinfo) -> tuple[Chart, list[Flaw]]:
    named = days.first_on(stamped_date(split.ts, zone))
    size = -math.log(split.ratio)
    near = range(max(1, named - NEAR), min(len(days.dates), named + NEAR + 1))
    shifts = [at for at in near if _shifts(days, at, size)]
    returns = [at for at in near if _shifts(days, at, -size)]
    if len(shifts) != 1 or returns not in ([], [named]):
        return chart, []
    at = shifts[0]
    if at == named and len(days.dates) - named < WAITED:
        return chart, []
    if not returns:  # nothing before is adjusted
        rows, scale = range(at), 1.0 / split.ratio
    elif at < named:  # adjusted once too often
        rows, scale = range(at, named), split.ratio
    else:  # adjusted too far back only
        rows, scale = range(named, at), 1.0 / split.ratio
    places = {days.at[i] for i in rows}
    moved = Split(chart.rows[days.at[at]].ts, split.ratio)
    note = f"{split.ratio:g}:1 is named on {stamped_date(split.ts, zone)}, prices shift on {days.dates[at]}: "
    flaw = Flaw("split", "repaired", f"{note}prices x {scale:g} on {len(places)} days", moved.ts, {"ratio": split.ratio})
    fixed = replace(
        chart,
        rows=tuple(_scaled(row, scale) if i in places else row for i, row in enumerate(chart.rows)),
        splits=tuple(moved if each == split else each for each in chart.splits),
    )
    return fixed, [flaw]


def _shifts(days: Days, at: int, size: float) -> bool:
    """Whether prices move by ``size`` (in logarithms) from the day before to this one."""
    tolerance = max(LEAST, USUAL * days.usual(at), SHARE * abs(size))
    at_open, at_close = days.moved(at)
    return abs(size) > 3 * tolerance and abs(at_open - size) <= tolerance and abs(at_close - size) <= 2 * tolerance


def _scaled(row: Row, by: float) -> Row:
    prices = (None if price is None else float(f"{price * by:.9g}") for price in (row.open, row.high, row.low, row.close))
    opened, high, low, close = prices
    return Row(
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
        SplitNotAppliedError: they stand in the split's ratio, so the prices before it are not adjusted.
    """
    if not splits:
        return
    rows = sorted((row for row in chart.rows if row.close and row.close > 0), key=lambda row: row.ts)
    dates = row_dates(replace(chart, rows=tuple(rows)), zone)
    for day, ratio in splits:
        i = bisect_left(dates, day)
        after = (rows[i].open or rows[i].close) if i < len(rows) else _price_since(chart, day, zone)
        before = rows[i - 1].close if i else None
        if not before or not after or after <= 0 or abs(math.log(ratio)) < TELLING_RATIO:
            continue
        seen = math.log(before / after)
        if abs(seen - math.log(ratio)) < abs(seen):
            raise SplitNotAppliedError(chart.symbol, f"{ratio:g}:1 on {day}, but {before:g} before it and {after:g} after")


def _price_since(chart: Chart, day: int, zone: dt.tzinfo) -> float | None:
    if chart.price is None or chart.price_ts is None or session_date(chart.price_ts, zone) < day:
        return None
    return chart.price
