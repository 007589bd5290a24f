"""The loop over bars and instruments. docs/research.md states the rules of filling.

Each bar: what the night brought (borrow cost, splits, dividends), exits at the open, entries at the open, stops and targets inside
the bar, the value at the close, decisions for the next open. No allocation, no Python object.
"""

# numba infers the types; layout.py describes the arrays.
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

from services.analysis.research.backtest.layout import (
    EITHER,
    END,
    EXIT,
    INVERSE_VOLATILITY,
    NO_CASH,
    NO_PLACE,
    NO_SIZE,
    NONE,
    REVERSE,
    RUIN,
    TIME,
    VOLATILITY,
)
from services.analysis.research.backtest.steps import bar_exit, budget, fill, inline, plain, size


@inline
def side_of(shares):
    """+1 long, -1 short."""
    return 1 if shares > 0.0 else -1


@inline
def note(x, price):
    """Counts a price that an open position has seen."""
    seen = side_of(x.shares) * (price / x.price - 1.0)
    x.worst = min(x.worst, seen)
    x.best = max(x.best, seen)


@plain
def close_position(t, x, price, reason, terms, trades):
    """Ends a trade at a price before slippage; returns the cash that it brings."""
    shares, y = x.shares, trades[x.trade]
    filled = fill(price, -side_of(shares), terms.slippage)
    fee = abs(shares * filled) * terms.commission
    note(x, price)
    y.exit_bar = t
    y.reason = reason
    y.exit_shares = abs(shares)
    y.exit_price = filled
    y.pnl = x.flow + shares * filled - fee
    y.cost = x.cost + fee + abs(shares * (filled - price))
    y.mae = x.worst
    y.mfe = x.best
    x.shares = 0.0
    x.exit = NONE
    return shares * filled - fee


@plain
def open_position(t, i, k, side, shares, price, terms, x, y):
    """Begins trade k at a price before slippage; returns the cash that it brings, below 0 for a purchase."""
    filled = fill(price, side, terms.slippage)
    fee = shares * filled * terms.commission
    cash = -side * shares * filled - fee
    x.shares = side * shares
    x.price = filled
    x.extreme = filled
    x.worst = 0.0
    x.best = 0.0
    x.flow = cash
    x.cost = fee + shares * abs(filled - price)
    x.trade = k
    x.held = 0
    y.instrument = i
    y.entry_bar = t
    y.side = side
    y.shares = shares
    y.entry_price = filled
    return cash


@inline
def overnight(t, e, cash, events, terms, book):
    """Borrow cost, splits and dividends before the open of bar t; returns the next event and the cash."""
    if cash < 0.0:
        cash += cash * terms.borrow
    if terms.borrow > 0.0:
        for i in range(book.shape[0]):
            x = book[i]
            if x.shares < 0.0:
                charge = abs(x.shares * x.mark) * terms.borrow
                cash -= charge
                x.flow -= charge
                x.cost += charge
    while e < events.shape[0] and events[e].bar <= t:
        event = events[e]
        x = book[event.instrument]
        x.mark /= event.split
        if x.shares != 0.0:
            shares = x.shares * event.split
            x.price /= event.split
            x.extreme /= event.split
            whole = side_of(shares) * math.floor(abs(shares) + 1e-9)
            paid = shares * event.dividend
            if terms.whole and whole != 0.0:  # the rest is paid out; a position of less than a share is kept
                paid = whole * event.dividend + (shares - whole) * x.mark
                shares = whole
            x.shares = shares
            cash += paid
            x.flow += paid
        e += 1
    return e, cash


@inline
def exits_at_open(t, cash, market, terms, book, trades):
    """Fills the exits that wait; returns the cash."""
    for i in range(book.shape[0]):
        x = book[i]
        if x.exit != NONE and not math.isnan(market.open[t, i]):
            cash += close_position(t, x, market.open[t, i], x.exit, terms, trades)
    return cash


