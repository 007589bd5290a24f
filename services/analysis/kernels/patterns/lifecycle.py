"""The states of a pattern: forming, then confirmed or failed; confirmed, then target or failed. Each is reported once, at a close.

- **Forming**: its last pivot is known and no close has broken out. A draft of a family replaces forming ones of that family with
  which it shares a pivot (they fail as ``absorbed``); if a confirmed one of the family shares a pivot, or a forming
  one of the same kind is better, the draft is dropped. If there is no room, it replaces the oldest forming pattern of the lowest
  rank (``displaced``).
- **Confirmed**: the first close beyond its line by the margin. Of several that overlap in time and break out in one direction
  only the one of the highest rank is confirmed; the others, and later ones, fail as ``absorbed``. A
  lower rank waits while the line of a higher one is nearer than ``REACH`` margins; it does not expire while it waits. Shapes are
  compared with shapes, trend lines with shapes and trend lines, harmonic patterns with each other; a divergence with none.
- **Failed**: a close beyond the stop (``invalidated``), or as many bars as the pattern is long, 20 to 200, without breakout or
  target (``expired``). If a bar does both, the stop counts.
- **Target**: a high (of a break downwards: a low) at or beyond the target.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

from services.analysis.kernels.patterns.compiled import inlined, jit
from services.analysis.kernels.patterns.geometry import LONGEST, SHORTEST
from services.analysis.kernels.patterns.layout import (
    ABSORBED,
    ACTIVE,
    CONFIRMED,
    DISPLACED,
    EXPIRED,
    FAILED,
    FORMING,
    FREE,
    INVALIDATED,
    NO_REASON,
    TARGET,
)

FAMILY, RANK, FIRST, END, COVERS = range(5)
"""Columns of ``traits`` (patterns, 5): the number of the family, the rank, and the places of the pattern's group."""
VOLUMES = 20
FAR = 1e9
"""Lines that meet after more bars count as parallel; a larger number, or NaN, is not converted to an integer."""
REACH = 2.0
HORIZON = 16
"""Bars for which the outlook is computed."""


@inlined
def max_wait_bars(x):
    """The number of bars that the pattern waits."""
    return min(max(x.length, SHORTEST), LONGEST)


@jit
def report(alive, i, status, reason, n, events, m):
    """Sets the status of a pattern and writes the event; frees the place of a finished one. Returns the number of events."""
    x = alive[i]
    x.status, x.reason, x.at = status, reason, n
    events[m] = alive[i]
    if status in (FAILED, TARGET):
        x.status = FREE
    return m + 1


@inlined
def overlap(x, y):
    """Whether two patterns overlap in time."""
    return x.first < y.first + y.length and y.first < x.first + x.length


@jit
def accept(alive, x, n, traits, events, m):
    """Makes a draft a forming pattern, unless an active one covers it. Returns the number of events."""
    first, end, family, own = traits[x.kind, FIRST], traits[x.kind, END], traits[x.kind, FAMILY], traits[x.kind, RANK]
    for i in range(first, end):
        y = alive[i]
        if y.status == FREE or traits[y.kind, FAMILY] != family or not overlap(x, y):
            continue
        if y.status == CONFIRMED or (y.kind == x.kind and y.quality > x.quality and y.corners >= x.corners):
            return m
    place, rank, oldest = -1, 0, n
    for i in range(first, end):
        y = alive[i]
        if y.status == FORMING and traits[y.kind, FAMILY] == family and overlap(x, y):
            m = report(alive, i, FAILED, ABSORBED, n, events, m)
        if y.status == FREE:
            place = i
    if place < 0:
        for i in range(first, end):
            y = alive[i]
            if y.status == FORMING and (traits[y.kind, RANK] > rank or (traits[y.kind, RANK] == rank and y.formed < oldest)):
                place, rank, oldest = i, traits[y.kind, RANK], y.formed
        if place < 0 or rank < own:
            return m
        m = report(alive, place, FAILED, DISPLACED, n, events, m)
    x.formed, x.until = n, n + max_wait_bars(x)
    u, d = x.upper_slope, x.lower_slope
    if x.direction == 0 and u < d:
        meet = (x.upper - x.lower) / (d - u)
        x.until = min(x.until, x.first + int(meet)) if abs(meet) < FAR else x.until
    alive[place] = x
    return report(alive, place, FORMING, NO_REASON, n, events, m)


@jit
def volume_ratio(volume, t):
    """The volume at ``t`` over the mean of the ``VOLUMES`` before; NaN if there are fewer, or their volume is 0."""
    if t < VOLUMES:
        return math.nan
    total = 0.0
    for i in range(t - VOLUMES, t):
        total += volume[i]
    return volume[t] * VOLUMES / total if total > 0.0 else math.nan


