"""Ticks to bars: the kernel that checks each tick, closes the bars whose interval is over and updates the forming ones.

All jitted functions of this kernel stand in this one file, and no constant of another file is frozen into them: numba's cache looks
at the age of the file with the outer function alone.
"""

# numba infers the types of a kernel: ints, floats, records and arrays.
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

from numba import njit

jit = njit(cache=True, nogil=True, error_model="numpy")
inline = njit(nogil=True, error_model="numpy")

KERNEL_VERSION = 2
"""Goes up when the same ticks give other bars."""

MAX_PRICE = 1e9
FUTURE_MS = 60_000
JUMP = 0.5
AGREE = 0.1
OPENING_MS = 60_000
YEAR = 252
N, M1, M5, M15, H1, D1, W1 = 6, 0, 1, 2, 3, 4, 5
APPLIED, REORDERED, OUTSIDE, LATE, DUPLICATE, ABSURD, PRICE, SIZE, TIME, FUTURE, UNKNOWN, SOURCE, HEARTBEAT = range(13)


@inline
def _locate(s, bounds, sessions, ts):
    """Makes ``s`` carry the session that holds ``ts``; False when the exchange is closed then."""
    if s.session_open <= ts < s.session_close:
        return True
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
    s.week_open, s.week_close = found.week_open, found.week_close
    return True


@inline
def _interval(s, k, ts):
    """Start and end of the bar of timeframe ``k`` that ``ts`` belongs to, within the session that ``s`` carries."""
    if k == W1:
        return s.week_open, s.week_close
    if k == D1:
        return s.session_open, s.session_close
    length = 60_000 if k == M1 else 300_000 if k == M5 else 900_000 if k == M15 else 3_600_000
    start = s.session_open + (ts - s.session_open) // length * length
    if start >= s.session_close:  # exactly at the close: the last bar's
        start -= length
    return start, min(start + length, s.session_close)


@inline
def _note(r, k, s, g, x, ts_init, glimpse, seen_at):
    """Writes the forming bar down as it stands."""
    x.row, x.timeframe, x.at, x.number, x.open_at, x.close_at, x.session = r, k, g.n, g.number, g.open_at, g.close_at, g.session
    x.open, x.high, x.low, x.close, x.volume = g.open, g.high, g.low, g.close, g.volume
    x.high_52w, x.low_52w = (s.high_52w, s.low_52w) if k < W1 else (math.nan, math.nan)
    x.ts_init, x.source, x.replayed, x.glimpse, x.seen_at = ts_init, s.source, s.replayed, glimpse, seen_at


@inline
def _close(r, k, s, g, windows, closed, m, ts_init):
    """Moves the forming bar into the window and notes it as closed."""
    n = g.n
    windows.open[r, k, n], windows.high[r, k, n], windows.low[r, k, n] = g.open, g.high, g.low
    windows.close[r, k, n], windows.volume[r, k, n] = g.close, g.volume
    windows.session[r, k, n], windows.ts_close[r, k, n] = g.session, g.close_at
    _note(r, k, s, g, closed[m], ts_init, 0, g.close_at)
    windows.year_high[r, k, n], windows.year_low[r, k, n] = closed[m].high_52w, closed[m].low_52w
    g.active, g.n, g.number, g.last_end = 0, n + 1, g.number + 1, g.close_at
    if k == D1:
        s.prev_close = s.day_close
        s.day, s.day_open, s.day_high, s.day_low = g.session, g.open, g.high, g.low
        s.day_close, s.day_volume = g.close, g.volume
        high, low = -math.inf, math.inf
        for i in range(max(0, n + 1 - YEAR), n + 1):
            high, low = max(high, windows.high[r, k, i]), min(low, windows.low[r, k, i])
        s.year_high, s.year_low = high, low
        if n + 1 >= YEAR:
            s.high_52w, s.low_52w = high, low


