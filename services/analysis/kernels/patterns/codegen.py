"""Writes the loops over bars: the text of a Python module, made from the table of families.

Generated for the same reasons as ``domain/loops.py``: the module's name holds a hash of all its sources, since numba looks at the
age of the outermost file alone. Both functions start again where their output was full:

- ``history(high, low, close, volume, time, start, swing, pivots, alive, draft, events) -> (next bar, events)``: one series from bar
  ``start`` on; the arrays are of shape (bars,). ``swing``: (1,) of SWING; ``pivots``: (PIVOTS,); ``alive``: (ACTIVE,) of PATTERN;
  ``draft``: (1,) of PATTERN, scratch; ``events``: (room,) of PATTERN, room >= MOST_EVENTS.
- ``close_bars(windows, rows, frames, at, times, places, start, swings, pivots, alive, draft, events, whose) -> (next bar,
  events)``: many closed bars in their order, as ``domain/loops.py`` has them; ``places[frames[i]]`` is the place of that timeframe
  in ``swings`` (symbols, places), ``pivots`` and ``alive``, -1 where none is kept. ``whose[j]`` is the bar of event j.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.patterns.table import FAMILIES, PATTERNS

HEAD: Final = """import numpy as np
from numba import njit

from services.analysis.kernels.patterns.layout import MOST_EVENTS, PIVOTS
from services.analysis.kernels.patterns.life import age, take
from services.analysis.kernels.patterns.table import FAMILIES
from services.analysis.kernels.patterns.zigzag import swing

jit = njit(cache=True, nogil=True, error_model='numpy', _nrt=False)
inlined = njit(error_model='numpy', _nrt=False, forceinline=True)
"""

DETECT: Final = """

@jit
def detect(pivots, have, atr, n, alive, draft, events, m):
    x = draft[0]
{calls}    return m
"""

CALL: Final = """    if find{i}(pivots, have, atr, x, {code}):
        m = take(alive, draft[0], n, families, ranks, events, m)
"""

REST: Final = """

@inlined
def bar(w, pivots, alive, draft, high, low, close, volume, t, time, events, m):
    if swing(w, pivots, high, low, close, time) != 0:
        m = detect(pivots, min(w.pivots, PIVOTS), w.atr, w.n, alive, draft, events, m)
    m = age(w.n, alive, high, low, close, volume, t, ranks, events, m)
    w.close = close
    w.n += 1
    return m


@jit
def history(high, low, close, volume, time, start, swings, pivots, alive, draft, events):
    w, m, room = swings[0], 0, events.shape[0] - MOST_EVENTS
    for t in range(start, close.shape[0]):
        if m > room:
            return t, m
        m = bar(w, pivots, alive, draft, high[t], low[t], close[t], volume, t, time[t], events, m)
    return close.shape[0], m


@jit
def close_bars(windows, rows, frames, at, times, places, start, swings, pivots, alive, draft, events, whose):
    m, room = 0, events.shape[0] - MOST_EVENTS
    for i in range(start, rows.shape[0]):
        r = rows[i]; k = frames[i]; t = at[i]; p = places[k]
        if p < 0:
            continue
        if m > room:
            return i, m
        before = m
        high = windows.high[r, k, t]; low = windows.low[r, k, t]; close = windows.close[r, k, t]
        m = bar(swings[r, p], pivots[r, p], alive[r, p], draft, high, low, close, windows.volume[r, k], t, times[i], events, m)
        for j in range(before, m):
            whose[j] = i
    return rows.shape[0], m
"""


def source() -> str:
    """The text of the module."""
    kinds = list(dict.fromkeys(pattern.family for pattern in PATTERNS))
    codes, calls, finders = 0, [], []
    for i, family in enumerate(FAMILIES):
        finders.append(f"find{i} = FAMILIES[{i}].find\n")
        calls.append(CALL.format(i=i, code=codes))
        codes += len(family.patterns)
    tables = (
        f"families = np.array({[kinds.index(pattern.family) for pattern in PATTERNS]})\n"
        f"ranks = np.array({[pattern.rank for pattern in PATTERNS]})\n"
    )
    return HEAD + "".join(finders) + tables + DETECT.format(calls="".join(calls)) + REST