@jit
def confirm(alive, i, direction, n, volume, t, traits, events, m):
    """Pattern i broke out in ``direction`` (+1 up, -1 down): confirms it, or fails it as absorbed by one that covers the same move.

    Returns the number of events.
    """
    x = alive[i]
    for j in range(traits[x.kind, COVERS], traits[x.kind, END]):
        y = alive[j]
        if j != i and y.status == CONFIRMED and y.direction == direction and overlap(x, y):
            return report(alive, i, FAILED, ABSORBED, n, events, m)
    since = n - x.first
    upper, lower = x.upper + x.upper_slope * since, x.lower + x.lower_slope * since
    x.level, other = (upper, lower) if direction > 0 else (lower, upper)
    x.stop = other if math.isnan(x.stop) else x.stop
    x.target = x.level + direction * x.height
    x.direction, x.until, x.volume_ratio = direction, n + max_wait_bars(x), volume_ratio(volume, t)
    return report(alive, i, CONFIRMED, NO_REASON, n, events, m)


@inlined
def breakout_direction(x, n, close):
    """+1 or -1 if the close is beyond a line through which the pattern can break out, else 0."""
    since = n - x.first
    if x.direction >= 0 and close > x.upper + x.upper_slope * since + x.margin:
        return 1
    if x.direction <= 0 and close < x.lower + x.lower_slope * since - x.margin:
        return -1
    return 0


@jit
def must_wait(alive, i, direction, n, close, traits):
    """Whether pattern i, which has broken out, waits for one of higher rank whose line is near."""
    x = alive[i]
    for j in range(traits[x.kind, COVERS], traits[x.kind, END]):
        y = alive[j]
        if y.status == FORMING and traits[y.kind, RANK] < traits[x.kind, RANK] and y.direction * direction >= 0 and overlap(x, y):
            since = n - y.first
            line = y.upper + y.upper_slope * since if direction > 0 else y.lower + y.lower_slope * since
            if direction * (line - close) <= REACH * y.margin:
                return True
    return False


@jit
def in_use(alive):
    """The places in use, as bits."""
    found = 0
    for i in range(ACTIVE):
        found |= (1 if alive[i].status != FREE else 0) << i
    return found


@inlined
def nothing_happens(w, high, low, close):
    """Whether no active pattern can change its status at the current bar."""
    return w.n < w.quiet and high < w.ceiling and low > w.floor and close < w.ceiling and close > w.floor


@jit
def outlook(w, alive):
    """Sets up to which bar, and between which prices, nothing happens to the active patterns after the current bar.

    Most bars change no pattern, and then only these bounds are read. They are exact: a line is bounded by its ends. An unknown
    price (NaN) is always the second argument of ``min`` and ``max``, which then give the first.
    """
    floor, ceiling, last = -math.inf, math.inf, w.n + HORIZON
    quiet, busy, i = last + 1, w.busy, -1
    while busy != 0:
        i, here, busy = i + 1, busy & 1, busy >> 1
        if here == 0:
            continue
        x = alive[i]
        quiet = min(quiet, x.until)
        if x.status == FORMING:
            start, end = w.n + 1 - x.first, last - x.first
            if x.direction >= 0:
                ceiling = min(ceiling, x.upper + x.upper_slope * start + x.margin)
                ceiling = min(ceiling, x.upper + x.upper_slope * end + x.margin)
            if x.direction <= 0:
                floor = max(floor, x.lower + x.lower_slope * start - x.margin)
                floor = max(floor, x.lower + x.lower_slope * end - x.margin)
        goal = x.target if x.status == CONFIRMED else math.nan
        if x.direction > 0:
            floor, ceiling = max(floor, x.stop), min(ceiling, goal)
        elif x.direction < 0:
            floor, ceiling = max(floor, goal), min(ceiling, x.stop)
    w.floor, w.ceiling, w.quiet = floor, ceiling, quiet


@inlined
def age(busy, n, alive, high, low, close, volume, t, traits, events, m):
    """Advances all patterns by a closed bar, number ``n``, at ``t``; ``busy``: their places. Returns the number of events."""
    broke, i = False, -1
    while busy != 0:
        i, here, busy = i + 1, busy & 1, busy >> 1
        if here == 0:
            continue
        x = alive[i]
        if x.status == FORMING and breakout_direction(x, n, close) != 0:
            broke = True
        elif (x.direction > 0 and close < x.stop) or (x.direction < 0 and close > x.stop):
            m = report(alive, i, FAILED, INVALIDATED, n, events, m)
        elif x.status == CONFIRMED and ((x.direction > 0 and high >= x.target) or (x.direction < 0 and low <= x.target)):
            m = report(alive, i, TARGET, NO_REASON, n, events, m)
        elif n >= x.until:
            m = report(alive, i, FAILED, EXPIRED, n, events, m)
    return confirm_all(n, alive, close, volume, t, traits, events, m) if broke else m


@jit
def confirm_all(n, alive, close, volume, t, traits, events, m):
    """Confirms the patterns that have broken out, from the highest rank on. Returns the number of events."""
    broke = True
    while broke:
        best, broke = -1, False
        for i in range(ACTIVE):
            x = alive[i]
            direction = breakout_direction(x, n, close) if x.status == FORMING else 0
            if direction == 0 or (best >= 0 and traits[x.kind, RANK] >= traits[alive[best].kind, RANK]):
                continue
            if not must_wait(alive, i, direction, n, close, traits):
                best, broke = i, True
        if broke:
            m = confirm(alive, best, breakout_direction(alive[best], n, close), n, volume, t, traits, events, m)
    return m
