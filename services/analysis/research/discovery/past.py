"""What is known of one instrument: its prices, the signals that fired, and the states of the market."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from services.analysis.research.quality.windows import Prices

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Past:
    """The past of an instrument."""

    symbol: str
    prices: Prices
    fired: Bools
    """(signals, bars)."""
    states: Bools
    """(states, bars): whether the market is known to be in a state."""
    within: int
    """Bars before a bar in which an earlier signal counts."""

    @cached_property
    def before(self) -> Bools:
        """(signals, bars): whether a signal fired on one of the ``within`` bars before each bar."""
        bars = self.fired.shape[1]
        count = np.zeros((len(self.fired), bars + self.within + 1), np.int32)
        np.cumsum(self.fired, axis=1, out=count[:, self.within + 1 :])
        found: Bools = count[:, self.within : self.within + bars] > count[:, :bars]
        return found

    def part(self, first: int, last: int) -> slice:
        """The bars of the dates from ``first`` to before ``last``, days since 1970."""
        return slice(*np.searchsorted(self.prices.day, (first, last)).tolist())
