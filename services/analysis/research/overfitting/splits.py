"""Splits of bars into train and test, purged and embargoed.

A position that is open at a boundary is in both parts. Bars of train from which a position could still be open when a test part
begins are purged, and so are those at which one of the test part could still be open. The embargo leaves out further bars after a
test part.
López de Prado (2018), "Advances in Financial Machine Learning", chapters 7 and 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

import numpy as np

from services.analysis.kernels.indicators.kind import Int64s
from services.analysis.research.domain.refusals import RefusedError

MOST_FOLDS: Final = 500
LEAST_BARS: Final = 2
"""Bars of a part: fewer have no returns that vary."""


class SplitError(RefusedError):
    """Bars cannot be split as requested; the message names the field and the value."""


@dataclass(frozen=True)
class Fold:
    """A split: bars to choose on, and bars to judge on."""

    train: Int64s
    """Numbers of bars, ascending."""
    test: Int64s
    parts: tuple[int, ...]
    """The numbers of the segments that are tested."""


def segments(bars: int, count: int) -> list[Int64s]:
    """So many consecutive parts of nearly the same length. Raises SplitError."""
    if not 1 <= count <= bars // LEAST_BARS:
        raise SplitError(f"folds: {bars} bars make no {count} parts of at least {LEAST_BARS}", "bars-few")
    return list(np.array_split(np.arange(bars), count))


def walk_forward(bars: int, folds: int, *, holding: int, window: int | None = None) -> list[Fold]:
    """Train on what came before, test on the next segment, and so on. The first segments are never tested.

    ``window``: segments of train right before the test (rolling); None: all of them (anchored), one at first. Raises SplitError.
    """
    first = 1 if window is None else window
    if folds < 1 or first < 1:
        raise SplitError(f"folds: {folds} parts to test and {first} before them: both must be at least 1", "value-least", bound=1)
    parts = segments(bars, folds + first)
    found = []
    for k in range(first, folds + first):
        before = np.concatenate(parts[0 if window is None else k - first : k])
        found.append(Fold(before[before + holding < parts[k][0]], parts[k], (k,)))
    return _checked(found, holding)


def combinatorial(bars: int, groups: int, tested: int, *, holding: int, embargo: int) -> list[Fold]:
    """Every choice of ``tested`` of the ``groups`` is tested once, and the others are train. Raises SplitError."""
    check_choices(groups, tested)
    parts = segments(bars, groups)
    found = []
    for chosen in combinations(range(groups), tested):
        train = np.ones(bars, np.bool_)
        for k in chosen:
            first, last = int(parts[k][0]), int(parts[k][-1])
            train[max(0, first - holding) : last + 1 + holding + embargo] = False
        found.append(Fold(np.flatnonzero(train), np.concatenate([parts[k] for k in chosen]), chosen))
    return _checked(found, holding)


def check_choices(groups: int, tested: int) -> None:
    """Raises SplitError when so many groups cannot be tested, or in too many ways."""
    if not 1 <= tested < groups:
        raise SplitError(
            f"tested: {tested} of {groups} groups: at least one must be tested and one must be left",
            "tested-fewer",
            value=tested,
            groups=groups,
        )
    if (count := comb(groups, tested)) > MOST_FOLDS:
        raise SplitError(
            f"tested: {tested} of {groups} groups are {count:,} splits, at most {MOST_FOLDS} are made",
            "splits-many",
            count=f"{count:,}",
            most=MOST_FOLDS,
        )


def paths(folds: Sequence[Fold], groups: int) -> list[list[int]]:
    """The paths of combinatorial splits: each tests every group once. A path is the number of the fold that tests each group.

    >>> paths(combinatorial(12, 3, 2, holding=0, embargo=0), 3)
    [[0, 0, 1], [1, 2, 2]]
    """
    of_group = [[number for number, fold in enumerate(folds) if group in fold.parts] for group in range(groups)]
    return [list(path) for path in zip(*of_group, strict=True)]


def _checked(folds: list[Fold], holding: int) -> list[Fold]:
    """No fold is an error, and so is one without bars to choose on."""
    if not folds:
        raise SplitError("folds: there are none", "value-least", bound=1)
    for number, fold in enumerate(folds, 1):
        if len(fold.train) < LEAST_BARS or len(fold.test) < LEAST_BARS:
            raise SplitError(
                f"holding: {holding} bars leave {len(fold.train)} bars of train and {len(fold.test)} of test in fold {number}; "
                "ask for fewer folds, a shorter holding period or a longer range",
                "bars-few",
            )
    return folds
