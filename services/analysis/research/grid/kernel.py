"""Many sets on one instrument, with the equity of each at every bar: everything in one long position at a time, no stops.

The same rules and the same events as ``backtest/sweep.py``, which keeps figures alone. A split of the bars needs the equity itself.
"""

# numba infers the types.
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from services.analysis.kernels.conditions import stack_machine
from services.analysis.research.backtest.steps import plain
from services.analysis.research.backtest.sweep import ANY_ENTER, ANY_LEAVE, ENTER, LEAVE, crossing_events, next_event


@plain
def add_account(work, prices, terms, accounts, k):
    """Trades the events of set k and adds its account."""
    own, open_, close = prices.own, prices.open, prices.close
    last = close.shape[0] - 1
    t, done, equity = 0, 0, 1.0
    into, back = (1.0 + terms.slippage) * (1.0 + terms.commission), (1.0 - terms.slippage) * (1.0 - terms.commission)
    while True:
        a = next_event(work, t, last, ENTER, ANY_ENTER) + 1
        if a > last:
            break
        t = next_event(work, a, last, LEAVE, ANY_LEAVE) + 1
        b = min(t, last)
        shares = equity / (open_[a] * into)
        for s in range(done, a):
            own[s] = equity
        for s in range(a, b):
            own[s] = shares * close[s]
        equity = shares * back * (open_[b] if t <= last else close[last])
        own[b] = equity
        done = b + 1
        accounts.entries[k, prices.at[a]] += 1
        accounts.held[k, 0] += b - a
        accounts.held[k, 1] = max(accounts.held[k, 1], b - a)
        if t >= last:
            break
    for s in range(done, last + 1):
        own[s] = equity
    add_equity(own, prices.at, accounts.equity[k])


@plain
def add_equity(own, at, row):
    """Adds an account of an instrument to that of the calendar: 1 before its first bar, its newest value where it has no bar."""
    first, last, bars = at[0], at[at.shape[0] - 1], own.shape[0]
    for s in range(first):
        row[s] += 1.0
    if last - first + 1 == bars:
        for s in range(bars):
            row[first + s] += own[s]
    else:
        for s in range(bars):
            for c in range(at[s], at[s + 1] if s + 1 < bars else last + 1):
                row[c] += own[s]
    for s in range(last + 1, row.shape[0]):
        row[s] += own[bars - 1]


@plain
def trade_crossings(prices, values, fast, slow, work, terms, accounts):
    """Sets that enter where one row of ``values`` (rows, b) crosses above another, and leave where it crosses below."""
    for k in range(fast.shape[0]):
        if fast[k] >= 0:
            crossing_events(values[fast[k]], values[slow[k]], work)
            add_account(work, prices, terms, accounts, k)


@plain
def trade_signals(prices, into, leave, entries, exits, work, terms, accounts):
    """Sets whose entries and exits are rows of ``into`` and ``leave`` (signals, b), 1 where they fire; row -1: not this set."""
    events = work.events
    for k in range(entries.shape[0]):
        if entries[k] >= 0:
            enter, out = into[entries[k]], leave[exits[k]]
            for t in range(enter.shape[0]):
                events[t] = LEAVE * out[t] + ENTER * (enter[t] & (1 - out[t]))
            add_account(work, prices, terms, accounts, k)


@plain
def scan_conditions(programs, numbers, values, stack, truth, rows):
    """Where conditions are true: ``rows`` (signals, b) of the places ``numbers`` are written, 1 where true."""
    for k in range(numbers.shape[0]):
        stack_machine.scan(programs, k, values, stack, truth)
        row = rows[numbers[k]]
        for t in range(truth.shape[0]):
            row[t] = 1 if truth[t] == 1.0 else 0
