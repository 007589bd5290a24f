"""Ticks to bars: the kernel that checks each tick, closes the bars whose interval is over and updates the forming ones.

All jitted functions of this kernel are in this file, and no constant of another file is frozen into them: numba's cache checks
the age of the file with the outer function alone. ``tick_arrays.py`` describes the arguments.
"""

# numba infers the types of a kernel: ints, floats, records, arrays and tuples of them.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math
from functools import partial
from typing import Any, NamedTuple

from numba import njit

# Without reference counting (_nrt), and inlined: to count and to pass on the many arrays took three quarters of a tick's time.
# Nothing here may allocate.
_compiled: Any = partial(njit, nogil=True, error_model="numpy", _nrt=False)
jit = _compiled(cache=True)
plain = _compiled()
inline = _compiled(forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For functions that only compiled code calls."""

KERNEL_VERSION = 6
"""Goes up when the same ticks give other bars."""

MAX_PRICE = 1e9
FUTURE_MS, OPENING_MS, VETTING_MS, REPORT_MS, SPLIT_AFTER_MS, SMALL_SPLIT_MS = (
    60_000,
    60_000,
    300_000,
    3_600_000,
    3_600_000,
    1_800_000,
)
JUMP, JUMP_LEAST, JUMP_RANGES, AGREE = 0.5, 0.2, 5.0, 0.1
RANGE, SPLIT_RANGE, SPLIT_RANGES, SPLIT_LEAST, MOST_REPORTS = 14, 0.05, 6.0, 1.2, 10
FINEST, YEAR, SPLIT = 0, 252, -1
GOES_ON, FULL, DUE = range(3)
"""Why a run stopped: its input or its output ended; a window is about to be full; pending bars are due before the next event."""
APPLIED, REORDERED, OUTSIDE, LATE, DUPLICATE, ABSURD, PRICE, SIZE, TIME, FUTURE, UNKNOWN, SOURCE, HEARTBEAT = range(13)


class Progress(NamedTuple):
    """How far a run has come."""

    tick: int = 0
    """Number of the next tick."""
    heartbeat: int = 0
    """Number of the next heartbeat."""
    closed: int = 0
    """Bars and snapshots in ``TickOutput.closed``."""
    rejected: int = 0
    """Ticks in ``TickOutput.rejected``."""
    stopped: int = GOES_ON
    """GOES_ON, FULL or DUE."""


class TickValues(NamedTuple):
    """One tick."""

    ts: int
    ts_init: int
    price: float
    size: float
    day_volume: float
    source: int
    replayed: int
    finest: int


@inline
def _locate(s, calendar, ts):
    """Makes ``s`` carry the session that holds ``ts``; False when the exchange is closed then."""
    if s.session_open <= ts < s.session_close:
        return True
    bounds, sessions = calendar.bounds, calendar.sessions
    first = bounds[s.exchange]
    lo, hi = first, bounds[s.exchange + 1]
    while lo < hi:
        mid = (lo + hi) // 2
        if sessions[mid].open <= ts:
            lo = mid + 1
        else:
            hi = mid
    if lo == first or ts > sessions[lo - 1].close:
        return False
    found = sessions[lo - 1]
    s.session, s.session_open, s.session_close = found.date, found.open, found.close
    for p in range(found.period_open.shape[0]):
        s.period_open[p], s.period_close[p] = found.period_open[p], found.period_close[p]
    return True


@inline
def _interval(s, frame, ts):
    """Start and end of the bar of a timeframe (a record of FRAME) that ``ts`` belongs to, within the session that ``s`` carries."""
    if frame.period >= 0:
        return s.period_open[frame.period], s.period_close[frame.period]
    if frame.length == 0:
        return s.session_open, s.session_close
    length = frame.length
    start = s.session_open + (ts - s.session_open) // length * length
    if start >= s.session_close:  # a tick exactly at the close belongs to the last bar
        start -= length
    return start, min(start + length, s.session_close)


@inline
def _snapshot(r, k, s, g, frame, x, ts_init, provisional, known_at):
    """Copies the forming bar ``g`` into ``x`` (dtype CLOSED)."""
    x.row, x.timeframe, x.at, x.number, x.open_at, x.close_at, x.session = r, k, g.n, g.number, g.open_at, g.close_at, g.session
    x.open, x.high, x.low, x.close, x.volume = g.open, g.high, g.low, g.close, g.volume
    x.high_52w, x.low_52w = (s.high_52w, s.low_52w) if frame.period < 0 else (math.nan, math.nan)
    x.ts_init, x.source, x.replayed, x.provisional, x.known_at, x.pending = ts_init, s.source, s.replayed, provisional, known_at, 0


@inline
def _range(r, day, n, s, windows):
    """Sets the mean true range of the newest daily bars (timeframe ``day``), up to place ``n``, and the move that needs no second
    price.
    """
    s.range, s.jump, total = math.nan, JUMP, 0.0
    if n >= RANGE:
        for i in range(n - RANGE + 1, n + 1):
            before = windows.close[r, day, i - 1]
            total += max(windows.high[r, day, i], before) - min(windows.low[r, day, i], before)
        s.range = total / RANGE / windows.close[r, day, n] if windows.close[r, day, n] > 0.0 else math.nan
        s.jump = min(JUMP, max(JUMP_LEAST, JUMP_RANGES * s.range)) if s.range == s.range else JUMP


@inline
def _append(r, k, s, g, frame, x, windows):
    """Moves a closed bar into its window."""
    n = g.n
    x.at, x.number, x.pending = n, g.number, 0
    x.high_52w, x.low_52w = (s.high_52w, s.low_52w) if frame.period < 0 else (math.nan, math.nan)
    windows.open[r, k, n], windows.high[r, k, n], windows.low[r, k, n] = x.open, x.high, x.low
    windows.close[r, k, n], windows.volume[r, k, n] = x.close, x.volume
    windows.session[r, k, n], windows.ts_close[r, k, n] = x.session, x.close_at
    windows.year_high[r, k, n], windows.year_low[r, k, n] = x.high_52w, x.low_52w
    g.n, g.number = n + 1, g.number + 1
    if frame.length == 0 and frame.period < 0:
        s.prev_close = s.day_close
        s.day, s.day_open, s.day_high, s.day_low = x.session, x.open, x.high, x.low
        s.day_close, s.day_volume = x.close, x.volume
        _range(r, k, n, s, windows)
        high, low = -math.inf, math.inf
        for i in range(max(0, n + 1 - YEAR), n + 1):
            high, low = max(high, windows.high[r, k, i]), min(low, windows.low[r, k, i])
        s.year_high, s.year_low = high, low
        if n + 1 >= YEAR:
            s.high_52w, s.low_52w = high, low


@inline
def _close(r, k, s, g, symbols, closed, m, ts_init):
    """Writes the forming bar out as closed and moves it into the window; while a split is suspected it is pending instead."""
    x = closed[m]
    _snapshot(r, k, s, g, symbols.frames[k], x, ts_init, 0, g.close_at)
    g.active, g.last_end = 0, g.close_at
    x.pending = s.split_suspected
    if s.split_suspected == 0:
        _append(r, k, s, g, symbols.frames[k], x, symbols.windows)


@inline
def _close_all(r, s, symbols, ts, at_close, closed, m, ts_init):
    """Closes the bars of a row that are over at ``ts``, finest first; a minute's close also writes snapshots of coarser ones."""
    forming, frames = symbols.forming, symbols.frames
    for k in range(forming.shape[1]):
        g = forming[r, k]
        if g.active == 1 and (ts > g.close_at or (ts == g.close_at and not at_close)):
            if k == FINEST and s.split_suspected == 0:
                for coarse in range(k + 1, forming.shape[1]):
                    c = forming[r, coarse]
                    if frames[coarse].snapshots == 1 and c.active == 1 and c.close_at > g.close_at:
                        _snapshot(r, coarse, s, c, frames[coarse], closed[m], ts_init, 1, g.close_at)
                        m += 1
            _close(r, k, s, g, symbols, closed, m, ts_init)
            m += 1
    return m


@inline
def _volume(s, ts, size, day_volume):
    """What this tick adds to the bars: its own size, or how far the session's volume has moved."""
    if math.isnan(day_volume):
        return size
    if s.session < s.volume_session:
        return 0.0
    if s.session > s.volume_session:
        s.volume_session = s.session
        # Without an earlier session, and after the start of this one, the volume so far belongs to no known bar.
        s.volume_base = 0.0 if s.last_ts > 0 or ts - s.session_open <= OPENING_MS else math.nan
    if math.isnan(s.volume_base):
        s.volume_base = day_volume
        return 0.0
    if day_volume <= s.volume_base:
        return 0.0
    moved = day_volume - s.volume_base
    s.volume_base = day_volume
    return moved


@inline
def _quote(s, t):
    if t.ts >= s.quote_ts:
        s.quote_price, s.quote_by, s.quote_ts, s.quote_ts_init = t.price, 1.0, t.ts, t.ts_init
        s.quote_source, s.quote_replayed = t.source, t.replayed


@inline
def _update(s, forming, frames, r, t, volume, in_order):
    """Opens or updates the forming bars from the tick's finest timeframe up."""
    for k in range(t.finest, forming.shape[1]):
        g = forming[r, k]
        if g.active == 0:
            start, end = _interval(s, frames[k], t.ts)
            if end > g.last_end:
                g.active, g.open_at, g.close_at, g.session = 1, start, end, s.session
                g.open, g.high, g.low, g.close, g.volume = t.price, t.price, t.price, t.price, volume
        elif t.ts >= g.open_at:
            g.high, g.low, g.volume = max(g.high, t.price), min(g.low, t.price), g.volume + volume
            if in_order:
                g.close = t.price
            g.session = s.session


@inline
def _coarser_ended(s, forming, frames, r, t):
    """Whether a coarser bar that a tick belongs to has been closed: a finer one would not be part of it any more."""
    ended = False
    for k in range(t.finest + 1, forming.shape[1]):
        ended = ended or _interval(s, frames[k], t.ts)[1] <= forming[r, k].last_end
    return ended


@plain
def split_ratio(price, before, usual):
    """New shares for an old one, if a session that begins at ``price`` after ``before`` looks like a split; else 0.

    A split is a whole number of shares for one (or one for that many), or one of the common fractions. ``usual``: the usual range.
    """
    up = max(price / before, before / price)
    if not (up >= SPLIT_LEAST and math.log(up) > SPLIT_RANGES * usual):  # NaN too
        return 0.0
    ratio = 0.0
    below = math.floor(up)
    whole = below if up / below - 1.0 < 1.0 - up / (below + 1.0) else below + 1.0
    if whole >= 2.0 and abs(up / whole - 1.0) <= min(0.08, max(0.03, usual)):
        ratio = whole
    else:
        for fraction in (5 / 4, 4 / 3, 7 / 5, 3 / 2, 8 / 5, 5 / 3, 7 / 4, 5 / 2, 7 / 2):
            if abs(up / fraction - 1.0) <= 0.015:
                ratio = fraction
    return ratio if price < before or ratio == 0.0 else 1.0 / ratio


@inline
def _vet(s, ts, price):
    """Checks the first prices of a session. Returns whether the bars from here on are pending, since this may be a split."""
    first, over = s.last_ts < s.session_open, ts - s.session_open > VETTING_MS
    if first:
        s.reference = s.traded * s.traded_by
    if over:
        s.vetted = s.session_open
    if (first or not over) and s.splits == 1:
        ratio = split_ratio(price, s.reference, SPLIT_RANGE if math.isnan(s.range) else s.range)
        if ratio > 0.0:
            s.split_suspected, s.suspected_open, s.suspected_ratio, s.vetted = 1, s.session_open, ratio, s.session_open
            s.suspected_until = ts + SMALL_SPLIT_MS if 0.5 < ratio < 2.0 else s.session_close + SPLIT_AFTER_MS
    return s.split_suspected == 1


@inline
def _report(rejected, q, r, s, reason, t, last):
    """Writes a tick that is not used as it came, or counts it after too many of the symbol's. Returns the next place."""
    if not s.reported_since <= t.ts_init < s.reported_since + REPORT_MS:
        s.reported_since, s.reported = t.ts_init, 0
    if s.reported >= MOST_REPORTS and reason != SPLIT:
        s.unreported += 1
        return q
    x = rejected[q]
    x.row, x.reason, x.ts, x.ts_init, x.price, x.size, x.day_volume = r, reason, t.ts, t.ts_init, t.price, t.size, t.day_volume
    x.last, x.source, x.replayed, x.more = last, t.source, t.replayed, s.unreported
    s.reported, s.unreported = s.reported + 1, 0
    return q + 1


@inline
def _apply(r, s, t, symbols, calendar, out, m, q):
    """Applies an accepted tick: closes the bars that it ends, updates the bars that it belongs to.

    Returns what became of it, and the numbers of bars and rejected ticks so far.
    """
    forming = symbols.forming
    inside = _locate(s, calendar, t.ts)
    at_close = inside and t.ts == s.session_close
    m = _close_all(r, s, symbols, t.ts, at_close, out.closed, m, t.ts_init)
    if not inside:
        _quote(s, t)
        return OUTSIDE, m, q
    start, end = _interval(s, symbols.frames[t.finest], t.ts)
    g = forming[r, t.finest]
    if end <= g.last_end or (start < g.open_at if g.active == 1 else _coarser_ended(s, forming, symbols.frames, r, t)):
        if s.fresh == 1:
            _volume(s, t.ts, t.size, t.day_volume)
            s.last_ts = max(s.last_ts, t.ts)
            _quote(s, t)
        return LATE, m, q
    if s.vetted != s.session_open and s.split_suspected == 0 and _vet(s, t.ts, t.price):
        q = _report(out.rejected, q, r, s, SPLIT, t, s.reference)
    in_order = t.ts >= s.last_ts
    if in_order:
        s.traded, s.traded_by = t.price, 1.0
    volume = _volume(s, t.ts, t.size, t.day_volume)
    _update(s, forming, symbols.frames, r, t, volume, in_order)
    s.last_ts, s.fresh, s.source, s.replayed = max(s.last_ts, t.ts), 0, t.source, t.replayed
    _quote(s, t)
    return (APPLIED if in_order else REORDERED), m, q


@inline
def _flaw(row, t, negative):
    """Why a tick cannot be used at all, or -1."""
    if row < 0:
        return UNKNOWN
    if t.source < 0:
        return SOURCE
    if not (0.0 < t.price <= MAX_PRICE or (negative and -MAX_PRICE <= t.price <= 0.0)):  # NaN too
        return PRICE
    if not 0.0 <= t.size < math.inf or t.day_volume < 0.0 or t.day_volume == math.inf:
        return SIZE
    if t.ts <= 0:
        return TIME
    return FUTURE if t.ts > t.ts_init + FUTURE_MS else -1


@inline
def _distance(s, price, last):
    """How far a price is from the last one, as a fraction of it; near 0 and below, of half the last session's close at least."""
    if s.negative == 0:
        return abs(price / last - 1.0)
    base = abs(last) if math.isnan(s.day_close) else max(abs(last), 0.5 * abs(s.day_close))
    return abs(price - last) / base if base > 0.0 else 0.0


@inline
def _repeated(s, last_seq, row, seq, t):
    """Whether this tick came before; remembers it if not."""
    if seq > 0:
        if seq <= last_seq[row, t.source]:
            return True
        last_seq[row, t.source] = seq
    elif (
        t.ts == s.previous_ts
        and t.price == s.previous_price
        and t.size == s.previous_size
        and (t.day_volume == s.previous_day_volume or (math.isnan(t.day_volume) and math.isnan(s.previous_day_volume)))
    ):
        return True
    s.previous_ts, s.previous_price, s.previous_size, s.previous_day_volume = t.ts, t.price, t.size, t.day_volume
    return False


@inline
def _heartbeat(b, symbols, closed, m):
    """Closes the exchange's bars that are over. Returns what became of it, the number of bars so far, and the fullest window.

    Where pending bars of a symbol are due, it only marks the symbol, and the fullest window is -1.
    """
    records, forming, fullest = symbols.records, symbols.forming, 0
    if b.exchange < 0:
        return UNKNOWN, m, fullest
    if b.ts_event > b.ts_init + FUTURE_MS:
        return FUTURE, m, fullest
    for i in range(records.shape[0]):
        s = records[i]
        if s.split_suspected == 1 and s.exchange == b.exchange and b.ts_event >= s.suspected_until:
            s.split_suspected, fullest = DUE, -1
    for r in range(records.shape[0] if fullest == 0 else 0):
        s = records[r]
        if s.exchange != b.exchange:
            continue
        m = _close_all(r, s, symbols, b.ts_event, False, closed, m, b.ts_init)
        for k in range(forming.shape[1]):
            fullest = max(fullest, forming[r, k].n)
    return HEARTBEAT, m, fullest


@inline
def _settle(r, s, price, ts_init, symbols, calendar, out, m, q):
    """Applies or rejects the unconfirmed tick, now that another price is there; returns as ``_apply``."""
    s.unconfirmed = 0
    t = TickValues(
        s.unconfirmed_ts, ts_init, s.unconfirmed_price, s.unconfirmed_size, s.unconfirmed_day_volume, s.unconfirmed_source,
        s.unconfirmed_replayed, s.unconfirmed_finest,
    )  # fmt: skip
    if _distance(s, price, t.price) > AGREE:
        return ABSURD, m, _report(out.rejected, q, r, s, ABSURD, t, s.quote_price * s.quote_by)
    return _apply(r, s, t, symbols, calendar, out, m, q)


@jit
def append_bars(closed, symbols):
    """Moves bars that were pending (dtype CLOSED), in the order of their closing, into windows that have room."""
    for i in range(closed.shape[0]):
        r, k = closed[i].row, closed[i].timeframe
        _append(r, k, symbols.records[r], symbols.forming[r, k], symbols.frames[k], closed[i], symbols.windows)


@jit
def measure_range(r, day, symbols):
    """Recomputes the daily range of row ``r``; ``day`` is the code of the daily timeframe."""
    _range(r, day, symbols.forming[r, day].n - 1, symbols.records[r], symbols.windows)


@jit
def run(events, start, symbols, calendar, out):
    """Applies the events (TickEvents) from where ``start`` (Progress) stopped until all are done or the output is full.

    Writes ``symbols`` (SymbolArrays) and ``out`` (TickOutput, from its beginning). Returns the Progress.
    """
    ticks, heartbeats, closed, counts = events.ticks, events.heartbeats, out.closed, out.counts
    i, j, m, q, stopped, n = start.tick, start.heartbeat, 0, 0, GOES_ON, symbols.frames.shape[0]
    room = max(2, symbols.records.shape[0]) * 2 * n
    count, limit = ticks.row.shape[0], symbols.windows.close.shape[2] - 3
    while (
        (i < count or j < heartbeats.shape[0])
        and stopped == GOES_ON
        and m + room <= closed.shape[0]
        and q + 3 <= out.rejected.shape[0]
    ):
        if j < heartbeats.shape[0] and heartbeats[j].at <= i:
            outcome, m, fullest = _heartbeat(heartbeats[j], symbols, closed, m)
            if fullest < 0:
                stopped = DUE
                continue
            counts[outcome] += 1
            stopped = FULL if fullest >= limit else GOES_ON
            j += 1
            continue
        r, seq = ticks.row[i], ticks.seq[i]
        t = TickValues(
            ticks.ts_event[i], ticks.ts_init[i], ticks.price[i], ticks.size[i], ticks.day_volume[i], ticks.source[i],
            ticks.replayed[i], ticks.finest[i],
        )  # fmt: skip
        flaw = _flaw(r, t, r >= 0 and symbols.records[r].negative == 1)
        if flaw < 0 and symbols.records[r].split_suspected == 1 and t.ts >= symbols.records[r].suspected_until:
            symbols.records[r].split_suspected = stopped = DUE
            continue
        i += 1
        if flaw >= 0:
            counts[flaw] += 1
            if r >= 0 and t.source >= 0:
                q = _report(out.rejected, q, r, symbols.records[r], flaw, t, math.nan)
            continue
        s = symbols.records[r]
        if _repeated(s, symbols.last_seq, r, seq, t):
            counts[DUPLICATE] += 1
            continue
        confirmed = False
        if s.unconfirmed == 1:
            outcome, m, q = _settle(r, s, t.price, t.ts_init, symbols, calendar, out, m, q)
            counts[outcome] += 1
            confirmed = outcome != ABSURD
        far = s.jump if symbols.frames[t.finest].length > 0 else JUMP
        last = s.quote_price * s.quote_by
        if not confirmed and last == last and _distance(s, t.price, last) > far:  # NaN: there is none
            s.unconfirmed, s.unconfirmed_price, s.unconfirmed_size, s.unconfirmed_day_volume = 1, t.price, t.size, t.day_volume
            s.unconfirmed_ts, s.unconfirmed_source, s.unconfirmed_replayed, s.unconfirmed_finest = (
                t.ts,
                t.source,
                t.replayed,
                t.finest,
            )
            continue
        outcome, m, q = _apply(r, s, t, symbols, calendar, out, m, q)
        counts[outcome] += 1
        out.touched[r] = True
        for k in range(n):
            stopped = FULL if symbols.forming[r, k].n >= limit else stopped
    return Progress(i, j, m, q, stopped)
