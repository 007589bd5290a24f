"""True strength index (Blau, Stocks & Commodities, November 1991): smoothed changes of the close by smoothed absolute changes.

tsi = 100 x EMA of short of EMA of long of (close - close') / the same of abs(close - close'), -100 to 100; signal = EMA of tsi.
Each EMA is seeded with the mean of its first inputs. tsi is NaN where the smoothed absolute change is at most 1e-9 of the close;
the signal is NaN there too and goes on from its last value. Warm-up: tsi from n = long + short - 1, signal from n = long + short
+ signal - 2. Parameters: long, short, signal, bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.trix import smoothed


@step
def tsi(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (changes once and twice smoothed, absolute changes likewise; the signal; how many tsi there were, at most ``signal``).

    p: (long, short, signal, and a, 1 - a of each with a = 2 / (N + 1)).
    """
    move, twice, size, size_twice, signal, count = s
    long, short = int(p[0]), int(p[1])
    if n == 0:
        return (0.0, 0.0, 0.0, 0.0, 0.0, 0.0), (NAN, NAN)
    x = bars.close[t] - bars.close[t - 1]
    by_long, by_short = (p[0], p[3], p[4]), (p[1], p[5], p[6])
    move, size = smoothed(move, x, n - 1, long, by_long), smoothed(size, abs(x), n - 1, long, by_long)
    if n < long:
        return (move, 0.0, size, 0.0, 0.0, 0.0), (NAN, NAN)
    twice = smoothed(twice, move, n - long, short, by_short)
    size_twice = smoothed(size_twice, size, n - long, short, by_short)
    if (n < long + short - 1) | (not size_twice > SAME * abs(bars.close[t])):
        return (move, twice, size, size_twice, signal, count), (NAN, NAN)
    value = 100.0 * twice / size_twice
    signal = smoothed(signal, value, int(count), int(p[2]), (p[2], p[7], p[8]))
    count = min(count + 1.0, p[2])
    return (move, twice, size, size_twice, signal, count), (value, signal if count >= p[2] else NAN)


def prepare(long: float, short: float, signal: float) -> Parameters:
    """(long, short, signal, and a, 1 - a of each with a = 2 / (N + 1)).

    >>> prepare(3.0, 1.0, 3.0)
    (3.0, 1.0, 3.0, 0.5, 0.5, 1.0, 0.0, 0.5, 0.5)
    """
    lengths = (period(long), period(short), period(signal))
    return *lengths, *(part for n in lengths for part in (2.0 / (n + 1.0), (n - 1.0) / (n + 1.0)))


KIND: Final = Kind(
    name="tsi",
    step=tsi,
    state=6,
    parameters=("long", "short", "signal"),
    columns=("tsi_{long}_{short}_{signal}", "tsi_signal_{long}_{short}_{signal}"),
    short=("tsi", "tsi_signal"),
    warm_up=lambda long, short, signal: (long + short - 1, long + short + signal - 2),
    lookback=lambda *_: 1,
    examples=((25.0, 13.0, 13.0), (1.0, 1.0, 1.0), (6.0, 10.0, 4.0)),
    prepare=prepare,
)
