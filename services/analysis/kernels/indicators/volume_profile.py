"""Volume profile of the session so far: the price with the most volume (point of control) and the range around it that holds 70 %.

The bins are known at the session's first bar: 24 of them around its open, each a tenth as wide as the range of the session before,
but at least 0.01 % of that open. A bar's volume is spread evenly over its range; volume beyond the outermost bins counts in
these. The value area grows from the point of control by one bin at a time, the fuller of its two neighbours. A bar whose range is
no finite number, or whose volume is not above 0, adds nothing. Warm-up: from the first bar of the second session; NaN while the
session has no volume.
"""

from __future__ import annotations

from math import inf
from typing import Any, Final

from numba.cpython.unsafe.tuple import tuple_setitem

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, step

replaced: Final[Any] = tuple_setitem
"""``(tuple, place, value) ->`` the tuple with that value at that place; unlike Python, numba needs no loop for it."""

BINS: Final = 24
HALF: Final = 12.0
PER_RANGE: Final = 0.1
LEAST: Final = 1e-4
"""Width of a bin, as a share of the open, where the session before hardly moved."""
NARROW: Final = 1e-3
"""Bins: a bar narrower than that is taken for so wide, so that rounding does not decide on which side of an edge it falls."""
SHARE: Final = 0.7
SAME: Final = 1.0 - 1e-9
"""Volumes that differ by less count as equal."""


@step
def filled(bins: State, low: float, high: float, volume: float) -> State:
    """The bins with a bar's volume spread from ``low`` to ``high``, places counted in bins."""
    scale = 1.0 / max(high - low, NARROW)
    first = int(min(max(low, 0.0), BINS - 1.0))
    last = int(min(max(high, low + NARROW, 0.0), BINS - 1.0))
    before = 0.0
    for i in range(first, last + 1):
        upto = min(max((i + 1 - low) * scale, 0.0), 1.0) if i < BINS - 1 else 1.0
        bins = replaced(bins, i, bins[i] + volume * (upto - before))
        before = upto
    return bins


@step
def value_area(bins: State) -> tuple[int, int, int]:
    """The fullest bin (the lowest of equals), and the lowest and the highest bin of the value area; (-1, -1, -1) without volume."""
    total = most = 0.0
    for i in range(BINS):
        total, most = total + bins[i], max(most, bins[i])
    if not total > 0:
        return -1, -1, -1
    control = 0
    while bins[control] < most * SAME:
        control += 1
    low = high = control
    inside, wanted = most, SHARE * total * SAME
    while (inside < wanted) & (high - low < BINS - 1):
        above = bins[high + 1] if high < BINS - 1 else -1.0
        below = bins[low - 1] if low > 0 else -1.0
        if above >= below * SAME:
            high, inside = high + 1, inside + above
        else:
            low, inside = low - 1, inside + below
    return control, low, high


@step
def volume_profile(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (session date; its high and low; the middle edge; the width of a bin, 0 in the first session; volume of each bin)."""
    date, high, low, middle, width = s[:5]
    bins = s[5:]
    today = float(bars.session[t])
    now_high, now_low = bars.high[t], bars.low[t]
    if (n == 0) | (today != date):
        middle = bars.open[t]
        width = max((high - low) * PER_RANGE, middle * LEAST) if n > 0 else 0.0
        high, low = now_high, now_low
        for i in range(BINS):
            bins = replaced(bins, i, 0.0)
    else:
        high, low = max(high, now_high), min(low, now_low)
    if width == 0:
        return (today, high, low, middle, width, *bins), (NAN, NAN, NAN)
    first_edge, last_edge, volume = (now_low - middle) / width + HALF, (now_high - middle) / width + HALF, bars.volume[t]
    if (first_edge > -inf) & (first_edge <= last_edge) & (last_edge < inf) & (volume > 0) & (volume < inf):
        bins = filled(bins, first_edge, last_edge, volume)
    control, first, last = value_area(bins)
    base = middle - HALF * width
    values = (base + (control + 0.5) * width, base + first * width, base + (last + 1) * width)
    return (today, high, low, middle, width, *bins), (values if control >= 0 else (NAN, NAN, NAN))


KIND: Final = Kind(
    name="volume_profile",
    step=volume_profile,
    state=5 + BINS,
    parameters=(),
    columns=("session_poc", "session_value_low", "session_value_high"),
    warm_up=lambda: (None,) * 3,
    lookback=lambda: 0,
    examples=((),),
)
