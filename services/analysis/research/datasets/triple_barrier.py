"""The triple-barrier method: which of a profit, a loss and a time limit comes first.

López de Prado (2018), "Advances in Financial Machine Learning", chapter 3.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.datasets.label_columns import LabelColumns, Prices

SPAN: Final = 100
"""Of the exponentially weighted deviation of returns, as in snippet 3.1 of the book."""
WARM_UP: Final = 20
"""Returns without which the deviation is not known."""


def label(prices: Prices, horizon: int, up: float = 2.0, down: float = 2.0) -> LabelColumns:
    """+1 where the upper barrier is touched first, -1 the lower one, 0 where neither is in ``horizon`` bars; and the return.

    The entry is the next open e. The barriers are e (1 + up s) and e (1 - down s), s the deviation of returns known at bar t. Highs
    and lows touch. A bar that opens beyond a barrier is left at its open; of two barriers in one bar the lower one is touched. A
    label ends with the bar that touches. NaN where s or a price is not known, and at the end of the series.
    """
    bars = len(prices.close)
    side, gain, end = np.full(bars, np.nan), np.full(bars, np.nan), np.full(bars, -1, np.int64)
    spread = deviation(prices.close)
    at = np.arange(bars - 1)
    entry = prices.open[1:]
    at = at[np.isfinite(spread[:-1]) & (entry > 0.0)]
    upper, lower = prices.open[at + 1] * (1.0 + up * spread[at]), prices.open[at + 1] * (1.0 - down * spread[at])
    for ahead in range(1, horizon + 1):
        inside = at + ahead < bars
        at, upper, lower = at[inside], upper[inside], lower[inside]
        bar = at + ahead
        fell, rose = prices.low[bar] <= lower, prices.high[bar] >= upper
        touched = np.where(fell, -1.0, np.where(rose, 1.0, 0.0))
        level = np.where(fell, np.minimum(prices.open[bar], lower), np.maximum(prices.open[bar], upper))
        done = (touched != 0.0) | (ahead == horizon)
        leave = np.where(touched != 0.0, level, prices.close[bar])[done]
        side[at[done]], end[at[done]] = touched[done], bar[done]
        gain[at[done]] = leave / prices.open[at[done] + 1] - 1.0
        at, upper, lower = at[~done], upper[~done], lower[~done]
    name = f"label_triple_barrier_{horizon}" + ("" if (up, down) == (2.0, 2.0) else f"_{up:g}_{down:g}".replace(".", "p"))
    return LabelColumns({name: side, f"{name}_return": gain}, end)


def deviation(close: Floats) -> Floats:
    """The exponentially weighted standard deviation of the returns up to each bar: (bars,); NaN for the first ones.

    With pandas' weights (``adjust``, bias corrected): sqrt(V1^2 / (V1^2 - V2) (M2 - M1^2)).
    """
    before = np.concatenate([[np.nan], close[:-1]]) if len(close) else close
    good = (before > 0.0) & (close > 0.0)
    returns = np.where(good, close / np.where(good, before, 1.0) - 1.0, np.nan)
    found = pd.Series(returns).ewm(span=SPAN, min_periods=WARM_UP).std().to_numpy(np.float64, copy=True)
    found[~(found > 0.0)] = np.nan
    return found
