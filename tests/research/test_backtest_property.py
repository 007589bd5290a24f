"""The compiled simulation gives the trades of the plain one, over random bars, signals, orders, sizes and costs."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from services.analysis.research.backtest.layout import REASONS
from services.analysis.research.backtest.machine_code import BacktestKernels
from services.analysis.research.backtest.orders import Costs, Orders, Sizing
from services.analysis.research.backtest.prices import Prices, single, together
from services.analysis.research.backtest.simulation import Simulation, simulate
from tests.research.plain_backtest import Bar, PlainBacktest

ROUNDS = 200
BARS = 50


def random_market(rng: np.random.Generator, instruments: int) -> tuple[Prices, Any, Any]:
    """Prices on a coarse grid, so that levels are hit exactly and bars open on them; holes, dividends, splits."""
    each, places = [], []
    for _ in range(instruments):
        own = np.flatnonzero(rng.random(BARS) < rng.choice([1.0, 0.8]))
        if len(own) < 2:
            own = np.arange(BARS)
        n = len(own)
        close = np.round(100 * np.exp(np.cumsum(rng.normal(0, rng.choice([0.01, 0.05, 0.3]), n))), 1) + 0.5
        open_ = np.where(rng.random(n) < 0.3, close, np.round(np.roll(close, 1) * (1 + rng.normal(0, 0.02, n)), 1) + 0.1)
        high, low = np.maximum(open_, close) * rng.choice([1.0, 1.05], n), np.minimum(open_, close) * rng.choice([1.0, 0.95], n)
        dividends = np.where(rng.random(n) < 0.05, close * 0.02, 0.0)
        splits = np.where(rng.random(n) < 0.05, rng.choice([2.0, 1.5, 0.1], n), 1.0)
        each.append(single(open_, high, low, close, dividends, splits))
        places.append(own)
    prices = together(each, places, BARS)
    shape = prices.close.shape
    entry = rng.choice(np.array([1, -1, 0], np.int8), shape, p=[0.15, 0.1, 0.75])
    exit_ = rng.choice(np.array([1, -1, 2, 0], np.int8), shape, p=[0.1, 0.1, 0.02, 0.78])
    return prices, entry, exit_


def random_terms(rng: np.random.Generator) -> tuple[Orders, Sizing, Costs]:
    def maybe(*choices: float) -> Any:
        return rng.choice(choices).item() if rng.random() < 0.5 else None

    stop, trailing = maybe(0.01, 0.05, 0.2), maybe(0.02, 0.1)
    orders = Orders(
        side=rng.choice(["long", "short", "both"]).item(), stop_loss=stop, trailing=trailing, take_profit=maybe(0.01, 0.05, 0.5),
        time_exit=maybe(1, 2, 7), both_hit=rng.choice(["stop", "target"]).item(),
    )  # fmt: skip
    methods: dict[str, Callable[[], Any]] = {
        "fraction": lambda: rng.choice([0.3, 1.0, 3.0]).item(), "amount": lambda: rng.choice([500.0, 5_000.0, 50_000.0]).item(),
        "volatility": lambda: 0.2, "risk": lambda: 0.01, "inverse_volatility": lambda: maybe(0.5),
    }  # fmt: skip
    method = rng.choice([name for name in methods if name != "risk" or stop or trailing]).item()
    sizing = Sizing(
        method=method, value=methods[method](), shares=rng.choice(["fractional", "whole"]).item(),
        leverage=rng.choice([1.0, 1.0, 3.0, 3.0]).item(), max_positions=maybe(1, 2), window=5,
    )  # fmt: skip
    zero = Costs(commission_bp=0, slippage_bp=0, borrow=0)
    return orders, sizing, zero if rng.random() < 0.2 else Costs(borrow=rng.choice([0.0, 0.5]).item())


def plain(prices: Prices, entry: Any, exit_: Any, orders: Orders, sizing: Sizing, costs: Costs, order: list[int]) -> PlainBacktest:
    rows: list[list[Bar | None]] = []
    for i in range(prices.close.shape[1]):
        columns = zip(
            *(each[:, i].tolist() for each in (prices.open, prices.high, prices.low, prices.close, entry, exit_)), strict=True
        )
        rows.append([None if np.isnan(bar[0]) else Bar(*bar) for bar in columns])
    events: dict[int, list[tuple[int, float, float]]] = {}
    for bar, instrument, split, dividend in prices.events.tolist():
        events.setdefault(bar, []).append((instrument, split, dividend))
    return PlainBacktest(rows, orders, sizing, costs, 10_000.0, 252.0, order, events).run()


def check(found: Simulation, wanted: PlainBacktest) -> None:
    names = ("instrument", "side", "entry_bar", "exit_bar")
    assert [[int(trade[name]) for name in names] + [REASONS[trade["reason"]]] for trade in found.trades] == [
        [getattr(trade, name) for name in names] + [trade.reason] for trade in wanted.trades
    ]
    for name in ("shares", "exit_shares", "entry_price", "exit_price", "pnl", "cost", "mae", "mfe"):
        np.testing.assert_allclose(found.trades[name], [getattr(each, name) for each in wanted.trades], rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(found.account["equity"], wanted.equity, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(found.account["cash"], wanted.cash_series, rtol=1e-9, atol=1e-6)
    assert found.account["held"].tolist() == wanted.held
    assert found.skipped == wanted.skipped
    assert (found.trades["exit_bar"] >= found.trades["entry_bar"]).all()


@pytest.mark.parametrize("instruments", [1, 4])
def test_the_trades_are_those_of_the_plain_simulation(backtest_kernels: BacktestKernels, instruments: int) -> None:
    reasons, skipped = set(), set()
    for seed in range(ROUNDS):
        rng = np.random.default_rng([seed, instruments])
        prices, entry, exit_ = random_market(rng, instruments)
        orders, sizing, costs = random_terms(rng)
        order = rng.permutation(instruments)
        found = simulate(backtest_kernels, prices, entry, exit_, orders, sizing, costs, cash=10_000.0, order=order)
        wanted = plain(prices, entry, exit_, orders, sizing, costs, order.tolist())
        try:
            check(found, wanted)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {orders} {sizing} {costs}") from error
        reasons |= {REASONS[each] for each in found.trades["reason"].tolist()}
        skipped |= {name for name, n in found.skipped.items() if n}
        if sizing.leverage == 1.0 and orders.side == "long":
            assert found.account["cash"].min() > -1e-6
    assert reasons == {*REASONS[1:]}
    assert skipped == ({"no_cash", "no_size"} if instruments == 1 else {"no_cash", "no_size", "no_place"})


def test_money_is_neither_made_nor_lost(backtest_kernels: BacktestKernels) -> None:
    for seed in range(60):
        rng = np.random.default_rng([seed, 99])
        prices, entry, exit_ = random_market(rng, 3)
        orders, sizing, costs = random_terms(rng)
        found = simulate(backtest_kernels, prices, entry, exit_, orders, sizing, costs, cash=10_000.0)
        if found.account["cash"].min() >= 0:  # interest on a loan belongs to no trade
            assert found.account["equity"][-1] == pytest.approx(10_000.0 + found.trades["pnl"].sum(), rel=1e-9)


def test_the_future_changes_nothing_that_happened_before(backtest_kernels: BacktestKernels) -> None:
    for seed, cut in itertools.product(range(40), (17, 33)):
        rng = np.random.default_rng([seed, 7])
        prices, entry, exit_ = random_market(rng, 2)
        orders, sizing, costs = random_terms(rng)
        whole = simulate(backtest_kernels, prices, entry, exit_, orders, sizing, costs)
        known = prices.events[prices.events["bar"] < cut]
        early = Prices(prices.open[:cut], prices.high[:cut], prices.low[:cut], prices.close[:cut], known)
        part = simulate(backtest_kernels, early, entry[:cut], exit_[:cut], orders, sizing, costs)
        last = part.account["equity"][: cut - 1]
        ends = min([*part.trades["exit_bar"][part.trades["reason"] == len(REASONS) - 1].tolist(), cut - 1])
        assert last[:ends].tolist() == whole.account["equity"][:ends].tolist()
