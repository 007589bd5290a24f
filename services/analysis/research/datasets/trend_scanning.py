"""Trend scanning: the direction of the most significant straight line through the closes that follow.

López de Prado (2020), "Machine Learning for Asset Managers", section 5.4.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.datasets.label_columns import LabelColumns, Prices, ends_after

LEAST: Final = 3
"""Bars of the shortest line after the bar itself."""
ROUNDING: Final = 1e-18
"""Share of the variance below which what a line leaves over is rounding."""


def label(prices: Prices, horizon: int) -> LabelColumns:
    """The sign (-1, 0, 1) and the t-value of the slope with the greatest absolute t-value, over windows of closes [t, t + L].

    L goes from 3 to the horizon. All windows are tried, so the label is known with the close of bar t + horizon, whichever is
    chosen. 0 where the closes do not move. NaN for the last ``horizon`` bars.
    """
    close = prices.close
    best = np.full(len(close), np.nan)
    whole = len(close) - horizon
    if whole > 0:
        best[:whole] = 0.0
        for length in range(LEAST, horizon + 1):
            found = t_values(close, length + 1)[:whole]
            best[:whole] = np.where(np.abs(found) > np.abs(best[:whole]), found, best[:whole])
    name = f"label_trend_{horizon}"
    return LabelColumns({name: np.sign(best), f"{name}_t": best}, ends_after(np.isfinite(best), horizon))


def t_values(close: Floats, points: int) -> Floats:
    """The t-value of the slope of a least-squares line through each window of so many closes: (bars - points + 1,)."""
    times = np.arange(points) - (points - 1) / 2.0
    scatter = float(times @ times)
    windows = sliding_window_view(close, points)
    windows = windows - windows.mean(axis=1, keepdims=True)
    slope = windows @ times / scatter
    variation = np.einsum("ij,ij->i", windows, windows)
    left = np.maximum(variation - slope * slope * scatter, ROUNDING * variation)
    error = np.sqrt(left / (points - 2) / scatter)
    return np.where(error > 0.0, slope / np.where(error > 0.0, error, 1.0), 0.0)
