"""Lays out the arrays of ``sweep.py``."""

from __future__ import annotations

import numpy as np

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.backtest.machine_code import BacktestKernels
from services.analysis.research.backtest.orders import BacktestError, Costs
from services.analysis.research.backtest.sweep import BLOCK, SweepEvents, SweepPrices, SweepTerms


def sweep_prices(kernels: BacktestKernels, open_: Floats, close: Floats) -> SweepPrices:
    """One instrument from contiguous arrays (bars,) of adjusted prices. Raises ``BacktestError``."""
    for name, values in (("open", open_), ("close", close)):
        if values.dtype != np.float64 or values.shape != close.shape or not (np.isfinite(values) & (values > 0)).all():
            raise BacktestError(f"{name}: must be float64 {close.shape}, finite and above 0")
    if len(close) < 3:
        raise BacktestError(f"close: {len(close)} bars are fewer than 3")
    blocks = len(close) // BLOCK
    found = SweepPrices(open_, close, np.empty((3, len(close))), np.empty(blocks), np.empty(blocks), np.empty(blocks))
    kernels.prepare(found)
    return found


def work_space(bars: int) -> SweepEvents:
    """Work space for instruments of so many bars."""
    events = np.zeros(-(-bars // 8) * 8, np.int8)
    return SweepEvents(np.empty(bars, np.int8), events, events.view(np.int64), np.empty((2, bars)))


def sweep_terms(costs: Costs, periods: float) -> SweepTerms:
    """Costs as shares."""
    return SweepTerms(costs.commission_bp / 1e4, costs.slippage_bp / 1e4, periods)
