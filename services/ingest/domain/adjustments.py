"""Splits and dividends of one symbol, as factors that undo Yahoo's split adjustment and factors that adjust raw prices.

Yahoo's prices are already divided by every later split. So raw = Yahoo's price / split_factor, with split_factor = the product
of 1 / ratio over the splits after the bar (0.25 before a 4:1 split); and adjusted = raw x price_factor, with price_factor =
split_factor x (adjusted close / close of Yahoo's daily row). All factors are keyed by session date (yyyymmdd), since a split
takes effect at an open.

A chart names only the splits inside its range, yet its prices are adjusted for later ones too: adjustments must be read from a
daily chart that reaches to the present, and serve all timeframes of that symbol.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from services.ingest.domain.chart_dates import stamped_date, zone_of
from services.ingest.domain.chart_flaws import ChartFlaw
from services.ingest.domain.currency import CurrencyError, unit_worth
from services.ingest.domain.dividend_factors import dividend_factors
from services.ingest.domain.dividends import remove_wrong_dividends
from services.ingest.domain.splits import check_splits
from services.ingest.domain.yahoo_chart import Chart
from shared.calendars import Sessions
from shared.events import CorporateAction


@dataclass(frozen=True)
class Adjustments:
    """Factors by session date. ``dates`` are ascending and have the shape of ``dividend_factors``."""

    splits: tuple[tuple[int, float], ...]
    """(session date it takes effect on, new shares for an old one), oldest first."""
    ex_dates: tuple[int, ...]
    """Ex-dates of dividends (session dates), oldest first."""
    dates: tuple[int, ...]
    dividend_factors: tuple[float, ...]
    actions: tuple[CorporateAction, ...]
    """Oldest first; dividend amounts are as paid, not adjusted for later splits."""
    flaws: tuple[ChartFlaw, ...] = ()
    """Dividends and adjusted closes that are not used."""

    @property
    def fingerprint(self) -> str:
        """Text that identifies the newest actions. When it changes, the factors of all earlier bars have changed."""
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
        """Adjusted close / close in that session; without a row, that of an adjacent session with no ex-date in between."""
        after = bisect_left(self.dates, date)
        if after == len(self.dates):
            return self.dividend_factors[-1] if self.dates and not self._ex_date_between(self.dates[-1], date) else 1.0
        if self.dates[after] == date or after == 0 or not self._ex_date_between(date, self.dates[after]):
            return self.dividend_factors[after]
        return self.dividend_factors[after - 1]

    def _ex_date_between(self, first: int, last: int) -> bool:
        """True if an ex-date lies after ``first`` and not after ``last``."""
        return bisect_right(self.ex_dates, first) < bisect_right(self.ex_dates, last)


def adjustments(chart: Chart, sessions: Sessions, currency: str) -> Adjustments:
    """Read the splits, dividends and dividend factors of a daily chart that reaches to the present.

    Raises:
        SplitNotAppliedError: a split is named, but the prices before it are not adjusted for it.
        MalformedError: the zone is unknown.
    """
    zone = zone_of(chart)
    splits = tuple(sorted({(stamped_date(split.ts, zone), split.ratio) for split in chart.splits}))
    check_splits(chart, splits, zone)
    chart, wrong = remove_wrong_dividends(chart, currency, zone)
    factors, computed = dividend_factors(chart, currency, zone, {stamped_date(flaw.ts, zone) for flaw in wrong})
    without_actions = Adjustments(splits, (), tuple(factors), tuple(factors.values()), ())
    found = sorted(_actions(chart, without_actions, sessions, currency, zone), key=lambda each: each.ts_event)
    ex_dates = tuple(sorted(stamped_date(each.ts, zone) for each in chart.dividends))
    return Adjustments(splits, ex_dates, without_actions.dates, without_actions.dividend_factors, tuple(found), (*wrong, *computed))


def _actions(chart: Chart, factors: Adjustments, sessions: Sessions, currency: str, zone: dt.tzinfo) -> Iterable[CorporateAction]:
    opens = dict(zip(sessions.date.tolist(), sessions.open.tolist(), strict=True))
    for split in chart.splits:
        day = stamped_date(split.ts, zone)
        yield CorporateAction(kind="split", ts_event=opens.get(day, split.ts * 1000), value=split.ratio)
    for dividend in chart.dividends:
        try:
            worth = unit_worth(dividend.currency or chart.currency, currency)
        except CurrencyError:
            continue  # paid in another currency: the adjusted closes hold it, and the amount would be wrong
        day = stamped_date(dividend.ts, zone)
        paid = dividend.amount * worth / factors.split_factor(day)
        if 0 < paid < math.inf:
            yield CorporateAction(kind="dividend", ts_event=opens.get(day, dividend.ts * 1000), value=float(f"{paid:.9g}"))
