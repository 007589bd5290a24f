"""Generates the loops over bars: the text of a Python module, from the table of families.

Generated for the same reasons as ``kernels/codegen.py``: the module's name contains a hash of all its sources, since numba checks
the age of the outermost file alone. ``signatures.py`` describes the functions.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.patterns.table import FAMILIES, PATTERNS

HEAD: Final = """import numpy as np
from numba import njit

from services.analysis.kernels.indicators.kind import INTERNAL
from services.analysis.kernels.patterns.layout import MOST_EVENTS, PIVOTS
from services.analysis.kernels.patterns.lifecycle import accept, age, in_use, nothing_happens, outlook
from services.analysis.kernels.patterns.table import FAMILIES
from services.analysis.kernels.patterns.zigzag import swing

jit = njit(cache=True, nogil=True, error_model='numpy', _nrt=False)
inlined = njit(error_model='numpy', _nrt=False, forceinline=True, **INTERNAL)
"""

DETECT: Final = """

@njit(cache=True, nogil=True, error_model='numpy', _nrt=False, **INTERNAL)
def detect(pivots, pivot_count, atr, n, alive, draft, events, m):
    x = draft[0]
{calls}    return m
"""

CALL: Final = """    if find{i}(pivots, pivot_count, atr, x, {code}):
        m = accept(alive, x, n, traits, events, m)
"""

REST: Final = """

@inlined
def bar(w, pivots, alive, draft, high, low, close, volume, t, time, measures, events, m):
    if swing(w, pivots, high, low, close, volume[t], time, measures) != 0:
        m = detect(pivots, min(w.pivots, PIVOTS), w.atr, w.n, alive, draft, events, m)
        w.busy = in_use(alive); w.quiet = 0
    if w.busy != 0 and not nothing_happens(w, high, low, close):
        before = m
        m = age(w.busy, w.n, alive, high, low, close, volume, t, traits, events, m)
        if m != before:
            w.busy = in_use(alive)
        outlook(w, alive)
    w.close = close
    w.n += 1
    return m


@jit
def history(prices, start, memory, found):
    w, m, room = memory.swings[0], np.int64(0), found.events.shape[0] - MOST_EVENTS  # a literal 0: bar compiled twice
    high, low, close, volume, time = prices.high, prices.low, prices.close, prices.volume, prices.time
    rsi, macd, obv = prices.rsi, prices.macd, prices.obv
    for t in range(start, close.shape[0]):
        if m > room:
            return t, m
        before = m
        measures = (rsi[t], macd[t], obv[t])
        m = bar(
            w, memory.pivots, memory.alive, found.draft, high[t], low[t], close[t], volume, t, time[t], measures, found.events, m
        )
        for j in range(before, m):
            found.bar[j] = t
    return close.shape[0], m


@jit
def advance_closed_bars(windows, places, times, kept, measured, start, memory, found):
    m, room = np.int64(0), found.events.shape[0] - MOST_EVENTS
    for i in range(start, places.row.shape[0]):
        r = places.row[i]; k = places.timeframe[i]; t = places.at[i]; p = kept[k]
        if p < 0:
            continue
        if m > room:
            return i, m
        before = m
        high = windows.high[r, k, t]; low = windows.low[r, k, t]; close = windows.close[r, k, t]; volume = windows.volume[r, k]
        w = memory.swings[r, p]; pivots = memory.pivots[r, p]; alive = memory.alive[r, p]
        v = measured.values[measured.rows[i]]; c = measured.columns
        measures = (v[c[0]], v[c[1]], v[c[2]])
        m = bar(w, pivots, alive, found.draft, high, low, close, volume, t, times[i], measures, found.events, m)
        for j in range(before, m):
            found.bar[j] = i
    return places.row.shape[0], m
"""


def module_text() -> str:
    """The text of the module."""
    kinds = list(dict.fromkeys(pattern.family for pattern in PATTERNS))
    codes, calls, finders = 0, [], []
    for i, family in enumerate(FAMILIES):
        finders.append(f"find{i} = FAMILIES[{i}].find\n")
        calls.append(CALL.format(i=i, code=codes))
        codes += len(family.patterns)
    traits = [[kinds.index(each.family), each.rank, each.group.first, each.group.end, each.group.covers] for each in PATTERNS]
    tables = f"traits = np.array({traits})  # the columns of lifecycle.py\n"
    return HEAD + "".join(finders) + tables + DETECT.format(calls="".join(calls)) + REST
