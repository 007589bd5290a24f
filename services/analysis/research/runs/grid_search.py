"""What is chosen among the sets of a grid, and what the choice is worth.

The newest bars are the test part: nothing is chosen on them. The bars before are the development part. Each of its folds chooses
and validates by itself; the final choice is made on all of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.grid.layout import Counts
from services.analysis.research.grid.objectives import figure
from services.analysis.research.grid.search import Choice, FoldResult, Search
from services.analysis.research.grid.sets import ParameterSets
from services.analysis.research.overfitting.cross_validation import (
    NoCrossValidationError,
    OverfittingProbability,
    overfitting_probability,
)
from services.analysis.research.overfitting.judgement import Judgement, judged
from services.analysis.research.overfitting.sharpe_distribution import (
    SharpeSample,
    deflated_sharpe,
    expected_maximum,
    probabilistic_sharpe,
    sharpe_ratios,
    sharpe_sample,
)
from services.analysis.research.overfitting.splits import Fold, SplitError, combinatorial, paths, segments, walk_forward
from services.analysis.research.overfitting.trials import effective_trials
from services.analysis.research.runs.grid_parameters import GridParameters


@dataclass(frozen=True)
class Deflated:
    """The Sharpe ratio of the chosen set on the development part, and what so many trials would show without skill."""

    sample: SharpeSample | None
    trials: int
    effective: float
    deviation: float
    """Standard deviation of the Sharpe ratios of the trials."""
    probabilistic: float | None
    deflated: float | None
    """With all trials as independent ones."""
    deflated_effective: float | None
    """With the effective number of trials."""
    expected: float | None
    """The highest ratio of a bar that the trials would show without skill."""


@dataclass(frozen=True)
class Searched:
    """The result of a search."""

    search: Search
    holding: int
    embargo: int
    development: Int64s
    test: Int64s
    folds: Sequence[FoldResult]
    validation: Judgement
    """The objective over the validated parts, and in each fold or path."""
    final: Choice
    chosen: int
    """The centre of the plateau."""
    best: int
    """The peak."""
    deflated: Deflated
    overfitting: OverfittingProbability | None
    no_overfitting: str
    """Why there is no probability of overfitting."""


def searched(
    asked: GridParameters, sets: ParameterSets, returns: Floats, entries: Counts, held: Int64s, periods: float
) -> Searched:
    """``returns``, ``entries`` (sets, bars), ``held`` (sets, 2).

    Raises:
        RunError: the bars cannot be split, or nothing can be chosen.
    """
    search = Search(sets, returns, entries, periods, asked.objective, asked.minimum_trades, asked.radius)
    holding = _holding(asked, sets, entries, held)
    embargo = holding if asked.embargo is None else asked.embargo
    first = round(search.bars * (1.0 - asked.test))
    development, test = np.arange(max(first - holding, 0)), np.arange(first, search.bars)
    try:
        folds = search.folds(split(asked, len(development), holding, embargo))
    except SplitError as error:
        raise RunError.like(error, str(error)) from error
    final = search.choose(development)
    if final.centre is None or final.peak is None:
        most = int(entries[:, development].sum(axis=1, dtype=np.int64).max())
        raise RunError(
            f"minimum_trades: no set has {asked.minimum_trades} trades and a value of {asked.objective} on the "
            f"{len(development):,} bars of development; the most trades of a set are {most:,}",
            "trades-few",
            least=asked.minimum_trades,
            most=f"{most:,}",
        )
    known = returns[:, : len(development)]
    validation = _validation(asked, search, folds, len(development))
    deflated = _deflated(known, final.centre, asked.earlier_trials)
    return Searched(
        search, holding, embargo, development, test, folds, validation, final, final.centre, final.peak, deflated,
        *_overfitting(known, asked.blocks),
    )  # fmt: skip


def split(asked: GridParameters, bars: int, holding: int, embargo: int) -> list[Fold]:
    """The folds of the development part. Raises SplitError."""
    if asked.split == "combinatorial":
        return combinatorial(bars, asked.folds, asked.tested, holding=holding, embargo=embargo)
    return walk_forward(bars, asked.folds, holding=holding, window=asked.window if asked.split == "rolling" else None)


def _holding(asked: GridParameters, sets: ParameterSets, entries: Counts, held: Int64s) -> int:
    """Bars that a position is held for: as asked, the longest time exit, or the mean over all positions of all sets."""
    if asked.holding is not None:
        return asked.holding
    if "time_exit" in sets.names:
        return int(max(sets.values[sets.names.index("time_exit")]))
    if asked.time_exit is not None:
        return asked.time_exit
    trades = int(entries.sum(dtype=np.int64))
    return math.ceil(int(held[:, 0].sum()) / trades) if trades else 1


def _validation(asked: GridParameters, search: Search, folds: Sequence[FoldResult], bars: int) -> Judgement:
    """Walk-forward: the parts that were tested one after the other. Combinatorial: each path, pooled as their mean."""
    if asked.split != "combinatorial":
        pooled = search.joined([(each.choice.centre, each.fold.test) for each in folds])
        return judged(pooled, [each.tested for each in folds])
    parts = segments(bars, asked.folds)
    values = [
        search.joined([(folds[number].choice.centre, parts[group]) for group, number in enumerate(path)])
        for path in paths([each.fold for each in folds], asked.folds)
    ]
    known = [value for value in values if value is not None]
    return judged(float(np.mean(known)) if len(known) == len(values) else None, values)


def _deflated(returns: Floats, chosen: int, earlier: int) -> Deflated:
    ratios = sharpe_ratios(returns)
    known = ratios[np.isfinite(ratios)]
    trials = len(returns) + earlier
    effective = effective_trials(np.nan_to_num(returns) if np.isnan(returns).any() else returns) + earlier
    deviation = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    sample = sharpe_sample(returns[chosen])
    if sample is None:
        return Deflated(None, trials, effective, deviation, None, None, None, None)
    return Deflated(
        sample, trials, effective, deviation, probabilistic_sharpe(sample), deflated_sharpe(sample, trials, deviation),
        deflated_sharpe(sample, max(effective, 1.0), deviation), expected_maximum(trials, deviation),
    )  # fmt: skip


def _overfitting(returns: Floats, blocks: int) -> tuple[OverfittingProbability | None, str]:
    """A set whose money was used up has no returns after that; its loss stands."""
    try:
        return overfitting_probability(np.nan_to_num(returns) if np.isnan(returns).any() else returns, blocks), ""
    except NoCrossValidationError as error:
        return None, str(error)


def objective_of(found: Searched, number: int, bars: Int64s) -> float | None:
    """The objective of a set on some bars."""
    value = figure(found.search.objective, found.search.returns[number, bars][None, :], found.search.periods)[0]
    return float(value) if np.isfinite(value) else None
