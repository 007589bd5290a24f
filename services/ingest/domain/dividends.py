"""Compares dividends with the prices of a chart. A dividend larger than the price, or without an effect on it, is not used."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from services.ingest.domain.chart_dates import stamped_date
from services.ingest.domain.chart_flaws import ChartFlaw
from services.ingest.domain.currency import CurrencyError, unit_worth
from services.ingest.domain.daily_prices import DailyPrices, daily_prices
from services.ingest.domain.yahoo_chart import Chart
from services.ingest.domain.yahoo_events import Dividend

MAX_SHARE: Final = 0.9
"""A dividend of this share of the price or more is wrong."""
LARGE: Final = 0.05
LARGE_MOVES: Final = 4.0
"""A dividend above this share of the price and above this many usual moves must lower the price on its ex-date."""
TENFOLD: Final = ((8.0, 12.5), (80.0, 125.0))
"""So must a dividend of 10 or 100 times the adjacent ones (a misplaced decimal point or a wrong unit). Ranges of that ratio."""
NEIGHBOURS: Final = 4


@dataclass(frozen=True, slots=True)
class DividendAmount:
    """A dividend in the unit of the chart's prices."""

    dividend: Dividend
    date: int
    amount: float | None
    """None if it was paid in another currency, whose exchange rate is unknown."""


def dividend_amounts(chart: Chart, currency: str, zone: dt.tzinfo) -> list[DividendAmount]:
    """The dividends of a chart, oldest first. ``currency`` is the instrument's."""
    found = []
    for dividend in sorted(chart.dividends, key=lambda dividend: dividend.ts):
        try:
            worth = unit_worth(dividend.currency or chart.currency, currency) / unit_worth(chart.currency, currency)
        except CurrencyError:
            worth = None
        amount = None if worth is None else dividend.amount * worth
        found.append(DividendAmount(dividend, stamped_date(dividend.ts, zone), amount))
    return found


def remove_wrong_dividends(chart: Chart, currency: str, zone: dt.tzinfo) -> tuple[Chart, tuple[ChartFlaw, ...]]:
    """The daily chart without wrong dividends, and a flaw for each of them."""
    if not chart.dividends:
        return chart, ()
    days = daily_prices(chart, zone)
    everything = dividend_amounts(chart, currency, zone)
    flaws, wrong = list[ChartFlaw](), set[Dividend]()
    for place, each in enumerate(everything):
        if (why := _why_wrong(each, _typical(everything, place), days)) is not None:
            wrong.add(each.dividend)
            at = days.first_on(each.date)
            values = {
                "amount": each.dividend.amount,
                "close_before": float(days.closes[at - 1]) if at else None,
                "open": float(days.opens[at]) if at < len(days.dates) else None,
            }
            flaws.append(ChartFlaw("dividend", "quarantined", why, each.dividend.ts, values))
    kept = tuple(each for each in chart.dividends if each not in wrong)
    return replace(chart, dividends=kept), tuple(flaws)


def price_fell(days: DailyPrices, at: int, size: float) -> bool | None:
    """Whether the price fell on day ``at`` by at least half of ``size`` (in logarithms, below 0); None if there is no price to
    compare.
    """
    return min(days.moves(at)) <= size / 2 if 0 < at < len(days.dates) else None


def _typical(everything: Sequence[DividendAmount], place: int) -> float | None:
    """Median amount of the nearest other dividends; None with fewer than two."""
    others = [(abs(i - place), each.amount) for i, each in enumerate(everything) if i != place and each.amount is not None]
    nearest = [amount for _, amount in sorted(others)[:NEIGHBOURS]]
    return median(nearest) if len(nearest) > 1 else None


def _why_wrong(each: DividendAmount, typical: float | None, days: DailyPrices) -> str | None:
    """Why a dividend is not used, or None."""
    if each.amount is None or not len(days.dates):
        return None
    at = days.first_on(each.date)
    share = each.amount / float(days.closes[max(0, at - 1)])
    if share >= MAX_SHARE:
        return f"the amount is {share:.3g} times the price before it"
    if price_fell(days, at, math.log(1.0 - share)) is not False:
        return None
    if share > max(LARGE, LARGE_MOVES * days.usual_move(at)):
        return f"the amount is {share:.1%} of the price before it, and the price did not fall"
    if typical is not None and any(low <= each.amount / typical <= high for low, high in TENFOLD):
        return f"the amount is {each.amount / typical:.3g} times the adjacent dividends, and the price did not fall"
    return None
