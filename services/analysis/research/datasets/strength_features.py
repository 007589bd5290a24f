"""Relative strength among the instruments of a data set, with what had closed by each bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from services.analysis.kernels.groups.aligned import carried
from services.analysis.kernels.groups.strength import strength
from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.domain.research_series import ResearchSeries

DAY_MS: Final = 86_400_000
MOST_CLOSES: Final = 50_000_000
"""Close times x instruments: 400 MB."""


@dataclass(frozen=True)
class Closes:
    """The adjusted closes of all instruments on one axis of close times.

    On an axis of dates a session in Seoul would know the close in New York of the same date, which is hours later.
    """

    symbols: tuple[str, ...]
    industries: tuple[frozenset[str], ...]
    """Of each instrument, as they are listed today."""
    ts_close: Int64s
    """(times,): each the close of at least one instrument."""
    closes: Floats
    """(times, instruments); NaN where an instrument has no bar."""

    @classmethod
    def of(cls, found: Mapping[str, tuple[Int64s, Floats]], industries: Mapping[str, Sequence[str]]) -> Closes:
        """From close times and adjusted closes by symbol."""
        axis = np.unique(np.concatenate([times for times, _ in found.values()])) if found else np.zeros(0, np.int64)
        closes = np.full((len(axis), len(found)), np.nan)
        for column, (times, values) in enumerate(found.values()):
            closes[np.searchsorted(axis, times), column] = values
        return cls(tuple(found), tuple(frozenset(industries[symbol]) for symbol in found), axis, closes)

    @cached_property
    def filled(self) -> Floats:
        """The newest close of each instrument at each time; NaN if there is none within two weeks."""
        return carried(self.ts_close // DAY_MS, self.closes)

    def strength(self, symbol: str, sessions: int, *, industry: bool) -> Floats:
        """(1 + r) / (1 + mean r of the others) - 1 over the last bars of an instrument: (its bars,).

        NaN where it has fewer bars before, or where there are no others; ``kernels/groups/strength.py`` has the formula.
        """
        member = self.symbols.index(symbol)
        own = self.industries[member]
        others = [n for n in range(len(self.symbols)) if n != member and (not industry or own & self.industries[n])]
        found = strength(self.closes, self.filled, member, others, sessions)
        return np.asarray(found[np.isfinite(self.closes[:, member])])


def adjusted_closes(series: ResearchSeries) -> tuple[Int64s, Floats]:
    """Close times and adjusted closes: (bars,) each."""
    return np.array(series.ts_close), np.array(series.adjusted.close)
