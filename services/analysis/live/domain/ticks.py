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

KERNEL_VERSION = 4
"""Goes up when the same ticks give other bars."""

MAX_PRICE = 1e9
FUTURE_MS, OPENING_MS, VETTING_MS, TOLD_MS, SPLIT_AFTER_MS, SMALL_SPLIT_MS = (
    60_000,
    60_000,
    300_000,
    3_600_000,
    3_600_000,
    1_800_000,
)
JUMP, JUMP_LEAST, JUMP_RANGES, AGREE = 0.5, 0.2, 5.0, 0.1
RANGE, SPLIT_RANGE, SPLIT_RANGES, SPLIT_LEAST, TOLD = 14, 0.05, 6.0, 1.2, 10
N, M1, M5, M15, H1, D1, W1, YEAR, SPLIT, DUE = 6, 0, 1, 2, 3, 4, 5, 252, -1, 2
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
    x.ts_init, x.source, x.replayed, x.glimpse, x.seen_at, x.aside = ts_init, s.source, s.replayed, glimpse, seen_at, 0


@inline
def _range(r, n, s, windows):
    """The mean true range of the newest daily bars, of which the last stands at ``n``, and how far a tick may be from the last."""
    s.range, s.jump, total = math.nan, JUMP, 0.0
    if n >= RANGE:
        for i in range(n - RANGE + 1, n + 1):
            before = windows.close[r, D1, i - 1]
            total += max(windows.high[r, D1, i], before) - min(windows.low[r, D1, i], before)
        s.range = total / RANGE / windows.close[r, D1, n] if windows.close[r, D1, n] > 0.0 else math.nan
        s.jump = min(JUMP, max(JUMP_LEAST, JUMP_RANGES * s.range)) if s.range == s.range else JUMP


@inline
def _append(r, k, s, g, x, windows):
    """Moves a closed bar into its window."""
    n = g.n
    x.at, x.number, x.aside = n, g.number, 0
    x.high_52w, x.low_52w = (s.high_52w, s.low_52w) if k < W1 else (math.nan, math.nan)
    windows.open[r, k, n], windows.high[r, k, n], windows.low[r, k, n] = x.open, x.high, x.low
    windows.close[r, k, n], windows.volume[r, k, n] = x.close, x.volume
    windows.session[r, k, n], windows.ts_close[r, k, n] = x.session, x.close_at
    windows.year_high[r, k, n], windows.year_low[r, k, n] = x.high_52w, x.low_52w
    g.n, g.number = n + 1, g.number + 1
    if k == D1:
        s.prev_close = s.day_close
        s.day, s.day_open, s.day_high, s.day_low = x.session, x.open, x.high, x.low
        s.day_close, s.day_volume = x.close, x.volume
        _range(r, n, s, windows)
        high, low = -math.inf, math.inf
        for i in range(max(0, n + 1 - YEAR), n + 1):
            high, low = max(high, windows.high[r, k, i]), min(low, windows.low[r, k, i])
        s.year_high, s.year_low = high, low
        if n + 1 >= YEAR:
            s.high_52w, s.low_52w = high, low


@inline
def _close(r, k, s, g, windows, closed, m, ts_init):
    """Notes the forming bar as closed; it goes into the window, or aside while a split is suspected."""
    x = closed[m]
    _note(r, k, s, g, x, ts_init, 0, g.close_at)
    g.active, g.last_end = 0, g.close_at
    x.aside = s.suspect
    if s.suspect == 0:
        _append(r, k, s, g, x, windows)


@inline
def _close_all(r, s, forming, ts, at_close, windows, closed, m, ts_init):
    """Closes the bars of a row that are over at ``ts``, finest first; a minute's close notes the coarser ones as they stand."""
    for k in range(N):
        g = forming[r, k]
        if g.active == 1 and (ts > g.close_at or (ts == g.close_at and not at_close)):
            if k == M1 and s.suspect == 0:
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
        s.quote_price, s.quote_by, s.quote_ts, s.quote_ts_init = price, 1.0, ts, ts_init
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
    """Looks at the first prices of a session: whether bars are to be set aside from here on."""
    first, over = s.last_ts < s.session_open, ts - s.session_open > VETTING_MS
    if first:
        s.reference = s.traded * s.traded_by
    if over:
        s.vetted = s.session_open
    if (first or not over) and s.splits == 1:
        ratio = split_ratio(price, s.reference, SPLIT_RANGE if math.isnan(s.range) else s.range)
        if ratio > 0.0:
            s.suspect, s.suspect_open, s.suspect_ratio, s.vetted = 1, s.session_open, ratio, s.session_open
            s.suspect_until = ts + SMALL_SPLIT_MS if 0.5 < ratio < 2.0 else s.session_close + SPLIT_AFTER_MS
    return s.suspect == 1