@inline
def _close_all(r, s, forming, ts, at_close, windows, closed, m, ts_init):
    """Closes the bars of a row that are over at ``ts``, finest first; a minute's close notes the coarser ones as they stand."""
    for k in range(N):
        g = forming[r, k]
        if g.active == 1 and (ts > g.close_at or (ts == g.close_at and not at_close)):
            if k == M1:
                for coarse in range(M15, W1):
                    c = forming[r, coarse]
                    if c.active == 1 and c.close_at > g.close_at:
                        _note(r, coarse, s, c, closed[m], ts_init, 1, g.close_at)
                        m += 1
            _close(r, k, s, g, windows, closed, m, ts_init)
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
        # Known from an earlier session, or seen from the start of this one; otherwise nobody knows whose the volume so far was.
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
def _quote(s, ts, price, source, replayed, ts_init):
    if ts >= s.quote_ts:
        s.quote_price, s.quote_ts, s.quote_ts_init = price, ts, ts_init
        s.quote_source, s.quote_replayed = source, replayed


@inline
def _update(s, forming, r, finest, ts, price, volume, in_order):
    """Opens or moves the forming bars from ``finest`` up."""
    for k in range(finest, N):
        start, end = _interval(s, k, ts)
        g = forming[r, k]
        if g.active == 0:
            if end > g.last_end:
                g.active, g.open_at, g.close_at, g.session = 1, start, end, s.session
                g.open, g.high, g.low, g.close, g.volume = price, price, price, price, volume
        elif ts >= g.open_at:
            g.high, g.low, g.volume = max(g.high, price), min(g.low, price), g.volume + volume
            if in_order:
                g.close = price
            g.session = s.session


@inline
def _apply(r, s, ts, price, size, day_volume, source, replayed, finest, ts_init, forming, bounds, sessions, windows, closed, m):
    """Closes what a believed tick ends, moves what it belongs to. Returns what became of it, and the bars closed so far."""
    inside = _locate(s, bounds, sessions, ts)
    at_close = inside and ts == s.session_close
    m = _close_all(r, s, forming, ts, at_close, windows, closed, m, ts_init)
    if not inside:
        _quote(s, ts, price, source, replayed, ts_init)
        return OUTSIDE, m
    start, end = _interval(s, finest, ts)
    g = forming[r, finest]
    if end <= g.last_end or (g.active == 1 and start < g.open_at):
        if s.fresh == 1:
            _volume(s, ts, size, day_volume)
            s.last_ts = max(s.last_ts, ts)
            _quote(s, ts, price, source, replayed, ts_init)
        return LATE, m
    in_order = ts >= s.last_ts
    volume = _volume(s, ts, size, day_volume)
    _update(s, forming, r, finest, ts, price, volume, in_order)
    s.last_ts, s.fresh, s.source, s.replayed = max(s.last_ts, ts), 0, source, replayed
    _quote(s, ts, price, source, replayed, ts_init)
    return (APPLIED if in_order else REORDERED), m


@inline
def _flaw(row, source, price, size, day_volume, ts, ts_init):
    """Why a tick cannot be used at all, or -1."""
    if row < 0:
        return UNKNOWN
    if source < 0:
        return SOURCE
    if not 0.0 < price <= MAX_PRICE:  # NaN too
        return PRICE
    if not 0.0 <= size < math.inf or day_volume < 0.0 or day_volume == math.inf:
        return SIZE
    if ts <= 0:
        return TIME
    return FUTURE if ts > ts_init + FUTURE_MS else -1


@inline
def _same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


@inline
def _repeated(s, last_seq, row, source, seq, ts, price, size, day_volume):
    """Whether this tick was seen before; remembers it if not."""
    if seq > 0:
        if seq <= last_seq[row, source]:
            return True
        last_seq[row, source] = seq
    elif ts == s.seen_ts and price == s.seen_price and size == s.seen_size and _same(day_volume, s.seen_day_volume):
        return True
    s.seen_ts, s.seen_price, s.seen_size, s.seen_day_volume = ts, price, size, day_volume
    return False


