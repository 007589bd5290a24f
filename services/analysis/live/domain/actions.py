"""Splits and dividends: which factors a moment has, as the daily bars and the actions that were told say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.closed_bars import BarRecords, empty, merged
from shared.events import CorporateAction, Timeframe

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

LEAST_CHANGE: Final = 1e-6
"""Factors that differ by less, as a fraction, are the same one computed twice."""
BEFORE_OPEN_MS: Final = 12 * 3_600_000
"""A price from outside sessions this long before the open of an ex-date is already in its terms."""


@dataclass(frozen=True)
class Basis:
    """The factors of one symbol."""

    daily: BarRecords
    """Closed daily bars (dtype PAST), oldest first."""
    actions: Int64s
    """Opens of the sessions of the actions that were told, ascending."""

    def of_bars(self, closes: Int64s) -> tuple[Floats, Floats]:
        """Price factors and split factors of bars that close at these times; both of shape (bars,).

        A bar within a session that has a daily bar has its factors. Another one has those of the day before it, or, if an action
        took effect in between, of the day after it, or 1 where that is still to come.
        """
        return self._at(closes, closes)

    def of_price(self, ts: int) -> float:
        """What puts a price of this moment into today's shares."""
        inside = np.array([ts + 1], np.int64)  # a price at the open belongs to the session
        return float(self._at(inside, inside + BEFORE_OPEN_MS)[1][0])

    def _at(self, closes: Int64s, known: Int64s) -> tuple[Floats, Floats]:
        """``known``: actions before these times count, where no daily bar tells."""
        days = len(self.daily)
        if not days:
            return np.ones(len(closes)), np.ones(len(closes))
        after = np.searchsorted(self.daily["ts_close"], closes)
        own = (after < days) & (self.daily["ts_open"][np.minimum(after, days - 1)] < closes)
        since = np.where(after > 0, self.daily["ts_close"][after - 1], 0)
        acted = np.searchsorted(self.actions, known) > np.searchsorted(self.actions, since)
        at = np.where(own | acted | (after == 0), after, after - 1)
        price = np.append(self.daily["price_factor"], 1.0)[at]
        split = np.append(self.daily["split_factor"], 1.0)[at]
        return price, split


def basis_of(daily: BarRecords | None, actions: Iterable[CorporateAction] = ()) -> Basis:
    """The factors that these daily bars and actions tell of."""
    return Basis(empty() if daily is None else daily, np.array(sorted({action.ts_event for action in actions}), np.int64))


def changed(stored: BarRecords, told: BarRecords) -> bool:
    """Whether a day has other factors now than it had: there is a new action, or an old one has been revised."""
    _, mine, theirs = np.intersect1d(stored["ts_close"], told["ts_close"], assume_unique=True, return_indices=True)
    return any(
        bool((np.abs(told[name][theirs] / stored[name][mine] - 1.0) > LEAST_CHANGE).any())
        for name in ("price_factor", "split_factor")
    )


def readjusted(stored: Mapping[Timeframe, BarRecords], basis: Basis) -> dict[Timeframe, BarRecords]:
    """The same bars, raw as they were, with the factors of ``basis``."""
    found = {}
    for timeframe, bars in stored.items():
        found[timeframe] = bars.copy()
        found[timeframe]["price_factor"], found[timeframe]["split_factor"] = basis.of_bars(bars["ts_close"])
    return found


def together(stored: Mapping[Timeframe, BarRecords], told: Mapping[Timeframe, BarRecords]) -> dict[Timeframe, BarRecords]:
    """Both, timeframe by timeframe; what was told counts where both have a bar."""
    return {
        timeframe: merged(stored.get(timeframe, empty()), told.get(timeframe, empty()))
        for timeframe in Timeframe
        if timeframe in stored or timeframe in told
    }
