"""Buy and hold: the same money in the same instruments from the first open that can be filled to the last close, same costs."""

from __future__ import annotations

import numpy as np

from services.analysis.research.backtest.machine_code import BacktestKernels
from services.analysis.research.backtest.orders import Costs
from services.analysis.research.backtest.prices import Prices
from services.analysis.research.backtest.simulation import Simulation, simulate


def buy_and_hold(kernels: BacktestKernels, prices: Prices, costs: Costs, cash: float, periods: float) -> Simulation:
    """An equal part of the money in each instrument, bought at its second bar and kept; nothing is rebalanced."""
    entry = np.zeros(prices.close.shape, np.int8)
    first = np.argmax(~np.isnan(prices.close), 0)
    entry[first, np.arange(prices.close.shape[1])] = 1
    return simulate(kernels, prices, entry, np.zeros_like(entry), costs=costs, cash=cash, periods=periods)
