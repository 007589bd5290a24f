"""Splits and dividends of one symbol: what undoes Yahoo's split adjustment, and what adjusts raw prices.

Yahoo's prices are already divided by every later split. So raw = Yahoo's price / split_factor, with split_factor = the product
of 1 / ratio over the splits after the bar (0.25 before a 4:1 split); and adjusted = raw x price_factor, with price_factor =
split_factor x (adjusted close / close of Yahoo's daily row). Everything is keyed by session date (yyyymmdd), since a split takes
effect at an open.

A chart names only the splits inside its range, yet its prices are adjusted for later ones too: adjustments must be read from a
daily chart that reaches to the present, and serve all timeframes of that symbol.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.ingest.domain.currency import CurrencyError, unit
from services.ingest.domain.yahoo_chart import Chart, Row
from services.ingest.domain.yahoo_errors import MalformedError, SplitNotAppliedError
from shared.calendars import Sessions
from shared.events import CorporateAction

TELLING_RATIO: Final = math.log(1.8)
"""Smaller splits (in logarithms) cannot be told from an ordinary day's move, so they are taken on trust."""
HIGHEST_RATIO: Final = 1.001
"""An adjusted close is never above its close but for rounding."""

RECENT: Final = 5
"""Sessions for which Yahoo may name a dividend before its adjusted closes know of it."""


@dataclass(frozen=True)
class Adjustments:
    """Factors by session date. ``dates`` are ascending and have the shape of ``dividend_factors``."""

    splits: tuple[tuple[int, float], ...]
    """(session date it takes effect on, new shares for an old one), oldest first."""
    ex_dates: tuple[int, ...]
    """Session dates on which a dividend was gone, oldest first."""
    dates: tuple[int, ...]
    dividend_factors: tuple[float, ...]
    actions: tuple[CorporateAction, ...]
    """Oldest first; a dividend as it was paid, that is not adjusted for later splits."""

    @property
    def fingerprint(self) -> str:
        """Names the newest actions. When it changes, the factors of all earlier bars have changed."""
        newest = {action.kind: f"{action.kind} {action.ts_event} {action.value:.6g}" for action in self.actions}
        return "; ".join(newest[kind] for kind in sorted(newest))

    def split_factor(self, date: int) -> float:
        """Product of 1 / ratio over the splits after that session.

        >>> Adjustments(((20200831, 4.0),), (), (), (), ()).split_factor(20200828)
        0.25
        """
        factor = 1.0
        for day, ratio in self.splits:
            if day > date:
                factor /= ratio
        return factor

    def dividend_factor(self, date: int) -> float:
        """Adjusted close / close in that session; where it has no row, of a neighbour with no dividend between."""
        after = bisect_left(self.dates, date)
        if after == len(self.dates):
            return self.dividend_factors[-1] if self.dates and not self._paid(self.dates[-1], date) else 1.0
        if self.dates[after] == date or after == 0 or not self._paid(date, self.dates[after]):
            return self.dividend_factors[after]
        return self.dividend_factors[after - 1]

    def _paid(self, first: int, last: int) -> bool:
        """True when a dividend was gone after ``first`` and not after ``last``."""
        return bisect_right(self.ex_dates, first) < bisect_right(self.ex_dates, last)


def adjustments(chart: Chart, sessions: Sessions, currency: str) -> Adjustments:
    """Read the splits, dividends and dividend factors of a daily chart that reaches to the present.

    Raises:
        SplitNotAppliedError: a split is named, but the prices before it are not adjusted for it.
        MalformedError: the zone is unknown.
    """
    zone = zone_of(chart)
    splits = tuple(sorted((session_date(split.ts, zone), split.ratio) for split in chart.splits))
    check_splits(chart, splits, zone)
    factors = _with_unapplied(dict(_dividend_factors(chart.rows, zone)), chart, zone)
    dates = tuple(sorted(factors))
    bare = Adjustments(splits, (), dates, tuple(factors[date] for date in dates), ())
    found = sorted(_actions(chart, bare, sessions, currency, zone), key=lambda each: each.ts_event)
    ex_dates = tuple(sorted(session_date(each.ts, zone) for each in chart.dividends))
    return Adjustments(splits, ex_dates, dates, bare.dividend_factors, tuple(found))


