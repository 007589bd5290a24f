"""What dividends do to the closes of a chart, by session date: Yahoo's adjusted closes where they make sense, else computed.

Between two neighbouring days the factor moves by a step: adjusted close / close of the older day, divided by that of the newer one.
A step is Yahoo's where it agrees with the dividends that are named, and 1 - amount / close before otherwise (the method of CRSP).
So an adjusted close that is missing, negative or absurd costs no factor but its own.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from services.ingest.domain.days import Days, days_of
from services.ingest.domain.dividends import fell, paid
from services.ingest.domain.flaws import Flaw
from services.ingest.domain.yahoo_chart import Chart

HIGHEST: Final = 1.001
"""An adjusted close is never above its close but for rounding."""
SMALL: Final = 0.05
"""A step without a named dividend is believed up to this size (in logarithms); a larger one must show in the price."""
CLOSE_ENOUGH: Final = 0.002
"""Yahoo's step and the named dividends agree to within half of their size and this."""


def dividend_factors(
    chart: Chart, currency: str, zone: dt.tzinfo, refused: Collection[int] = ()
) -> tuple[Mapping[int, float], tuple[Flaw, ...]]:
    """Factor by session date, oldest first, and the steps that are not Yahoo's.

    ``chart`` has only dividends that can be right; ``refused``: session dates of the others, whose steps cannot be Yahoo's.
    """
    days = days_of(chart, zone)
    if not days.dates:
        return {}, ()
    named, abroad = _named(chart, days, currency, zone)
    given = _given(chart, days)
    distrusted = {days.first_on(date) - 1 for date in refused}
    last = len(days.dates) - 1
    factors, flaws = [0.0] * len(days.dates), list[Flaw]()
    factors[last] = _newest(given, named[last])
    for at in range(last - 1, -1, -1):
        step, why = (named[at], "") if at in distrusted else _step(given, at, named[at], days, abroad=abroad[at])
        factors[at] = factors[at + 1] * step
        if why:
            values = {
                "adjclose": chart.rows[days.at[at]].adjclose,
                "close": float(days.closes[at]),
                "next": float(days.closes[at + 1]),
            }
            flaws.append(Flaw("factor", "repaired", why, chart.rows[days.at[at]].ts, values))
    return dict(zip(days.dates, factors, strict=True)), tuple(flaws)


def _given(chart: Chart, days: Days) -> list[float | None]:
    """Adjusted close / close of each day; None where that cannot be right."""
    found: list[float | None] = []
    for place, close in zip(days.at, days.closes.tolist(), strict=True):
        adjusted = chart.rows[place].adjclose
        factor = math.nan if adjusted is None else adjusted / close
        found.append(factor if 0 < factor <= HIGHEST else None)
    return found


def _named(chart: Chart, days: Days, currency: str, zone: dt.tzinfo) -> tuple[list[float], list[bool]]:
    """What the named dividends make of the close of each day until the next one, and whether one in a foreign currency is there."""
    steps, abroad = [1.0] * len(days.dates), [False] * len(days.dates)
    for each in paid(chart, currency, zone):
        at = days.first_on(each.date) - 1
        if at < 0:
            continue
        if each.amount is None:
            abroad[at] = True
        elif each.amount < days.closes[at]:
            steps[at] *= 1.0 - each.amount / float(days.closes[at])
    return steps, abroad


def _newest(given: Sequence[float | None], due: float) -> float:
    """The factor of the newest day; ``due``: what dividends after it, which are named already, make of it."""
    newest = given[-1]
    if newest is None or (due < 1.0 and not _agree(newest, due)):
        return due
    return newest


def _step(given: Sequence[float | None], at: int, named: float, days: Days, *, abroad: bool) -> tuple[float, str]:
    """The factor of a day divided by that of the next one, and why it is not Yahoo's; empty where it is."""
    older, newer = given[at], given[at + 1]
    if older is None or newer is None:
        return named, "a dividend in another currency is not in the factors" if abroad else ""
    step = older / newer
    if named < 1.0 and not abroad:
        agree = _agree(step, named)
        return (step, "") if agree else (named, f"the adjusted closes say {step:.4g}, the named dividends {named:.4g}")
    if step > HIGHEST:
        return named, f"the adjusted closes rise by {step:.4g} against the closes"
    if math.log(step) < -SMALL and not fell(days, at + 1, math.log(step)):
        return named, f"the adjusted closes say {step:.4g}, and the price did not fall"
    return step, ""


def _agree(step: float, named: float) -> bool:
    return abs(math.log(step) - math.log(named)) <= abs(math.log(named)) / 2 + CLOSE_ENOUGH
