"""Japanese candlesticks (Nison, 1991): engulfing, hammer, shooting star, morning and evening star, doji, by TA-Lib's measures.

100 where the bar completes a pattern that points up, -100 where it points down, else 0; a doji is 100. An engulfing body that
shares one edge with the engulfed one is 80 or -80. A body is long or short compared with the mean body of the 10 bars before
it; a shadow is short, and a body a doji's, up to a tenth of the mean range of the 10 bars before; a hammer's body may be above
the low before by a fifth of the mean range of the 5 bars before that. A star's answer must reach 0.3 into the first body.
Lengths that differ by at most 1e-9 of the close are equal. The doji is NaN where none of the 10 bars before has a range: there
is nothing to measure its body by (TA-Lib: 100).

Warm-up: from n = 12. Else equals TA-Lib's CDLENGULFING, CDLHAMMER, CDLSHOOTINGSTAR, CDLMORNINGSTAR, CDLEVENINGSTAR and CDLDOJI,
but for lengths within 1e-9 of their threshold: there the rounding errors of TA-Lib's running sums decide.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, step

LONGEST: Final = 12
"""A star's first body is held against the 10 bars before it, and two bars came since."""


@step
def body(bars: Bars, t: int) -> float:
    """From open to close, upwards."""
    return float(bars.close[t] - bars.open[t])


@step
def top(bars: Bars, t: int) -> float:
    """The upper end of the body."""
    return float(max(bars.open[t], bars.close[t]))


@step
def bottom(bars: Bars, t: int) -> float:
    """The lower end of the body."""
    return float(min(bars.open[t], bars.close[t]))


@step
def engulfing(bars: Bars, t: int, same: float) -> float:
    """A body that holds the body of the other colour before it."""
    now, before = body(bars, t), body(bars, t - 1)
    white, black = (now >= -same) & (before < -same), (now < -same) & (before >= -same)
    above, below = top(bars, t) - top(bars, t - 1), bottom(bars, t - 1) - bottom(bars, t)
    holds = ((above >= -same) & (below > same)) | ((above > same) & (below >= -same))
    full = 100.0 if (above > same) & (below > same) else 80.0
    return full if holds & white else (-full if holds & black else 0.0)


@step
def single(bars: Bars, t: int, mean_body: float, same: float) -> tuple[float, float, float]:
    """(hammer, shooting star, doji)."""
    ranges = near = 0.0
    for i in range(t - 10, t):
        ranges += bars.high[i] - bars.low[i]
    for i in range(t - 6, t - 1):
        near += bars.high[i] - bars.low[i]
    tiny, length = 0.01 * ranges, abs(body(bars, t))
    upper, lower = bars.high[t] - top(bars, t), bottom(bars, t) - bars.low[t]
    small = mean_body - length > same
    low_before, top_before = bars.low[t - 1] + 0.04 * near, top(bars, t - 1)
    hammer = small & (lower - length > same) & (tiny - upper > same) & (bottom(bars, t) - low_before <= same)
    star = small & (upper - length > same) & (tiny - lower > same) & (bottom(bars, t) - top_before > same)
    doji = 100.0 if length - tiny <= same else 0.0
    return 100.0 if hammer else 0.0, -100.0 if star else 0.0, doji if ranges > same else NAN


@step
def stars(bars: Bars, t: int, means: tuple[float, float, float], same: float) -> tuple[float, float]:
    """(morning star, evening star); ``means`` are the mean bodies before bars t, t - 1 and t - 2."""
    now, middle, first = body(bars, t), body(bars, t - 1), body(bars, t - 2)
    shaped = (abs(first) - means[2] > same) & (abs(middle) - means[1] <= same) & (abs(now) - means[0] > same)
    reached = bars.close[t] - bars.close[t - 2]
    down = bottom(bars, t - 2) - top(bars, t - 1) > same
    up = bottom(bars, t - 1) - top(bars, t - 2) > same
    morning = shaped & (first < -same) & down & (now >= -same) & (reached + 0.3 * first > same)
    evening = shaped & (first >= -same) & up & (now < -same) & (reached + 0.3 * first < -same)
    return 100.0 if morning else 0.0, -100.0 if evening else 0.0


@step
def candlesticks(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none."""
    if n < LONGEST:
        return s, (NAN, NAN, NAN, NAN, NAN, NAN)
    same = SAME * abs(bars.close[t])
    bodies = 0.0
    for i in range(t - 10, t - 2):
        bodies += abs(body(bars, i))
    one, two = abs(body(bars, t - 1)), abs(body(bars, t - 2))
    eleven, twelve = abs(body(bars, t - 11)), abs(body(bars, t - 12))
    means = (0.1 * (bodies + two + one), 0.1 * (bodies + two + eleven), 0.1 * (bodies + eleven + twelve))
    hammer, star, doji = single(bars, t, means[0], same)
    morning, evening = stars(bars, t, means, same)
    return s, (engulfing(bars, t, same), hammer, star, morning, evening, doji)


KIND: Final = Kind(
    name="candlesticks",
    step=candlesticks,
    state=0,
    parameters=(),
    columns=("cdl_engulfing", "cdl_hammer", "cdl_shooting_star", "cdl_morning_star", "cdl_evening_star", "cdl_doji"),
    warm_up=lambda: (LONGEST,) * 6,
    lookback=lambda: LONGEST,
    examples=((),),
)