@inline
def _hold(s, ts, price, size, day_volume, source, replayed, finest):
    s.held, s.held_price, s.held_size, s.held_day_volume = 1, price, size, day_volume
    s.held_ts, s.held_source, s.held_replayed, s.held_finest = ts, source, replayed, finest


@inline
def _beat(b, symbols, forming, windows, closed, m):
    """Closes the exchange's bars that are over. Returns what became of the beat, the bars closed so far, the fullest window."""
    fullest = 0
    if b.exchange < 0:
        return UNKNOWN, m, fullest
    if b.ts_event > b.ts_init + FUTURE_MS:
        return FUTURE, m, fullest
    for r in range(symbols.shape[0]):
        s = symbols[r]
        if s.exchange != b.exchange:
            continue
        m = _close_all(r, s, forming, b.ts_event, False, windows, closed, m, b.ts_init)
        for k in range(N):
            fullest = max(fullest, forming[r, k].n)
    return HEARTBEAT, m, fullest


@inline
def _release(r, s, price, ts_init, forming, bounds, sessions, windows, closed, m):
    """Decides on the held tick now that another price is there. Returns what became of it, and the bars closed so far."""
    s.held = 0
    if abs(price / s.held_price - 1.0) > AGREE:
        return ABSURD, m
    return _apply(
        r, s, s.held_ts, s.held_price, s.held_size, s.held_day_volume, s.held_source, s.held_replayed, s.held_finest, ts_init,
        forming, bounds, sessions, windows, closed, m,
    )  # fmt: skip


@jit
def run(ticks, beats, i, j, symbols, forming, last_seq, bounds, sessions, windows, closed, counts, touched):
    """Applies ticks from number ``i`` and heartbeats from number ``j`` until all are done or the output is full.

    ticks: as in ``batch.Columns``, each of shape (ticks,); windows: as in ``state.Windows``, each of shape (symbols, timeframes,
    WINDOW); closed: dtype CLOSED, with room for two bars a timeframe and six glimpses of every symbol; counts: one a reason;
    touched: one a symbol.

    Returns (next tick, next heartbeat, bars closed, 1 when a window is about to be full).
    """
    m, full, room = 0, 0, max(2, symbols.shape[0]) * (N + 3)
    count, limit = ticks.row.shape[0], windows.close.shape[2] - 3
    while (i < count or j < beats.shape[0]) and full == 0 and m + room <= closed.shape[0]:
        if j < beats.shape[0] and beats[j].at <= i:
            outcome, m, fullest = _beat(beats[j], symbols, forming, windows, closed, m)
            counts[outcome] += 1
            full = 1 if fullest >= limit else 0
            j += 1
            continue
        r, price, size, day_volume = ticks.row[i], ticks.price[i], ticks.size[i], ticks.day_volume[i]
        ts, ts_init, seq = ticks.ts_event[i], ticks.ts_init[i], ticks.seq[i]
        source, replayed, finest = ticks.source[i], ticks.replayed[i], ticks.finest[i]
        i += 1
        flaw = _flaw(r, source, price, size, day_volume, ts, ts_init)
        if flaw >= 0:
            counts[flaw] += 1
            continue
        s = symbols[r]
        if _repeated(s, last_seq, r, source, seq, ts, price, size, day_volume):
            counts[DUPLICATE] += 1
            continue
        confirmed = False
        if s.held == 1:
            outcome, m = _release(r, s, price, ts_init, forming, bounds, sessions, windows, closed, m)
            counts[outcome] += 1
            confirmed = outcome != ABSURD
        if not confirmed and s.quote_price > 0.0 and abs(price / s.quote_price - 1.0) > JUMP:
            _hold(s, ts, price, size, day_volume, source, replayed, finest)
            continue
        outcome, m = _apply(r, s, ts, price, size, day_volume, source, replayed, finest, ts_init,
                            forming, bounds, sessions, windows, closed, m)  # fmt: skip
        counts[outcome] += 1
        touched[r] = True
        for k in range(N):
            full = 1 if forming[r, k].n >= limit else full
    return i, j, m, full
