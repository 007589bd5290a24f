"""Operations over the past of an expression, one bar at a time: the newest value in, the result out, and a state between.

The state of an operation (its slot) is the window of the newest values, oldest first; nothing is summed from bar to bar. So a
result depends on the values in the window alone, whenever the series began. Only ``ema`` and ``bars_since`` look back further. A
slot starts as NaN throughout: bars before the first are unknown.

A value that is no finite number is unknown. ``held``, ``within``, ``rising`` and ``falling`` combine the bars of the window by
Kleene's ``and`` and ``or``; every other result is unknown if a value of the window is.
"""

# numba infers the types: codes and n are integers, slots and windows arrays of floats.
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Final

from services.analysis.kernels.conditions.stack_machine import GT, LT, compared, kleene_and, kleene_or, plain, value
from services.analysis.kernels.indicators.kind import NAN, SAME
from services.analysis.kernels.indicators.percent_rank import share_up_to

PAST: Final = (
    "lag", "change", "change_pct", "percent_rank", "rising", "falling",
    "held", "within", "highest", "lowest", "sum", "sma", "stdev", "count",
    "ema", "bars_since",
)  # fmt: skip
"""The index of an operation is its code."""
LAG, CHANGE, CHANGE_PCT, PERCENT_RANK, RISING, FALLING, HELD, WITHIN, HIGHEST, LOWEST, SUM, SMA, STDEV = range(13)
COUNT, EMA, BARS_SINCE = range(13, len(PAST))

_MORE: Final = MappingProxyType(dict.fromkeys(PAST[:HELD], 1))


def slot_width(name: str, n: int) -> int:
    """Floats of state of an operation over n bars: the window with the current bar; for ``lag``, changes and ranks n bars before it
    too.

    >>> slot_width("highest", 20), slot_width("lag", 20), slot_width("ema", 20)
    (20, 21, 2)
    """
    return {"ema": 2, "bars_since": 1}.get(name) or n + _MORE.get(name, 0)


@plain
def folded(code, window):
    """A truth over all bars of a window."""
    found = 0.0 if code == WITHIN else 1.0
    if code == WITHIN:
        for x in window:
            found = kleene_or(found, x)
    elif code == HELD:
        for x in window:
            found = kleene_and(found, x)
    else:
        sign = GT if code == RISING else LT
        for i in range(1, window.shape[0]):
            found = kleene_and(found, compared(sign, window[i], window[i - 1]))
    return found


@plain
def extreme(code, window):
    """The highest or lowest value of a window."""
    found = window[0]
    for x in window:
        if (x > found if code == HIGHEST else x < found) or x != x:
            found = x
        if found != found:
            return NAN
    return found


@plain
def deviation(window):
    """The standard deviation of a window (of the whole population); 0 for equal values."""
    n, total, squares = window.shape[0], 0.0, 0.0
    for x in window:
        total += x
    mean = total / n
    for x in window:
        squares += (x - mean) * (x - mean)
    found = math.sqrt(squares / n)
    return 0.0 if found <= SAME * abs(mean) else found


@plain
def over(code, window):
    """The result of an operation over a window (bars,), oldest first."""
    first, last = window[0], window[window.shape[0] - 1]
    if code == LAG:
        return first
    if code == CHANGE:
        return last - first
    if code == CHANGE_PCT:
        return 100.0 * (last / first - 1.0) if first > 0.0 else NAN
    if code == PERCENT_RANK:
        return 100.0 * share_up_to(window, window.shape[0] - 1, window.shape[0] - 1)
    if HIGHEST <= code <= LOWEST:
        return extreme(code, window)
    if code == STDEV:
        return deviation(window)
    if RISING <= code <= WITHIN:
        return folded(code, window)
    total = 0.0
    for x in window:
        total += x
    return total / window.shape[0] if code == SMA else total


@plain
def following(code, n, x, slot, commit):
    """The result at a bar with the value ``x``; only ``commit`` advances the state."""
    x = x if x * 0.0 == 0.0 else NAN
    if code == BARS_SINCE:
        found = 0.0 if x == 1.0 else slot[0] + 1.0 + x  # unknown stays unknown
        if commit:
            slot[0] = found
        return found
    if code == EMA:  # slot: known values so far, at most n; their sum, then the average
        seen, kept = (slot[0] + 1.0, slot[1]) if slot[0] > 0.0 else (1.0, 0.0)
        moved = kept * ((n - 1.0) / (n + 1.0)) + x * (2.0 / (n + 1.0))
        kept = moved if seen > n else (kept + x) / (n if seen == n else 1.0)
        if commit:
            slot[0], slot[1] = (0.0, 0.0) if kept != kept else (min(seen, n), kept)
        return kept if seen >= n else NAN
    last = slot.shape[0] - 1
    slot[last] = x
    found = over(code, slot)
    if commit:
        for i in range(last):
            slot[i] = slot[i + 1]
    slot[last] = NAN
    return found


@plain
def derive(programs, table, current_values, previous_values, stack, slots, commit):
    """Evaluates derived series at one bar, in the order of ``table`` (derived, 6), and writes their values into ``current_values``.

    A row of ``table``: code in ``PAST``, n, number of the program of the operand, place of the value in ``current_values``, first
    and last place of the slot in ``slots``. Only ``commit`` advances the slots by this bar.
    """
    codes, numbers, starts = programs
    for j in range(table.shape[0]):
        number = table[j, 2]
        x = value(codes, numbers, starts[number], starts[number + 1], current_values, previous_values, stack)
        current_values[table[j, 3]] = following(table[j, 0], table[j, 1], x, slots[table[j, 4] : table[j, 5]], commit)


@plain
def derive_series(code, n, operand, slot, out):
    """Evaluates one derived series over a whole series: ``operand`` and ``out`` (bars,). Leaves ``slot`` as live would."""
    for t in range(out.shape[0]):
        out[t] = following(code, n, operand[t], slot, True)