@plain
def entries_at_open(t, cash, n, market, terms, book, skipped, trades):
    """Fills the entries that wait, in the stated order, as far as the account reaches; returns cash and number of trades."""
    equity, invested, positions = cash, 0.0, 0
    for i in range(book.shape[0]):
        x = book[i]
        if x.shares != 0.0:
            price = x.mark if math.isnan(market.open[t, i]) else market.open[t, i]
            equity += x.shares * price
            invested += abs(x.shares * price)
            positions += 1
    for place in range(market.order.shape[0]):
        i = market.order[place]
        x, price = book[i], market.open[t, i]
        side = x.entry
        if side == 0 or math.isnan(price):
            continue
        x.entry = 0
        if positions >= terms.most:
            skipped[NO_PLACE] += 1
            continue
        money = budget(equity, x.weight, terms)
        if not (price > 0.0 and money < math.inf):
            skipped[NO_SIZE] += 1
            continue
        filled = fill(price, side, terms.slippage)
        shares = size(money, terms.leverage * equity - invested, filled, terms)
        if shares <= 0.0:
            skipped[NO_CASH] += 1
            continue
        cash += open_position(t, i, n, side, shares, price, terms, x, trades[n])
        invested += shares * filled * (1.0 + terms.commission)
        positions += 1
        n += 1
    return cash, n


@inline
def inside_bar(t, cash, market, terms, book, account, trades):
    """Stops, targets, and the end of an instrument's bars; returns the cash."""
    held = 0
    for i in range(book.shape[0]):
        x, price = book[i], market.close[t, i]
        held += x.shares != 0.0
        if math.isnan(price):
            continue
        x.mark = price
        if x.shares == 0.0:
            continue
        x.held += 1
        side, open_, high, low = side_of(x.shares), market.open[t, i], market.high[t, i], market.low[t, i]
        note(x, open_)
        out, reason = bar_exit(side, open_, high, low, x.price, x.extreme, terms)
        if reason == NONE:
            note(x, low)
            note(x, high)
            x.extreme = max(x.extreme, high) if side > 0 else min(x.extreme, low)
            if t == market.last[i]:
                out, reason = price, END
        if reason != NONE:
            cash += close_position(t, x, out, reason, terms, trades)
    account[t].held = held
    return cash


@plain
def harmonic_mean(values):
    """Of the values above 0; NaN if there are none."""
    total, n = 0.0, 0
    for i in range(values.shape[0]):
        if values[i] > 0.0:
            total += 1.0 / values[i]
            n += 1
    return n / total if n > 0 else math.nan


@inline
def leave(x, into, out, ruined, terms):
    """The reason to leave an open position at the next open."""
    side = side_of(x.shares)
    if ruined:
        return RUIN
    if x.exit != NONE:
        return x.exit
    if out in (-side, EITHER):
        return EXIT
    if into == -side:
        return REVERSE
    return TIME if 0 < terms.time_exit <= x.held else NONE


@inline
def decide(t, equity, market, terms, book):
    """What is done at the next open, from the bar that closed."""
    usual, ruined = math.nan, equity <= 0.0
    for i in range(book.shape[0]):
        x = book[i]
        into, out = int(market.entry[t, i]), int(market.exit[t, i])
        if t >= market.last[i]:
            x.entry = 0
            continue
        if math.isnan(market.close[t, i]):  # no bar has closed
            into = out = 0
        if (into > 0 and not terms.long) or (into < 0 and not terms.short) or out in (-into, EITHER) or ruined:
            into = 0
        if x.shares != 0.0:
            x.exit = leave(x, into, out, ruined, terms)
            if into == side_of(x.shares):
                into = 0
        elif out in (-x.entry, EITHER) or ruined:
            x.entry = 0
        if into != 0:
            x.entry = into
            if terms.method == VOLATILITY:
                x.weight = terms.value / market.volatility[t, i]
            elif terms.method == INVERSE_VOLATILITY:
                if math.isnan(usual):
                    usual = harmonic_mean(market.volatility[t])
                x.weight = terms.value * usual / market.volatility[t, i]


@plain
def simulate(market, events, terms, book, account, skipped, trades):
    """Runs the whole simulation; returns the number of trades."""
    cash, e, n = terms.cash, 0, 0
    for t in range(market.close.shape[0]):
        if t > 0:
            e, cash = overnight(t, e, cash, events, terms, book)
            cash = exits_at_open(t, cash, market, terms, book, trades)
            for i in range(book.shape[0]):
                if book[i].entry != 0:
                    cash, n = entries_at_open(t, cash, n, market, terms, book, skipped, trades)
                    break
        cash = inside_bar(t, cash, market, terms, book, account, trades)
        equity, invested = cash, 0.0
        for i in range(book.shape[0]):
            equity += book[i].shares * book[i].mark
            invested += abs(book[i].shares * book[i].mark)
        account[t].equity = equity
        account[t].cash = cash
        account[t].invested = invested
        decide(t, equity, market, terms, book)
    return n