def zone_of(chart: Chart) -> ZoneInfo:
    """The exchange's zone.

    Raises:
        MalformedError: there is no such zone.
    """
    try:
        return ZoneInfo(chart.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise MalformedError(chart.symbol, f"meta.exchangeTimezoneName is {chart.timezone!r}") from error


def session_date(ts: int, zone: ZoneInfo) -> int:
    """The local date of a time in seconds as yyyymmdd; 0 where it is no possible time."""
    if not 0 <= ts < 4_102_444_800:
        return 0
    day = dt.datetime.fromtimestamp(ts, zone)
    return day.year * 10_000 + day.month * 100 + day.day


def check_splits(chart: Chart, splits: Sequence[tuple[int, float]], zone: ZoneInfo) -> None:
    """Compare the price before each split with the price after it.

    Raises:
        SplitNotAppliedError: they stand in the split's ratio, so the prices before it are not adjusted.
    """
    if not splits:
        return
    rows = sorted((row for row in chart.rows if row.close and row.close > 0), key=lambda row: row.ts)
    dates = [session_date(row.ts, zone) for row in rows]
    for day, ratio in splits:
        i = bisect_left(dates, day)
        after = (rows[i].open or rows[i].close) if i < len(rows) else _price_since(chart, day, zone)
        before = rows[i - 1].close if i else None
        if not before or not after or after <= 0 or abs(math.log(ratio)) < TELLING_RATIO:
            continue
        seen = math.log(before / after)
        if abs(seen - math.log(ratio)) < abs(seen):
            raise SplitNotAppliedError(chart.symbol, f"{ratio:g}:1 on {day}, but {before:g} before it and {after:g} after")


def _price_since(chart: Chart, day: int, zone: ZoneInfo) -> float | None:
    if chart.price is None or chart.price_ts is None or session_date(chart.price_ts, zone) < day:
        return None
    return chart.price


def _dividend_factors(rows: Iterable[Row], zone: ZoneInfo) -> Iterable[tuple[int, float]]:
    for row in rows:
        if row.close and row.adjclose and row.close > 0 and 0 < row.adjclose / row.close <= HIGHEST_RATIO:
            yield session_date(row.ts, zone), row.adjclose / row.close


def _with_unapplied(factors: dict[int, float], chart: Chart, zone: ZoneInfo) -> dict[int, float]:
    """The factors, with the dividends that Yahoo names and has not yet put into its adjusted closes (those of the last days)."""
    closes = {session_date(row.ts, zone): row.close for row in chart.rows if row.close}
    recent = min(sorted(factors)[-RECENT:], default=0)
    for dividend in chart.dividends:
        day = session_date(dividend.ts, zone)
        before = max((date for date in factors if date < day), default=0)
        if not before or day < recent or dividend.currency not in {"", chart.currency}:
            continue
        after = factors.get(day, 1.0)
        due = 1.0 - dividend.amount / closes[before]
        if 0 < due < 1 and factors[before] / after > 1.0 - (1.0 - due) / 2:
            factors = {date: factor * due if date < day else factor for date, factor in factors.items()}
    return factors


def _actions(chart: Chart, factors: Adjustments, sessions: Sessions, currency: str, zone: ZoneInfo) -> Iterable[CorporateAction]:
    opens = dict(zip(sessions.date.tolist(), sessions.open.tolist(), strict=True))
    for split in chart.splits:
        day = session_date(split.ts, zone)
        yield CorporateAction(kind="split", ts_event=opens.get(day, split.ts * 1000), value=split.ratio)
    for dividend in chart.dividends:
        try:
            worth = unit(dividend.currency or chart.currency, currency)
        except CurrencyError:
            continue  # paid in another currency: the factors know it through the adjusted closes, the amount would mislead
        day = session_date(dividend.ts, zone)
        paid = dividend.amount * worth / factors.split_factor(day)
        if 0 < paid < math.inf:
            yield CorporateAction(kind="dividend", ts_event=opens.get(day, dividend.ts * 1000), value=float(f"{paid:.9g}"))