@inline
def _tell(odd, q, r, s, reason, ts, ts_init, price, size, day_volume, last, source, replayed):
    """Notes a tick that is not used as it came, or counts it where enough have been told. Returns the next place."""
    if not s.told_since <= ts_init < s.told_since + TOLD_MS:
        s.told_since, s.told = ts_init, 0
    if s.told >= TOLD and reason != SPLIT:
        s.untold += 1
        return q
    x = odd[q]
    x.row, x.reason, x.ts, x.ts_init, x.price, x.size, x.day_volume = r, reason, ts, ts_init, price, size, day_volume
    x.last, x.source, x.replayed, x.more = last, source, replayed, s.untold
    s.told, s.untold = s.told + 1, 0
    return q + 1


@inline
def _apply(r, s, ts, price, size, day_volume, source, replayed, finest, ts_init,
           forming, bounds, sessions, windows, closed, m, odd, q):  # fmt: skip
    """Closes what a believed tick ends, moves what it belongs to. Returns what became of it, and the bars and ticks told so far."""
    inside = _locate(s, bounds, sessions, ts)
    at_close = inside and ts == s.session_close
    m = _close_all(r, s, forming, ts, at_close, windows, closed, m, ts_init)
    if not inside:
        _quote(s, ts, price, source, replayed, ts_init)
        return OUTSIDE, m, q
    start, end = _interval(s, finest, ts)
    g = forming[r, finest]
    if end <= g.last_end or (g.active == 1 and start < g.open_at):
        if s.fresh == 1:
            _volume(s, ts, size, day_volume)
            s.last_ts = max(s.last_ts, ts)
            _quote(s, ts, price, source, replayed, ts_init)
        return LATE, m, q
    if s.vetted != s.session_open and s.suspect == 0 and _vet(s, ts, price):
        q = _tell(odd, q, r, s, SPLIT, ts, ts_init, price, size, day_volume, s.reference, source, replayed)
    in_order = ts >= s.last_ts
    if in_order:
        s.traded, s.traded_by = price, 1.0
    volume = _volume(s, ts, size, day_volume)
    _update(s, forming, r, finest, ts, price, volume, in_order)
    s.last_ts, s.fresh, s.source, s.replayed = max(s.last_ts, ts), 0, source, replayed
    _quote(s, ts, price, source, replayed, ts_init)
    return (APPLIED if in_order else REORDERED), m, q


@inline
def _flaw(row, source, price, size, day_volume, ts, ts_init, negative):
    """Why a tick cannot be used at all, or -1."""
    if row < 0:
        return UNKNOWN
    if source < 0:
        return SOURCE
    if not (0.0 < price <= MAX_PRICE or (negative and -MAX_PRICE <= price <= 0.0)):  # NaN too
        return PRICE
    if not 0.0 <= size < math.inf or day_volume < 0.0 or day_volume == math.inf:
        return SIZE
    if ts <= 0:
        return TIME
    return FUTURE if ts > ts_init + FUTURE_MS else -1


@inline
def _apart(s, price, last):
    """How far a price is from the last one, as a fraction of it; near 0 and below, of half the last session's close at least."""
    if s.negative == 0:
        return abs(price / last - 1.0)
    base = abs(last) if math.isnan(s.day_close) else max(abs(last), 0.5 * abs(s.day_close))
    return abs(price - last) / base if base > 0.0 else 0.0


@inline
def _repeated(s, last_seq, row, source, seq, ts, price, size, day_volume):
    """Whether this tick was seen before; remembers it if not."""
    if seq > 0:
        if seq <= last_seq[row, source]:
            return True
        last_seq[row, source] = seq
    elif (ts == s.seen_ts and price == s.seen_price and size == s.seen_size
          and (day_volume == s.seen_day_volume or (math.isnan(day_volume) and math.isnan(s.seen_day_volume)))):  # fmt: skip
        return True
    s.seen_ts, s.seen_price, s.seen_size, s.seen_day_volume = ts, price, size, day_volume
    return False


@inline
def _beat(b, symbols, forming, windows, closed, m):
    """Closes the exchange's bars that are over; if it ends the wait of a symbol, only marks it, and the fullest window is -1."""
    fullest = 0
    if b.exchange < 0:
        return UNKNOWN, m, fullest
    if b.ts_event > b.ts_init + FUTURE_MS:
        return FUTURE, m, fullest
    for i in range(symbols.shape[0]):
        s = symbols[i]
        if s.suspect == 1 and s.exchange == b.exchange and b.ts_event >= s.suspect_until:
            s.suspect, fullest = DUE, -1
    for r in range(symbols.shape[0] if fullest == 0 else 0):
        s = symbols[r]
        if s.exchange != b.exchange:
            continue
        m = _close_all(r, s, forming, b.ts_event, False, windows, closed, m, b.ts_init)
        for k in range(N):
            fullest = max(fullest, forming[r, k].n)
    return HEARTBEAT, m, fullest


