"""The return of a fixed number of bars."""

from __future__ import annotations

import numpy as np

from services.analysis.research.datasets.label_columns import LabelColumns, Prices, ends_after


def label(prices: Prices, horizon: int) -> LabelColumns:
    """close[t + h] / open[t + 1] - 1: bought at the next open, as a signal of bar t is traded. Without costs.

    NaN for the last h bars, and where a price is not above 0.

    >>> label(Prices(*(np.array([1.0, 2.0, 4.0]),) * 4), 1).columns["label_forward_return_1"]
    array([ 0.,  0., nan])
    """
    found = np.full(len(prices.close), np.nan)
    if horizon < len(found):
        entry, leave = prices.open[1 : len(found) - horizon + 1], prices.close[horizon:]
        good = (entry > 0.0) & (leave > 0.0)
        found[: len(found) - horizon] = np.where(good, leave / np.where(good, entry, 1.0) - 1.0, np.nan)
    return LabelColumns({f"label_forward_return_{horizon}": found}, ends_after(np.isfinite(found), horizon))
