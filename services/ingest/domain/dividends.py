"""Dividends against the prices of a chart: one that the price does not show, or that is larger than it, is not used."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from services.ingest.domain.currency import CurrencyError, unit
from services.ingest.domain.dates import stamped_date
from services.ingest.domain.days import Days, days_of
from services.ingest.domain.flaws import Flaw
from services.ingest.domain.yahoo_chart import Chart
from services.ingest.domain.yahoo_events import Dividend

WHOLE: Final = 0.9
"""No dividend is this share of the price or more."""
LARGE: Final = 0.05
LARGE_MOVES: Final = 4.0
"""A dividend above this share of the price, and above so many usual moves, must show in the price on its day."""
TENFOLD: Final = ((8.0, 12.5), (80.0, 125.0))
"""A dividend that is 10 or 100 times its neighbours' (the error of a decimal point, or of a unit) must show in the price too."""
NEIGHBOURS: Final = 4


@dataclass(frozen=True, slots=True)
class Paid:
    """A dividend in the unit of the chart's prices."""

    dividend: Dividend
    date: int
    amount: float | None
    """None where it was paid in another currency: nobody knows what it was worth."""


def paid(chart: Chart, currency: str, zone: dt.tzinfo) -> list[Paid]:
    """The dividends of a chart, oldest first. ``currency`` is the instrument's."""
    found = []
    for dividend in sorted(chart.dividends, key=lambda dividend: dividend.ts):
        try:
            worth = unit(dividend.currency or chart.currency, currency) / unit(chart.currency, currency)
        except CurrencyError:
            worth = None
        amount = None if worth is None else dividend.amount * worth
        found.append(Paid(dividend, stamped_date(dividend.ts, zone), amount))
    return found


def judged(chart: Chart, currency: str, zone: dt.tzinfo) -> tuple[Chart, tuple[Flaw, ...]]:
    """The daily chart without the dividends that cannot be right."""
    if not chart.dividends:
        return chart, ()
    days = days_of(chart, zone)
    everything = paid(chart, currency, zone)
    flaws, wrong = list[Flaw](), set[Dividend]()
    for place, each in enumerate(everything):
        if (why := _why_wrong(each, _typical(everything, place), days)) is not None:
            wrong.add(each.dividend)
            at = days.first_on(each.date)
            values = {
                "amount": each.dividend.amount,
                "close_before": float(days.closes[at - 1]) if at else None,
                "open": float(days.opens[at]) if at < len(days.dates) else None,
            }
            flaws.append(Flaw("dividend", "quarantined", why, each.dividend.ts, values))
    kept = tuple(each for each in chart.dividends if each not in wrong)
    return replace(chart, dividends=kept), tuple(flaws)


def fell(days: Days, at: int, size: float) -> bool | None:
    """Whether the price fell on a day by at least half of ``size`` (in logarithms, below 0); None where nobody can say."""
    return min(days.moved(at)) <= size / 2 if 0 < at < len(days.dates) else None


def _typical(everything: Sequence[Paid], place: int) -> float | None:
    """The median amount of the nearest others; None where there are fewer than two."""
    others = [(abs(i - place), each.amount) for i, each in enumerate(everything) if i != place and each.amount is not None]
    nearest = [amount for _, amount in sorted(others)[:NEIGHBOURS]]
    return median(nearest) if len(nearest) > 1 else None


def _why_wrong(each: Paid, typical: float | None, days: Days) -> str | None:
    """Why a dividend is not used, or None."""
    if each.amount is None or not len(days.dates):
        return None
    at = days.first_on(each.date)
    share = each.amount / float(days.closes[max(0, at - 1)])
    if share >= WHOLE:
        return f"the amount is {share:.3g} times the price before it"
    if fell(days, at, math.log(1.0 - share)) is not False:
        return None
    if share > max(LARGE, LARGE_MOVES * days.usual(at)):
        return f"the amount is {share:.1%} of the price before it, and the price did not fall"
    if typical is not None and any(low <= each.amount / typical <= high for low, high in TENFOLD):
        return f"the amount is {each.amount / typical:.3g} times the dividends beside it, and the price did not fall"
    return None
