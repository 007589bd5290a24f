"""Trades on bars, the slow and plain way: objects, one instrument and one bar at a time, written from docs/research.md."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import harmonic_mean, stdev

from services.analysis.research.backtest.orders import Costs, Orders, Sizing


@dataclass
class PlainTrade:
    instrument: int
    side: int
    shares: float
    entry_bar: int
    entry_price: float
    exit_bar: int = -1
    exit_price: float = 0.0
    exit_shares: float = 0.0
    reason: str = ""
    pnl: float = 0.0
    cost: float = 0.0
    mae: float = 0.0
    mfe: float = 0.0


@dataclass
class Holding:
    trade: PlainTrade
    shares: float
    """Always above 0; the trade has the side."""
    basis: float
    best_price: float
    bars: int = 0

    def see(self, price: float) -> None:
        moved = self.trade.side * (price / self.basis - 1)
        self.trade.mae, self.trade.mfe = min(self.trade.mae, moved), max(self.trade.mfe, moved)


@dataclass
class Bar:
    open: float
    high: float
    low: float
    close: float
    entry: int = 0
    exit: int = 0
    split: float = 1.0
    dividend: float = 0.0


@dataclass
class PlainBacktest:
    """``bars[i][t]``: None where an instrument has none."""

    bars: list[list[Bar | None]]
    orders: Orders
    sizing: Sizing
    costs: Costs
    cash: float
    periods: float
    order: list[int]
    events: dict[int, list[tuple[int, float, float]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start = self.cash
        self.holdings: dict[int, Holding] = {}
        self.marks: dict[int, float] = {}
        self.entries: dict[int, tuple[int, float]] = {}
        self.exits: dict[int, str] = {}
        self.trades: list[PlainTrade] = []
        self.equity: list[float] = []
        self.cash_series: list[float] = []
        self.held: list[int] = []
        self.skipped = {"no_cash": 0, "no_place": 0, "no_size": 0}
        self.slots = self.sizing.max_positions or len(self.bars)
        self.sides = {"long": {1}, "short": {-1}, "both": {1, -1}}[self.orders.side]
        self.last_close: dict[int, float] = {}
        self.history: dict[int, list[float]] = {i: [] for i in range(len(self.bars))}
        self.final = [max((t for t, bar in enumerate(row) if bar), default=-1) for row in self.bars]

    def run(self) -> PlainBacktest:
        for t in range(len(self.bars[0])):
            self.today = {i: bar for i, row in enumerate(self.bars) if (bar := row[t])}
            self.remember(t)
            if t:
                self.night(t)
                self.open(t)
            self.inside(t)
            equity = self.cash + sum(h.trade.side * h.shares * self.marks[i] for i, h in self.holdings.items())
            self.equity.append(equity)
            self.cash_series.append(self.cash)
            self.decide(t, equity)
        return self

    def remember(self, t: int) -> None:
        """Closes as one share of the first day would have them, dividends paid in."""
        for i, bar in self.today.items():
            past = self.history[i]
            split, dividend = 1.0, 0.0
            for instrument, ratio, money in self.events.get(t, []):
                if instrument == i:
                    split, dividend = split * ratio, dividend + money
            if past:
                last_close = self.last_close[i]
                past.append((bar.close + dividend) * split / last_close - 1)
            else:
                past.append(math.nan)
            self.last_close[i] = bar.close

    def volatility(self, i: int) -> float:
        returns = self.history[i][1:][-self.sizing.window :]
        return stdev(returns) * math.sqrt(self.periods) if len(returns) == self.sizing.window else math.nan

    def night(self, t: int) -> None:
        rate = self.costs.borrow / self.periods
        if self.cash < 0:
            self.cash *= 1 + rate
        for i, h in self.holdings.items():
            if h.trade.side < 0:
                charge = h.shares * abs(self.marks[i]) * rate
                self.cash -= charge
                h.trade.pnl -= charge
                h.trade.cost += charge
        for i, split, dividend in self.events.get(t, []):
            if i in self.marks:
                self.marks[i] /= split
            if i in self.holdings:
                h = self.holdings[i]
                h.basis /= split
                h.best_price /= split
                h.shares *= split
                paid = 0.0
                if self.sizing.shares == "whole" and (kept := math.floor(h.shares + 1e-9)):
                    paid = (h.shares - kept) * self.marks[i]
                    h.shares = float(kept)
                paid = h.trade.side * (paid + h.shares * dividend)
                self.cash += paid
                h.trade.pnl += paid

    def fee(self, price: float, direction: int, shares: float, trade: PlainTrade) -> float:
        """The filled price; books commission and slippage."""
        filled = price + direction * abs(price) * self.costs.slippage_bp / 1e4
        commission = shares * abs(filled) * self.costs.commission_bp / 1e4
        self.cash -= commission
        trade.pnl -= commission
        trade.cost += commission + shares * abs(filled - price)
        return filled

    def leave(self, t: int, i: int, price: float, reason: str) -> None:
        h = self.holdings.pop(i)
        trade = h.trade
        h.see(price)
        filled = self.fee(price, -trade.side, h.shares, trade)
        self.cash += trade.side * h.shares * filled
        trade.pnl += trade.side * h.shares * filled
        trade.exit_bar, trade.exit_price, trade.exit_shares, trade.reason = t, filled, h.shares, reason

    def open(self, t: int) -> None:
        for i in [i for i in sorted(self.exits) if i in self.today]:
            reason = self.exits.pop(i)
            if i in self.holdings:
                self.leave(t, i, self.today[i].open, reason)
        price = {i: self.today[i].open if i in self.today else self.marks[i] for i in self.holdings}
        equity = self.cash + sum(h.trade.side * h.shares * price[i] for i, h in self.holdings.items())
        invested = sum(abs(h.shares * price[i]) for i, h in self.holdings.items())
        for i in [i for i in self.order if i in self.entries and i in self.today]:
            side, weight = self.entries.pop(i)
            if len(self.holdings) >= self.slots:
                self.skipped["no_place"] += 1
                continue
            at = self.today[i].open
            wanted = self.budget(equity, weight)
            if math.isnan(wanted) or math.isinf(wanted):
                self.skipped["no_size"] += 1
                continue
            unit = at * (1 + side * self.costs.slippage_bp / 1e4) * (1 + self.costs.commission_bp / 1e4)
            spent = min(wanted, self.sizing.leverage * equity - invested)
            shares = 0.0 if spent <= 0 or spent < 0.01 * wanted else spent / unit
            if self.sizing.shares == "whole":
                shares = float(math.floor(shares))
            if not shares:
                self.skipped["no_cash"] += 1
                continue
            trade = PlainTrade(i, side, shares, t, 0.0)
            filled = trade.entry_price = self.fee(at, side, shares, trade)
            self.cash -= side * shares * filled
            trade.pnl -= side * shares * filled
            self.holdings[i] = Holding(trade, shares, filled, filled)
            self.trades.append(trade)
            invested += shares * unit

    def budget(self, equity: float, weight: float) -> float:
        value = self.sizing.value or 1 / min(self.slots, len(self.bars))
        match self.sizing.method:
            case "fraction":
                return equity * value
            case "amount":
                return value
            case "risk":
                return equity * value / min(x for x in (self.orders.stop_loss, self.orders.trailing) if x)
        return equity * weight

    def inside(self, t: int) -> None:
        self.held.append(len(self.holdings))
        for i, bar in self.today.items():
            self.marks[i] = bar.close
            if i not in self.holdings:
                continue
            h = self.holdings[i]
            h.bars += 1
            h.see(bar.open)
            out = self.hit(h, bar)
            if not out:
                h.see(bar.low)
                h.see(bar.high)
                h.best_price = max(h.best_price, bar.high) if h.trade.side > 0 else min(h.best_price, bar.low)
                if t == self.final[i]:
                    out = (bar.close, "end")
            if out:
                self.leave(t, i, *out)
                self.exits.pop(i, None)

    def hit(self, h: Holding, bar: Bar) -> tuple[float, str] | None:
        long, o = h.trade.side > 0, self.orders
        stops = []
        if o.stop_loss:
            stops.append((h.basis * (1 - o.stop_loss if long else 1 + o.stop_loss), "stop"))
        if o.trailing:
            stops.append((h.best_price * (1 - o.trailing if long else 1 + o.trailing), "trailing"))
        stop = (max if long else min)(stops, key=lambda each: each[0]) if stops else None
        target = h.basis * (1 + o.take_profit if long else 1 - o.take_profit) if o.take_profit else None
        if stop and (bar.open <= stop[0] if long else bar.open >= stop[0]):
            return bar.open, stop[1]
        if target is not None and (bar.open >= target if long else bar.open <= target):
            return bar.open, "target"
        stopped = stop and (bar.low <= stop[0] if long else bar.high >= stop[0])
        reached = target is not None and (bar.high >= target if long else bar.low <= target)
        if stop and stopped and not (reached and o.both_hit == "target"):
            return stop
        return (target, "target") if reached and target is not None else None

    def decide(self, t: int, equity: float) -> None:
        known = [v for i in self.today if (v := self.volatility(i)) > 0]
        for i in range(len(self.bars)):
            if t >= self.final[i]:
                self.entries.pop(i, None)
                continue
            bar = self.today.get(i)
            entry, exit_ = (bar.entry, bar.exit) if bar else (0, 0)
            closes = {1: {-1, 2}, -1: {1, 2}}
            if entry not in self.sides or exit_ in closes.get(entry, set()) or exit_ == 2 or equity <= 0:
                entry = 0
            if i in self.holdings:
                h = self.holdings[i]
                if equity <= 0:
                    self.exits[i] = "ruin"
                elif i not in self.exits:
                    if exit_ in closes[h.trade.side]:
                        self.exits[i] = "exit"
                    elif entry == -h.trade.side:
                        self.exits[i] = "reverse"
                    elif self.orders.time_exit and h.bars >= self.orders.time_exit:
                        self.exits[i] = "time"
                if entry == h.trade.side:
                    entry = 0
            elif i in self.entries and (exit_ in closes[self.entries[i][0]] or equity <= 0):
                del self.entries[i]
            if entry:
                value = self.sizing.value or 1 / min(self.slots, len(self.bars))
                v = self.volatility(i)
                weight = math.nan
                if self.sizing.method == "volatility":
                    weight = value / v if v else math.inf
                elif self.sizing.method == "inverse_volatility":
                    weight = value * harmonic_mean(known) / v if v and known else math.nan
                self.entries[i] = (entry, weight)
