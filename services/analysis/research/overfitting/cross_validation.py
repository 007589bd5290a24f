"""Probability of backtest overfitting by combinatorially symmetric cross-validation (CSCV).

Bailey, Borwein, López de Prado and Zhu (2015), "The Probability of Backtest Overfitting", Journal of Computational Finance: the
periods are cut into an even number of blocks; every half of them is in sample once. The configuration with the best Sharpe ratio in
sample is ranked out of sample among all. The probability is the share of halves in which it is not above the median there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb
from typing import Final

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.domain.refusals import RefusedError

MOST_BLOCKS: Final = 20
MOST_CELLS: Final = 2_000_000
"""Halves x configurations that are computed together: some 16 MB an array."""
MOST_RATIOS: Final = 2_000_000_000
"""Halves x configurations: about a minute."""
SMALLEST: Final = 1e-18
"""A variance below this share of the mean square is rounding, and counts as none."""


class NoCrossValidationError(RefusedError):
    """There is nothing to cross-validate; the message says why."""


@dataclass(frozen=True)
class OverfittingProbability:
    """The result of CSCV."""

    probability: float
    """Share of halves in which the best in sample is not above the median out of sample."""
    halves: int
    logits: Floats
    """(halves,): ln(rank / (1 - rank)) of the best in sample, out of sample; the rank is between 0 and 1."""
    loss: float
    """Share of halves in which the best in sample has a Sharpe ratio of 0 or less out of sample, or none."""


def overfitting_probability(returns: Floats, blocks: int = 16) -> OverfittingProbability:
    """Of ``returns`` (configurations, periods). The oldest periods are left out so that all blocks have the same length.

    A configuration without variance has no Sharpe ratio: it is never chosen, and ranks last out of sample. A half in which nothing
    can be chosen counts as overfitted.

    Raises:
        NoCrossValidationError: fewer than two configurations, blocks of fewer than two periods, returns that are not finite, or no
            configuration with variance in any half.
    """
    if returns.ndim != 2 or len(returns) < 2:
        raise NoCrossValidationError(f"configurations: {len(returns)} cannot be ranked, at least 2 are needed", "sets-few", least=2)
    check_blocks(blocks, len(returns))
    length = returns.shape[1] // blocks
    if length < 2:
        raise NoCrossValidationError(f"periods: {returns.shape[1]} make no {blocks} blocks of at least 2", "bars-few")
    kept = returns[:, returns.shape[1] - length * blocks :]
    if not np.isfinite(kept).all():
        raise NoCrossValidationError("returns: some are not finite", "returns-unknown")
    sums, squares = _block_sums(kept, blocks)
    logits, losses, chosen = [], 0, 0
    each = combinations(range(blocks), blocks // 2)
    for some in iter(lambda: list(islice(each, max(1, MOST_CELLS // len(returns)))), []):
        half = np.zeros((len(some), blocks))
        np.put_along_axis(half, np.array(some), 1.0, axis=1)
        n = length * blocks // 2
        inside, outside = (_ratios(part @ sums.T, part @ squares.T, n) for part in (half, 1.0 - half))
        for best, rank, own in _ranked(inside, outside):
            chosen += best
            losses += not own > 0.0
            logits.append(float(np.log(rank / (1.0 - rank))))
    if not chosen:
        raise NoCrossValidationError("returns: no configuration has a Sharpe ratio in any half", "returns-unknown")
    found = np.array(logits)
    return OverfittingProbability(float(np.mean(found <= 0.0)), len(found), found, losses / len(found))


def check_blocks(blocks: int, configurations: int) -> None:
    """Raises NoCrossValidationError for a number of blocks that is not possible, or too many halves for so many configurations."""
    if blocks % 2 or not 2 <= blocks <= MOST_BLOCKS:
        raise NoCrossValidationError(
            f"blocks: {blocks} is not an even number from 2 to {MOST_BLOCKS}",
            "blocks-even",
            value=blocks,
            least=2,
            most=MOST_BLOCKS,
        )
    if (ratios := comb(blocks, blocks // 2) * configurations) > MOST_RATIOS:
        raise NoCrossValidationError(
            f"blocks: {comb(blocks, blocks // 2):,} halves of {blocks} blocks x {configurations:,} sets are {ratios:,} ratios, "
            f"at most {MOST_RATIOS:,} are computed: ask for fewer blocks",
            "blocks-many",
            value=blocks,
        )


def _block_sums(returns: Floats, blocks: int) -> tuple[Floats, Floats]:
    """Sums and sums of squares of each configuration in each block."""
    cut = returns.reshape(len(returns), blocks, -1)
    return cut.sum(axis=2), np.einsum("kbt,kbt->kb", cut, cut)


def _ratios(total: Floats, squares: Floats, n: int) -> Floats:
    """Sharpe ratios (halves, configurations); -inf where there is none."""
    variance = (squares - total * total / n) / (n - 1)
    varies = variance > SMALLEST + 1e-12 * squares / n
    return np.where(varies, total / n / np.sqrt(np.where(varies, variance, 1.0)), -np.inf)


def _ranked(inside: Floats, outside: Floats) -> Iterator[tuple[bool, float, float]]:
    """Of each half: whether something was chosen, the relative rank of it out of sample (0 to 1), and its ratio there."""
    best: Int64s = inside.argmax(axis=1)
    known = np.isfinite(inside.max(axis=1))
    own = np.take_along_axis(outside, best[:, None], axis=1)
    below, same = (outside < own).sum(axis=1), (outside == own).sum(axis=1) - 1
    ranks = (1.0 + below + same / 2.0) / (outside.shape[1] + 1.0)
    last = 1.0 / (outside.shape[1] + 1.0)
    for is_known, rank, ratio in zip(known, ranks, own[:, 0], strict=True):
        ranked = bool(is_known and np.isfinite(ratio))
        yield bool(is_known), float(rank if ranked else last), float(ratio if ranked else np.nan)
