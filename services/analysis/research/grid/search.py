"""Chooses sets on train and judges them on test, over the equity of every set at every bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.grid.layout import Counts
from services.analysis.research.grid.objectives import FIGURES, figure
from services.analysis.research.grid.plateau import centre, peak
from services.analysis.research.grid.sets import ParameterSets
from services.analysis.research.overfitting.splits import Fold


@dataclass(frozen=True)
class Choice:
    """What was chosen on some bars; None where no set had enough trades and a value of the objective."""

    centre: int | None
    peak: int | None
    values: Floats
    """(sets,): the objective; NaN for a set that may not be chosen."""


@dataclass(frozen=True)
class FoldResult:
    """A fold: what was chosen on train, and what it gave on test."""

    fold: Fold
    choice: Choice
    trained: float | None
    """The objective of the chosen set on train."""
    tested: float | None
    """On test; None if nothing was chosen or it is not defined."""
    trades: int
    """On test."""


@dataclass(frozen=True)
class Search:
    """The results of all sets."""

    sets: ParameterSets
    returns: Floats
    """(sets, bars): from close to close; the first bar has none. NaN after the money was used up."""
    entries: Counts
    """(sets, bars): positions that were opened."""
    periods: float
    """Bars a year."""
    objective: str
    minimum_trades: int
    radius: int

    @property
    def bars(self) -> int:
        """Bars with returns."""
        return int(self.returns.shape[1])

    def choose(self, bars: Int64s) -> Choice:
        """The best set on some bars."""
        values = figure(self.objective, self._at(bars), self.periods)
        values[self.trades(bars) < self.minimum_trades] = np.nan
        return Choice(centre(self.sets, values, self.radius), peak(values), values)

    def figures(self, number: int, bars: Int64s) -> dict[str, float | None]:
        """All figures of a set on some bars."""
        found: dict[str, float | None] = {name: self._figure(name, number, bars) for name in FIGURES}
        return found | {"trades": int(self.entries[number, bars].sum(dtype=np.int64))}

    def folds(self, folds: Sequence[Fold]) -> list[FoldResult]:
        """Each fold by itself."""
        found = []
        for fold in folds:
            choice, trained, tested, trades = self.choose(fold.train), None, None, 0
            if choice.centre is not None:
                trained = float(choice.values[choice.centre])
                tested = self._figure(self.objective, choice.centre, fold.test)
                trades = int(self.entries[choice.centre, fold.test].sum(dtype=np.int64))
            found.append(FoldResult(fold, choice, trained, tested, trades))
        return found

    def joined(self, parts: Sequence[tuple[int | None, Int64s]]) -> float | None:
        """The objective of several sets one after the other, each on bars of its own; None if one of them is not there."""
        rows = [self.returns[number, bars] for number, bars in parts if number is not None]
        if len(rows) < len(parts):
            return None
        return _known(figure(self.objective, np.concatenate(rows)[None, :], self.periods)[0])

    @cached_property
    def used_up(self) -> int:
        """Sets whose money was used up."""
        return int(np.isnan(self.returns).any(axis=1).sum())

    def _figure(self, name: str, number: int, bars: Int64s) -> float | None:
        return _known(figure(name, self.returns[number, bars][None, :], self.periods)[0])

    def _at(self, bars: Int64s) -> Floats:
        """The returns at some bars, without a copy where they are consecutive."""
        if len(bars) and bars[-1] - bars[0] == len(bars) - 1:
            return self.returns[:, bars[0] : bars[-1] + 1]
        return np.take(self.returns, bars, axis=1)

    def trades(self, bars: Int64s) -> Int64s:
        """Positions that each set opened on some bars: (sets,)."""
        if len(bars) and bars[-1] - bars[0] == len(bars) - 1:
            bars_of: slice | Int64s = slice(bars[0], bars[-1] + 1)
        else:
            bars_of = bars
        found: Int64s = self.entries[:, bars_of].sum(axis=1, dtype=np.int64)
        return found


def returns_of(equity: Floats) -> Floats:
    """Returns (sets, bars - 1) of equity (sets, bars); NaN from the bar on at which the money was used up."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = equity[:, 1:] / equity[:, :-1] - 1.0
    lost = np.minimum.accumulate(equity, axis=1)[:, :-1] <= 0.0 if (equity <= 0.0).any() else None
    if lost is not None:
        found[lost] = np.nan
    return found


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
