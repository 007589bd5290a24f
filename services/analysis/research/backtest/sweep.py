"""Many backtests of one instrument: everything in one long position at a time, fractional shares, no stops.

The same rules as ``kernel.py``, and the same figures up to rounding (tests/research/test_sweep.py). Here an open position takes
time for each trade and each block of bars, not for each bar: sums over returns come from prefix sums, and the largest fall of a
stretch of closes from those of its blocks, which do not depend on the size of the position.
"""

# numba infers the types.
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from typing import Final, NamedTuple

from services.analysis.kernels.conditions import stack_machine
from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.kernels.rules.comparing import EPSILON
from services.analysis.research.backtest.layout import Int8s
from services.analysis.research.backtest.steps import inline, plain

METRICS: Final = ("total_return", "sharpe", "sortino", "max_drawdown", "win_rate", "trades")
"""The columns of the results; NaN where a figure is not defined. Each is that of ``metrics/`` of the same name."""
BLOCK: Final = 16
ENTER, LEAVE = 1, 2
"""Bits of an event: an entry without an exit, an exit."""
ANY_ENTER: Final = 0x0101010101010101
ANY_LEAVE: Final = 0x0202020202020202


class SweepPrices(NamedTuple):
    """One instrument. ``prepare`` writes all but the first two."""

    open: Floats
    """(bars,)."""
    close: Floats
    sums: Floats
    """(3, bars): sums of the returns from close to close up to each bar, of their squares, of the squares of those below 0."""
    top: Floats
    """(blocks,): the highest close of each whole block."""
    bottom: Floats
    fall: Floats
    """Largest fall inside the block, as a share of the highest close before it."""


class SweepEvents(NamedTuple):
    """Work space for the events of one backtest."""

    relation: Int8s
    """(bars,): -1 below, 0 equal, 1 above, 2 unknown."""
    events: Int8s
    """(bars rounded up to 8,): zeros after the last bar."""
    words: Int64s
    """The same memory, eight events in each."""
    truths: Floats
    """(2, bars)."""


class SweepTerms(NamedTuple):
    """Costs as shares, and the bars a year."""

    commission: float
    slippage: float
    periods: float


@plain
def prepare(prices):
    """Writes the sums and blocks of an instrument."""
    close, sums = prices.close, prices.sums
    sums[:, 0] = 0.0
    for t in range(1, close.shape[0]):
        r = close[t] / close[t - 1] - 1.0
        sums[0, t] = sums[0, t - 1] + r
        sums[1, t] = sums[1, t - 1] + r * r
        sums[2, t] = sums[2, t - 1] + min(r, 0.0) * r
    for j in range(prices.top.shape[0]):
        top, bottom, fall = close[j * BLOCK], close[j * BLOCK], 0.0
        for t in range(j * BLOCK, j * BLOCK + BLOCK):
            top, bottom = max(top, close[t]), min(bottom, close[t])
            fall = max(fall, 1.0 - close[t] / top)
        prices.top[j] = top
        prices.bottom[j] = bottom
        prices.fall[j] = fall


@inline
def next_event(work, t, last, bit, any_bit):
    """The first bar from t on, before ``last``, with an event; ``last`` if there is none."""
    while t < last:
        if t & 7 == 0 and work.words[t >> 3] & any_bit == 0:
            t += 8
        elif work.events[t] & bit:
            return t
        else:
            t += 1
    return last


@inline
def fallen(prices, first, end, shares, peak, fall):
    """The highest equity and the largest fall after the closes of a position."""
    t, kept = first, 1.0 - fall
    while t < end:
        if t % BLOCK == 0 and t + BLOCK <= end:
            j = t // BLOCK
            kept = min(kept, 1.0 - prices.fall[j], shares * prices.bottom[j] / peak)
            peak = max(peak, shares * prices.top[j])
            t += BLOCK
        else:
            value = shares * prices.close[t]
            if value > peak:
                peak = value
            elif value < kept * peak:
                kept = value / peak
            t += 1
    return peak, 1.0 - kept


@plain
def run(work, prices, terms, out):
    """One backtest of the events; writes the metrics (METRICS,)."""
    close, sums = prices.close, prices.sums
    last = close.shape[0] - 1
    n, t, trades, wins = float(last), 0, 0, 0
    equity, peak, fall, total, squares, downside = 1.0, 1.0, 0.0, 0.0, 0.0, 0.0
    into, back = (1.0 + terms.slippage) * (1.0 + terms.commission), (1.0 - terms.slippage) * (1.0 - terms.commission)
    while True:
        a = next_event(work, t, last, ENTER, ANY_ENTER) + 1
        if a > last:
            break
        t = next_event(work, a, last, LEAVE, ANY_LEAVE) + 1
        b = min(t, last)
        shares = equity / (prices.open[a] * into)
        ended = shares * back * (prices.open[b] if t <= last and t > a else close[last])
        before = equity
        if b > a:
            before = shares * close[b - 1]
            r = shares * close[a] / equity - 1.0
            total += r + (sums[0, b - 1] - sums[0, a])
            squares += r * r + (sums[1, b - 1] - sums[1, a])
            downside += min(r, 0.0) * r + (sums[2, b - 1] - sums[2, a])
            peak, fall = fallen(prices, a, b, shares, peak, fall)
        r = ended / before - 1.0
        total += r
        squares += r * r
        downside += min(r, 0.0) * r
        peak, fall = max(peak, ended), max(fall, 1.0 - ended / peak)
        trades += 1
        wins += ended > equity
        equity = ended
        if t >= last:
            break
    spread = math.sqrt(max(squares - total * total / n, 0.0) / (n - 1.0))
    below = math.sqrt(downside / n)
    scale = math.sqrt(terms.periods)
    out[0] = equity - 1.0
    out[1] = total / n / spread * scale if spread > 0.0 else math.nan
    out[2] = total / n / below * scale if below > 0.0 else math.nan
    out[3] = -fall
    out[4] = wins / trades if trades > 0 else math.nan
    out[5] = trades


@plain
def crossing_events(fast, slow, work):
    """Enter where fast crosses above slow, leave where it crosses below, with the comparisons of the rules."""
    relation, events = work.relation, work.events
    for t in range(fast.shape[0]):
        a, b = fast[t], slow[t]
        d, same = a - b, EPSILON * max(abs(a), abs(b))
        relation[t] = (d > same) - 1 * (d < -same) + 2 * (d != d)
    events[0] = 0
    for t in range(1, fast.shape[0]):
        now, before = relation[t], relation[t - 1]
        events[t] = ENTER * ((now == 1) & (before <= 0)) + LEAVE * ((now == -1) & (before >= 0) & (before <= 1))


@plain
def sweep_averages(prices, averages, fast, slow, work, terms, out):
    """A backtest for each pair of rows of ``averages`` (rows, bars); ``out`` (pairs, METRICS)."""
    for k in range(fast.shape[0]):
        crossing_events(averages[fast[k]], averages[slow[k]], work)
        run(work, prices, terms, out[k])


@plain
def sweep_programs(prices, programs, entries, exits, values, stack, work, terms, out):
    """A backtest for each pair of conditions, given by the numbers of their programs; ``values`` (places, bars)."""
    into, leave, events = work.truths[0], work.truths[1], work.events
    for k in range(entries.shape[0]):
        stack_machine.scan(programs, entries[k], values, stack, into)
        stack_machine.scan(programs, exits[k], values, stack, leave)
        for t in range(into.shape[0]):
            left = leave[t] == 1.0
            events[t] = LEAVE * left + ENTER * ((into[t] == 1.0) & (not left))
        run(work, prices, terms, out[k])
