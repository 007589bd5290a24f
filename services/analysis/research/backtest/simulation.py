"""Runs a simulation: checks what it is given, lays out the arrays, calls the compiled loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.analysis.kernels.indicators.kind import Int64s
from services.analysis.research.backtest.layout import (
    ACCOUNT,
    INVERSE_VOLATILITY,
    METHODS,
    POSITION,
    SKIPPED,
    TRADE,
    VOLATILITY,
    Int8s,
    Market,
    Records,
    Terms,
    zeros,
)
from services.analysis.research.backtest.machine_code import BacktestKernels
from services.analysis.research.backtest.orders import BacktestError, Costs, Orders, Sizing, check_together
from services.analysis.research.backtest.prices import Prices
from services.analysis.research.backtest.volatility import volatility


@dataclass(frozen=True)
class Simulation:
    """The result of a simulation: the account at each close, and all trades in the order of their entries."""

    cash: float
    """At the start."""
    periods: float
    """Bars a year."""
    account: Records
    """(bars,) ``ACCOUNT``."""
    trades: Records
    """(trades,) ``TRADE``."""
    skipped: Mapping[str, int]
    """Entries that were not taken, by reason."""


def simulate(
    kernels: BacktestKernels,
    prices: Prices,
    entry: Int8s,
    exit_: Int8s,
    orders: Orders | None = None,
    sizing: Sizing | None = None,
    costs: Costs | None = None,
    *,
    cash: float = 100_000.0,
    periods: float = 252.0,
    order: Int64s | None = None,
) -> Simulation:
    """Trades of all instruments from one cash account; one instrument is a portfolio of one. Releases the GIL.

    ``entry``, ``exit_``: int8 (bars, instruments), decided at the close: an entry of +1 opens a long and -1 a short position; an
    exit of -1 closes a long and +1 a short one, ``EITHER`` both. ``order``: the instruments in the order in which they may enter at
    one open; as listed unless given. ``periods``: bars a year.

    Raises:
        BacktestError: the field and the value that cannot be used.
    """
    orders, sizing, costs = orders or Orders(), sizing or Sizing(), costs or Costs()
    check_together(orders, sizing)
    bars, instruments = prices.close.shape
    order = np.arange(instruments) if order is None else np.ascontiguousarray(order, np.int64)
    if not np.array_equal(np.sort(order), np.arange(instruments)):
        raise BacktestError(f"order: must hold each of the {instruments} instruments once")
    for name, signals in (("entry", entry), ("exit", exit_)):
        if signals.shape != prices.close.shape or signals.dtype != np.int8:
            raise BacktestError(f"{name}: must be int8 {prices.close.shape}, not {signals.dtype} {signals.shape}")
    if not 0.0 < cash < float("inf"):
        raise BacktestError(f"cash: {cash!r} is not above 0")
    if not 0.0 < periods < float("inf"):
        raise BacktestError(f"periods: {periods!r} is not above 0")
    terms = _terms(orders, sizing, costs, cash, periods, instruments)
    spread = np.empty((0, 0))
    if terms.method in (VOLATILITY, INVERSE_VOLATILITY):
        spread = volatility(prices, sizing.window, periods)
    open_, high, low, close = map(np.ascontiguousarray, (prices.open, prices.high, prices.low, prices.close))
    into, out = np.ascontiguousarray(entry), np.ascontiguousarray(exit_)
    market = Market(open_, high, low, close, into, out, spread, prices.last, order)
    account, trades, skipped = zeros(bars, ACCOUNT), zeros(int(np.count_nonzero(entry)), TRADE), np.zeros(len(SKIPPED), np.int64)
    n = kernels.simulate(market, prices.events, terms, zeros(instruments, POSITION), account, skipped, trades)
    return Simulation(cash, periods, account, trades[:n], dict(zip(SKIPPED, skipped.tolist(), strict=True)))


def _terms(orders: Orders, sizing: Sizing, costs: Costs, cash: float, periods: float, instruments: int) -> Terms:
    most = instruments if sizing.max_positions is None else sizing.max_positions
    method = METHODS.index(sizing.method)
    return Terms(
        cash=float(cash),
        long=int(orders.side != "short"),
        short=int(orders.side != "long"),
        stop_loss=float(orders.stop_loss or 0.0),
        take_profit=float(orders.take_profit or 0.0),
        trailing=float(orders.trailing or 0.0),
        time_exit=int(orders.time_exit or 0),
        target_first=int(orders.both_hit == "target"),
        method=method,
        value=float(1.0 / min(most, instruments) if sizing.value is None else sizing.value),
        whole=int(sizing.shares == "whole"),
        leverage=float(sizing.leverage),
        most=most,
        commission=costs.commission_bp / 1e4,
        slippage=costs.slippage_bp / 1e4,
        borrow=costs.borrow / periods,
    )
