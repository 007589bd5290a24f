"""What metrics are computed from: the equity at each close, and the trades."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.backtest.layout import TRADE, Records, zeros
from services.analysis.research.backtest.simulation import Simulation

SAME = 1e-9
"""A spread below this share of the largest value is rounding, and counts as none."""


@dataclass(frozen=True)
class Performance:
    """The equity of a strategy. The first bar is the state before any trade: an order is filled on the second at the earliest."""

    equity: Floats
    """(bars,)."""
    periods: float
    """Bars a year."""
    trades: Records
    """(trades,) ``TRADE``, all of them closed."""
    held: Int64s
    """(bars,): positions held at some time after the open."""

    @classmethod
    def of(cls, found: Simulation) -> Performance:
        """Of a simulation."""
        return cls(found.account["equity"], found.periods, found.trades, found.account["held"])

    @classmethod
    def of_equity(cls, equity: Floats, periods: float) -> Performance:
        """Of a position that is held all the time."""
        return cls(equity, periods, zeros(0, TRADE), np.ones(len(equity), np.int64))

    @cached_property
    def returns(self) -> Floats | None:
        """(bars - 1,): from close to close; None when the equity was used up before the end."""
        if len(self.equity) < 2 or (self.equity[:-1] <= 0).any() or not np.isfinite(self.equity).all():
            return None
        return self.equity[1:] / self.equity[:-1] - 1.0

    @cached_property
    def drawdown(self) -> Floats:
        """(bars,): the equity as a change from its highest value so far, at most 0."""
        return self.equity / np.maximum.accumulate(self.equity) - 1.0

    @cached_property
    def trade_returns(self) -> Floats:
        """(trades,): profit after costs as a share of the value at entry."""
        return np.asarray(self.trades["pnl"] / (self.trades["shares"] * self.trades["entry_price"]))

    @property
    def years(self) -> float:
        """Length of the time that returns cover."""
        return (len(self.equity) - 1) / self.periods


def spread(values: Floats) -> float | None:
    """Standard deviation (n - 1); None for fewer than two values or values that are all the same."""
    if len(values) < 2:
        return None
    found = float(values.std(ddof=1))
    return found if found > SAME * float(np.abs(values).max()) else None
