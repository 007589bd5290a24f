"""Coppock curve (Coppock, Barron's, October 1962): the weighted mean of the sum of two rates of change, in percent.

coppock = WMA of ``smoothing`` of (ROC of long + ROC of short), ROC = 100 x (close / close of that many bars before - 1). NaN
where one of these earlier closes is not above 0. Warm-up: from n = the larger of long and short + smoothing - 1. Parameters:
long, short, smoothing, bars, each of the first two and smoothing together up to 512. Meant for monthly bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step, together


@step
def rate(bars: Bars, t: int, n: int) -> float:
    """The rate of change of bar t over n bars, in percent; NaN where the earlier close is not above 0."""
    before = bars.close[t - n]
    return 100.0 * (bars.close[t] / before - 1.0) if before > 0.0 else NAN


@step
def coppock(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (long, short, smoothing, 2 / (smoothing (smoothing + 1)))."""
    long, short, smoothing = int(p[0]), int(p[1]), int(p[2])
    if n < max(long, short) + smoothing - 1:
        return s, (NAN,)
    total = 0.0
    for i in range(smoothing):
        at = t - smoothing + 1 + i
        total += (i + 1.0) * (rate(bars, at, long) + rate(bars, at, short))
    return s, (total * p[3],)


def prepare(long: float, short: float, smoothing: float) -> Parameters:
    """(long, short, smoothing, 2 / (smoothing (smoothing + 1))).

    >>> prepare(14.0, 11.0, 3.0)[3] == 2 / 12
    True
    """
    names = (("long", long), ("short", short), ("smoothing", smoothing))
    lengths = tuple(period(n, name=name) for name, n in names)
    for name, n in names[:2]:
        together(n, smoothing, f"{name} and smoothing")
    return *lengths, 2.0 / (smoothing * (smoothing + 1.0))


KIND: Final = Kind(
    name="coppock",
    step=coppock,
    state=0,
    parameters=("long", "short", "smoothing"),
    columns=("coppock_{long}_{short}_{smoothing}",),
    short=("coppock",),
    warm_up=lambda long, short, smoothing: (max(long, short) + smoothing - 1,),
    lookback=lambda long, short, smoothing: max(long, short) + smoothing - 1,
    examples=((14.0, 11.0, 10.0), (1.0, 2.0, 1.0), (10.0, 30.0, 20.0), (500.0, 250.0, 12.0)),
    prepare=prepare,
)
