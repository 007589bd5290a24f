"""Runs the simulation for one account, or for one of each instrument."""

from __future__ import annotations

import numpy as np

from services.analysis.research.backtest.layout import ACCOUNT, Records, zeros
from services.analysis.research.backtest.machine_code import BacktestKernels
from services.analysis.research.backtest.simulation import Simulation, simulate
from services.analysis.research.runs.backtest_input import BacktestInput
from services.analysis.research.runs.backtest_parameters import BacktestParameters


def run_accounts(kernels: BacktestKernels, asked: BacktestParameters, given: BacktestInput) -> Simulation:
    """The simulation that was asked for. With separate accounts it is the sum of them. Raises ``BacktestError``."""
    orders, sizing, costs = asked.orders(), asked.sizing(), asked.costs()
    if asked.account == "shared":
        return simulate(kernels, given.prices, *given.signals(), orders, sizing, costs, cash=asked.cash, periods=given.periods)
    part, found = asked.cash / len(given.instruments), []
    for each in given.instruments:
        signals = each.entry[:, None], each.exit[:, None]
        found.append(simulate(kernels, each.prices, *signals, orders, sizing, costs, cash=part, periods=given.periods))
    account = zeros(len(given.session), ACCOUNT)
    trades = []
    for i, (one, at) in enumerate(zip(found, given.places, strict=True)):
        own = one.trades.copy()
        own["instrument"], own["entry_bar"], own["exit_bar"] = i, at[own["entry_bar"]], at[own["exit_bar"]]
        trades.append(own)
        _add(account, one.account, np.searchsorted(at, np.arange(len(account)), "right") - 1, part)
    every = np.concatenate(trades)
    every = every[np.lexsort((every["instrument"], every["entry_bar"]))].view(np.recarray)
    skipped = {name: sum(one.skipped[name] for one in found) for name in found[0].skipped}
    return Simulation(asked.cash, given.periods, account, every, skipped)


def _add(total: Records, own: Records, newest: np.ndarray, cash: float) -> None:
    """Adds the newest state of an account at each bar of the calendar; before its first bar it is the money alone."""
    known = newest >= 0
    for name in ("equity", "cash"):
        total[name] += np.where(known, own[name][newest], cash)
    for name in ("invested", "held"):
        total[name] += np.where(known, own[name][newest], 0).astype(total[name].dtype)
