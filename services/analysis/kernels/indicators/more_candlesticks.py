"""Candlesticks beyond the default ones, by name: 1 where the bar completes one that points up, -1 where it points down, else 0.

Lengths are compared as in ``candlesticks.py``. By TA-Lib's measures: harami (CDLHARAMI; its 80, a shared edge, counts too),
piercing (CDLPIERCING), dark_cloud (CDLDARKCLOUDCOVER), white_soldiers (CDL3WHITESOLDIERS), black_crows (CDL3BLACKCROWS),
three_inside (CDL3INSIDE), marubozu (CDLMARUBOZU), dragonfly (CDLDRAGONFLYDOJI), gravestone (CDLGRAVESTONEDOJI, but -1: it points
down), spinning_top (CDLSPINNINGTOP, the sign is that of its body), inverted_hammer (CDLINVERTEDHAMMER), hanging_man
(CDLHANGINGMAN).

tweezers is not in TA-Lib. -1, a top (Nison, 1991, chapter 6): a long white body, then a black one, whose highs differ by at most
0.05 of the mean range of the 5 bars before both; none of the 10 bars before both is higher. 1, a bottom, is the mirror image.

Warm-up: from n = 13. Else equals TA-Lib but for lengths within 1e-9 of the close of their threshold.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.candlesticks import body, bottom, top
from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, step

LONGEST: Final = 13
"""The first of the three crows is held against the 10 bars before it; the bar before that one counts too."""


@step
def mean_body(bars: Bars, t: int) -> float:
    """Of the 10 bars before ``t``."""
    total = 0.0
    for i in range(t - 10, t):
        total += abs(body(bars, i))
    return 0.1 * total


@step
def mean_range(bars: Bars, t: int, count: int) -> float:
    """Of ``count`` bars before ``t``."""
    total = 0.0
    for i in range(t - count, t):
        total += bars.high[i] - bars.low[i]
    return total / count


@step
def sign(up: bool, down: bool) -> float:
    """1, -1 or 0."""
    return 1.0 if up else (-1.0 if down else 0.0)


@step
def ones(bars: Bars, t: int, mean: float, tiny: float, same: float) -> Values:
    """(marubozu, dragonfly, gravestone, spinning top, inverted hammer, hanging man); ``tiny``: a tenth of the mean range."""
    now, length = body(bars, t), abs(body(bars, t))
    white = now >= -same
    upper, lower = bars.high[t] - top(bars, t), bottom(bars, t) - bars.low[t]
    no_upper, no_lower, small = tiny - upper > same, tiny - lower > same, mean - length > same
    full = (length - mean > same) & no_upper & no_lower
    doji = length - tiny <= same
    dragonfly, gravestone = doji & no_upper & (lower - tiny > same), doji & no_lower & (upper - tiny > same)
    spinning = small & (upper - length > same) & (lower - length > same)
    inverted = small & (upper - length > same) & no_lower & (bottom(bars, t - 1) - top(bars, t) > same)
    near = bars.high[t - 1] - 0.2 * mean_range(bars, t - 1, 5)
    hanging = small & (lower - length > same) & no_upper & (near - bottom(bars, t) <= same)
    return (
        sign(full & white, full),
        sign(dragonfly, False),
        sign(False, gravestone),
        sign(spinning & white, spinning),
        sign(inverted, False),
        sign(False, hanging),
    )


@step
def twos(bars: Bars, t: int, now_mean: float, before_mean: float, same: float) -> Values:
    """(harami, piercing, dark cloud, tweezers); the means of the bodies before bars t and t - 1."""
    now, before = body(bars, t), body(bars, t - 1)
    long_white = (abs(before) - before_mean > same) & (before >= -same)
    long_black = (abs(before) - before_mean > same) & (before < -same)
    inside = (top(bars, t) - top(bars, t - 1) <= same) & (bottom(bars, t - 1) - bottom(bars, t) <= same)
    inside &= abs(now) - now_mean <= same
    close, first = bars.close[t], bars.open[t - 1]
    middle = 0.5 * (bars.close[t - 1] + first)
    piercing = long_black & (now - now_mean > same) & (bars.low[t - 1] - bars.open[t] > same)
    piercing &= (first - close > same) & (close - middle > same)
    cloud = long_white & (now < -same) & (bars.open[t] - bars.high[t - 1] > same)
    cloud &= (close - first > same) & (middle - close > same)
    highest, lowest = bars.high[t - 2], bars.low[t - 2]
    for i in range(t - 11, t - 2):
        highest, lowest = max(highest, bars.high[i]), min(lowest, bars.low[i])
    equal = 0.05 * mean_range(bars, t - 1, 5)
    tops = long_white & (now < -same) & (abs(bars.high[t] - bars.high[t - 1]) - equal <= same)
    tops &= highest - max(bars.high[t], bars.high[t - 1]) <= same
    bottoms = long_black & (now >= -same) & (abs(bars.low[t] - bars.low[t - 1]) - equal <= same)
    bottoms &= min(bars.low[t], bars.low[t - 1]) - lowest <= same
    return sign(long_black & inside, long_white & inside), sign(piercing, False), sign(False, cloud), sign(bottoms, tops)


@step
def follows(bars: Bars, t: int, same: float) -> bool:
    """Whether white bar t goes on from white bar t - 1: it opens in or near its body, closes higher, and is not far shorter."""
    wide = mean_range(bars, t - 1, 5)
    opened = (bars.open[t] - bars.open[t - 1] > same) & (bars.open[t] - bars.close[t - 1] - 0.2 * wide <= same)
    return opened & (bars.close[t] - bars.close[t - 1] > same) & (body(bars, t) - body(bars, t - 1) + 0.6 * wide > same)  # type: ignore[no-any-return]


@step
def falls(bars: Bars, t: int, same: float) -> bool:
    """Whether black bar t goes on from black bar t - 1: it opens inside its body and closes lower."""
    opened = (bars.open[t - 1] - bars.open[t] > same) & (bars.open[t] - bars.close[t - 1] > same)
    return opened & (bars.close[t - 1] - bars.close[t] > same)  # type: ignore[no-any-return]


@step
def threes(bars: Bars, t: int, means: tuple[float, float, float], same: float) -> Values:
    """(white soldiers, black crows, three inside); ``means`` are the mean bodies before bars t, t - 1 and t - 2."""
    soldiers = follows(bars, t, same) & follows(bars, t - 1, same) & (body(bars, t) - means[0] > same)
    crows = falls(bars, t, same) & falls(bars, t - 1, same)
    crows &= (body(bars, t - 3) >= -same) & (bars.high[t - 3] - bars.close[t - 2] > same)
    for i in range(t - 2, t + 1):
        tiny = 0.1 * mean_range(bars, i, 10)
        soldiers &= (body(bars, i) >= -same) & (tiny - bars.high[i] + top(bars, i) > same)
        crows &= (body(bars, i) < -same) & (tiny - bottom(bars, i) + bars.low[i] > same)
    first, now = body(bars, t - 2), body(bars, t)
    inside = (abs(first) - means[2] > same) & (abs(body(bars, t - 1)) - means[1] <= same)
    inside &= (top(bars, t - 2) - top(bars, t - 1) > same) & (bottom(bars, t - 1) - bottom(bars, t - 2) > same)
    reached = bars.close[t] - bars.open[t - 2]
    up, down = (first < -same) & (now >= -same) & (reached > same), (first >= -same) & (now < -same) & (reached < -same)
    return sign(soldiers, False), sign(False, crows), sign(inside & up, inside & down)


@step
def more_candlesticks(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none."""
    if n < LONGEST:
        return s, (NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN)
    same = SAME * abs(bars.close[t])
    means = (mean_body(bars, t), mean_body(bars, t - 1), mean_body(bars, t - 2))
    one = ones(bars, t, means[0], 0.1 * mean_range(bars, t, 10), same)
    two = twos(bars, t, means[0], means[1], same)
    three = threes(bars, t, means, same)
    return s, (*two, *three, *one)


KIND: Final = Kind(
    name="more_candlesticks",
    step=more_candlesticks,
    state=0,
    parameters=(),
    columns=(
        "harami", "piercing", "dark_cloud", "tweezers",
        "white_soldiers", "black_crows", "three_inside",
        "marubozu", "dragonfly", "gravestone", "spinning_top", "inverted_hammer", "hanging_man",
    ),
    warm_up=lambda: (LONGEST,) * 13,
    lookback=lambda: LONGEST,
    examples=((),),
)  # fmt: skip
"""On request only: a condition that names a column computes all of them."""
