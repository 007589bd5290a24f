"""Volume-weighted average price since a date, with bands (Shannon, Technical Analysis Using Multiple Timeframes, 2008).

vwap_date = sum of typical price x volume / sum of volume over the bars whose session date is the given one or later, typical
price = (high + low + close) / 3; upper, lower = vwap_date +- k x the square root of the mean squared distance of the typical
prices from it, weighed by volume; in the price's own currency. NaN before the date and while there is no volume yet; NaN for ever
where the series begins after the date, since the bars in between are unknown. Warm-up: the date decides. Parameters: year, 1970
to 2100, month, day; k (width), above 0, at most 100.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.anchored import bands, weighed
from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, amount, period, step

YEARS: Final = (1970, 2100)


@step
def vwap_date(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (1 if the series begins at the date or before it; volume, mean, weighed squared distances). p: (yyyymmdd, k)."""
    session = float(bars.session[t])
    known = (1.0 if session <= p[0] else 0.0) if n == 0 else s[0]
    if (session < p[0]) | (known == 0):
        return (known, 0.0, 0.0, 0.0), (NAN, NAN, NAN)
    traded, mean, squares = weighed(s[1], s[2], s[3], bars, t)
    return (known, traded, mean, squares), bands(traded, mean, squares, p[1])


def prepare(year: float, month: float, day: float, width: float) -> Parameters:
    """(yyyymmdd, k).

    >>> prepare(2024, 2, 29, 2)
    (20240229.0, 2.0)
    """
    date = period(year, YEARS[1], least=YEARS[0], name="year") * 10_000.0
    date += period(month, 12, name="month") * 100.0 + period(day, 31, name="day")
    return date, amount(width, "width")


KIND: Final = Kind(
    name="vwap_date",
    step=vwap_date,
    state=4,
    parameters=("year", "month", "day", "width"),
    columns=tuple(f"vwap_date{band}_{{year}}_{{month}}_{{day}}_{{width}}" for band in ("", "_upper", "_lower")),
    warm_up=lambda *_: (None, None, None),
    lookback=lambda *_: 0,
    examples=((2020.0, 3.0, 23.0, 2.0), (2020.0, 3.0, 1.0, 1.0), (2020.0, 3.0, 30.0, 0.5)),
    prepare=prepare,
)
