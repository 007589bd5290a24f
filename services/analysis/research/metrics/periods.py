"""Bars a year, which scales yearly figures: 252 sessions for what trades on exchanges, 365 days for crypto."""

from __future__ import annotations

import numpy as np

from services.analysis.kernels.indicators.kind import Int64s
from shared.events import Timeframe


def bars_a_year(kind: str, timeframe: Timeframe, sessions: Int64s) -> float:
    """For an instrument of a kind; ``sessions`` (bars,): the session date of each bar, yyyymmdd.

    Below a day it is the sessions of a year times the mean number of bars in a session of the series.

    >>> bars_a_year("stock", Timeframe.D1, np.array([20240102])), bars_a_year("crypto", Timeframe.D1, np.array([20240102]))
    (252.0, 365.0)
    """
    if timeframe is Timeframe.W1:
        return 52.0
    if timeframe is Timeframe.MN1:
        return 12.0
    days = 365.0 if kind == "crypto" else 252.0
    return days * len(sessions) / max(len(np.unique(sessions)), 1) if timeframe is not Timeframe.D1 else days
