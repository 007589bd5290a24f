"""Splits and dividends: the factors of a moment, from the daily bars and the published corporate actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.closed_bars import BarRecords, merge_bars, no_bars
from shared.events import CorporateAction, Timeframe

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

LEAST_CHANGE: Final = 1e-6
"""Factors that differ by less, as a fraction, count as equal: the difference is rounding."""
BEFORE_OPEN_MS: Final = 12 * 3_600_000
"""A price outside sessions this long before the open of an ex-date is already quoted in the shares of that date."""


@dataclass(frozen=True)
class AdjustmentFactors:
    """The factors of one symbol."""

    daily: BarRecords
    """Closed daily bars (dtype BAR_RECORD), oldest first."""
    actions: Int64s
    """Opens of the sessions of the published actions, ascending."""

    def of_bars(self, closes: Int64s) -> tuple[Floats, Floats]:
        """Price factors and split factors of bars that close at these times; both of shape (bars,).

        A bar within a session that has a daily bar has its factors. Any other bar has the factors of the day before it, or, if an
        action took effect in between, those of the day after it, or 1 if that day is still to come.
        """
        return self._at(closes, closes)

    def of_price(self, ts: int) -> float:
        """The factor that converts a price of this moment to today's shares."""
        inside = np.array([ts + 1], np.int64)  # a price at the open belongs to the session
        return float(self._at(inside, inside + BEFORE_OPEN_MS)[1][0])

    def _at(self, closes: Int64s, known: Int64s) -> tuple[Floats, Floats]:
        """``known``: the times before which actions count, where no daily bar decides."""
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


def factors_of(daily: BarRecords | None, actions: Iterable[CorporateAction] = ()) -> AdjustmentFactors:
    """The factors that follow from these daily bars and actions."""
    return AdjustmentFactors(
        no_bars() if daily is None else daily, np.array(sorted({action.ts_event for action in actions}), np.int64)
    )


def factors_changed(stored: BarRecords, provided: BarRecords) -> bool:
    """Whether a day has other factors than before: there is a new action, or an old one has been revised."""
    _, mine, theirs = np.intersect1d(stored["ts_close"], provided["ts_close"], assume_unique=True, return_indices=True)
    return any(
        bool((np.abs(provided[name][theirs] / stored[name][mine] - 1.0) > LEAST_CHANGE).any())
        for name in ("price_factor", "split_factor")
    )


def readjusted(stored: Mapping[Timeframe, BarRecords], factors: AdjustmentFactors) -> dict[Timeframe, BarRecords]:
    """The same raw bars with the factors of ``factors``."""
    found = {}
    for timeframe, bars in stored.items():
        found[timeframe] = bars.copy()
        found[timeframe]["price_factor"], found[timeframe]["split_factor"] = factors.of_bars(bars["ts_close"])
    return found


def merge_series(stored: Mapping[Timeframe, BarRecords], provided: Mapping[Timeframe, BarRecords]) -> dict[Timeframe, BarRecords]:
    """Both, timeframe by timeframe; where both have a bar, the provided one counts."""
    return {
        timeframe: merge_bars(stored.get(timeframe, no_bars()), provided.get(timeframe, no_bars()))
        for timeframe in Timeframe
        if timeframe in stored or timeframe in provided
    }