@inline
def _release(r, s, price, ts_init, forming, bounds, sessions, windows, closed, m, odd, q):
    """Decides on the held tick now that another price is there; returns as ``_apply``."""
    s.held = 0
    if _apart(s, price, s.held_price) > AGREE:
        q = _tell(odd, q, r, s, ABSURD, s.held_ts, ts_init, s.held_price, s.held_size, s.held_day_volume,
                  s.quote_price * s.quote_by, s.held_source, s.held_replayed)  # fmt: skip
        return ABSURD, m, q
    return _apply(
        r, s, s.held_ts, s.held_price, s.held_size, s.held_day_volume, s.held_source, s.held_replayed, s.held_finest, ts_init,
        forming, bounds, sessions, windows, closed, m, odd, q,
    )  # fmt: skip


@jit
def append(closed, symbols, forming, windows):
    """Moves bars that were set aside (dtype CLOSED), in the order of their closing, into windows that have room."""
    for i in range(closed.shape[0]):
        r, k = closed[i].row, closed[i].timeframe
        _append(r, k, symbols[r], forming[r, k], closed[i], windows)


@jit
def measure(r, symbols, forming, windows):
    """Measures the daily range of row ``r`` anew."""
    _range(r, forming[r, D1].n - 1, symbols[r], windows)


@jit
def run(ticks, beats, i, j, symbols, forming, last_seq, bounds, sessions, windows, closed, odd, counts, touched):
    """Applies ticks from number ``i`` and heartbeats from number ``j`` until all are done or the output is full.

    ticks: as in ``batch.Columns``, each of shape (ticks,); windows: as in ``state.Windows``, each of shape (symbols, timeframes,
    WINDOW); closed: dtype CLOSED, with room for two bars a timeframe and six glimpses of every symbol; odd: dtype ODD; counts:
    one a reason; touched: one a symbol.

    Returns (next tick, next heartbeat, bars closed, odd ticks, 1 when a window is about to be full, or DUE when bars that were set
    aside are due before the next event).
    """
    m, q, full, room = 0, 0, 0, max(2, symbols.shape[0]) * (N + 3)
    count, limit = ticks.row.shape[0], windows.close.shape[2] - 3
    while (i < count or j < beats.shape[0]) and full == 0 and m + room <= closed.shape[0] and q + 3 <= odd.shape[0]:
        if j < beats.shape[0] and beats[j].at <= i:
            outcome, m, fullest = _beat(beats[j], symbols, forming, windows, closed, m)
            if fullest < 0:
                full = DUE
                continue
            counts[outcome] += 1
            full = 1 if fullest >= limit else 0
            j += 1
            continue
        r, price, size, day_volume = ticks.row[i], ticks.price[i], ticks.size[i], ticks.day_volume[i]
        ts, ts_init, seq = ticks.ts_event[i], ticks.ts_init[i], ticks.seq[i]
        source, replayed, finest = ticks.source[i], ticks.replayed[i], ticks.finest[i]
        flaw = _flaw(r, source, price, size, day_volume, ts, ts_init, r >= 0 and symbols[r].negative == 1)
        if flaw < 0 and symbols[r].suspect == 1 and ts >= symbols[r].suspect_until:
            symbols[r].suspect = full = DUE
            continue
        i += 1
        if flaw >= 0:
            counts[flaw] += 1
            if r >= 0 and source >= 0:
                q = _tell(odd, q, r, symbols[r], flaw, ts, ts_init, price, size, day_volume, math.nan, source, replayed)
            continue
        s = symbols[r]
        if _repeated(s, last_seq, r, source, seq, ts, price, size, day_volume):
            counts[DUPLICATE] += 1
            continue
        confirmed = False
        if s.held == 1:
            outcome, m, q = _release(r, s, price, ts_init, forming, bounds, sessions, windows, closed, m, odd, q)
            counts[outcome] += 1
            confirmed = outcome != ABSURD
        far = s.jump if finest < D1 else JUMP
        last = s.quote_price * s.quote_by
        if not confirmed and last == last and _apart(s, price, last) > far:  # NaN: there is none
            s.held, s.held_price, s.held_size, s.held_day_volume = 1, price, size, day_volume
            s.held_ts, s.held_source, s.held_replayed, s.held_finest = ts, source, replayed, finest
            continue
        outcome, m, q = _apply(r, s, ts, price, size, day_volume, source, replayed, finest, ts_init,
                               forming, bounds, sessions, windows, closed, m, odd, q)  # fmt: skip
        counts[outcome] += 1
        touched[r] = True
        for k in range(N):
            full = 1 if forming[r, k].n >= limit else full
    return i, j, m, q, full
