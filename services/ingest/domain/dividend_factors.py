"""Dividend factors of a chart by session date: from Yahoo's adjusted closes where they are plausible, else computed.

The step between two adjacent days is adjusted close / close of the older day divided by that of the newer one. A step is
Yahoo's if it agrees with the listed dividends, and otherwise 1 - amount / previous close (the method of CRSP). So a missing,
negative or implausible adjusted close affects no factor but its own.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from services.ingest.domain.chart_flaws import ChartFlaw
from services.ingest.domain.daily_prices import DailyPrices, daily_prices
from services.ingest.domain.dividends import dividend_amounts, price_fell
from services.ingest.domain.yahoo_chart import Chart

HIGHEST: Final = 1.001
"""An adjusted close exceeds its close by rounding only."""
SMALL: Final = 0.05
"""A step without a listed dividend is accepted up to this size (in logarithms); for a larger one the price must have fallen."""
CLOSE_ENOUGH: Final = 0.002
"""Yahoo's step and the listed dividends agree to within half of the dividends' size plus this."""


def dividend_factors(
    chart: Chart, currency: str, zone: dt.tzinfo, refused: Collection[int] = ()
) -> tuple[Mapping[int, float], tuple[ChartFlaw, ...]]:
    """Factor by session date, oldest first, and a flaw for each step that is not Yahoo's.

    ``chart`` holds valid dividends only; ``refused``: session dates of the others, whose steps are computed.
    """
    days = daily_prices(chart, zone)
    if not days.dates:
        return {}, ()
    named, foreign = _dividend_steps(chart, days, currency, zone)
    yahoo = _yahoo_factors(chart, days)
    distrusted = {days.first_on(date) - 1 for date in refused}
    last = len(days.dates) - 1
    factors, flaws = [0.0] * len(days.dates), list[ChartFlaw]()
    factors[last] = _newest(yahoo, named[last])
    for at in range(last - 1, -1, -1):
        step, why = (named[at], "") if at in distrusted else _step(yahoo, at, named[at], days, foreign=foreign[at])
        factors[at] = factors[at + 1] * step
        if why:
            values = {
                "adjclose": chart.rows[days.at[at]].adjclose,
                "close": float(days.closes[at]),
                "next": float(days.closes[at + 1]),
            }
            flaws.append(ChartFlaw("factor", "repaired", why, chart.rows[days.at[at]].ts, values))
    return dict(zip(days.dates, factors, strict=True)), tuple(flaws)


def _yahoo_factors(chart: Chart, days: DailyPrices) -> list[float | None]:
    """Adjusted close / close of each day; None if that is out of range."""
    found: list[float | None] = []
    for place, close in zip(days.at, days.closes.tolist(), strict=True):
        adjusted = chart.rows[place].adjclose
        factor = math.nan if adjusted is None else adjusted / close
        found.append(factor if 0 < factor <= HIGHEST else None)
    return found


def _dividend_steps(chart: Chart, days: DailyPrices, currency: str, zone: dt.tzinfo) -> tuple[list[float], list[bool]]:
    """The step of each day that follows from the listed dividends, and whether one of them is in a foreign currency."""
    steps, foreign = [1.0] * len(days.dates), [False] * len(days.dates)
    for each in dividend_amounts(chart, currency, zone):
        at = days.first_on(each.date) - 1
        if at < 0:
            continue
        if each.amount is None:
            foreign[at] = True
        elif each.amount < days.closes[at]:
            steps[at] *= 1.0 - each.amount / float(days.closes[at])
    return steps, foreign


def _newest(yahoo: Sequence[float | None], due: float) -> float:
    """The factor of the newest day; ``due``: its step from dividends that are listed already and go ex after it."""
    newest = yahoo[-1]
    if newest is None or (due < 1.0 and not _agree(newest, due)):
        return due
    return newest


def _step(yahoo: Sequence[float | None], at: int, named: float, days: DailyPrices, *, foreign: bool) -> tuple[float, str]:
    """The factor of a day divided by that of the next one, and the reason if it is not Yahoo's."""
    older, newer = yahoo[at], yahoo[at + 1]
    if older is None or newer is None:
        return named, "a dividend in another currency is not in the factors" if foreign else ""
    step = older / newer
    if named < 1.0 and not foreign:
        agree = _agree(step, named)
        return (
            (step, "")
            if agree
            else (named, f"the step of the adjusted closes is {step:.4g}, the listed dividends give {named:.4g}")
        )
    if step > HIGHEST:
        return named, f"the step of the adjusted closes is {step:.4g}, above 1"
    if math.log(step) < -SMALL and not price_fell(days, at + 1, math.log(step)):
        return named, f"the step of the adjusted closes is {step:.4g}, and the price did not fall"
    return step, ""


def _agree(step: float, named: float) -> bool:
    return abs(math.log(step) - math.log(named)) <= abs(math.log(named)) / 2 + CLOSE_ENOUGH
