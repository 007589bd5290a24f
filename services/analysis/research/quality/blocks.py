"""Inference by a block bootstrap over dates: all instruments of a date stay together, and so do the dates of a block.

The sum of the evidence of a block is one observation. The statistic is studentised: the sum over all dates divided by its standard
error from blocks, in the data and in each resample (Götze and Künsch 1996, "Second-order correctness of the blockwise bootstrap for
stationary observations"). Blocks begin anywhere and wrap around (the circular bootstrap of Politis and Romano 1992).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from services.analysis.research.quality.machine_code import Floats, Int32s, QualityKernels

SPANS: Final = 3
"""Length of a block in windows."""
LEAST_BLOCK: Final = 10
"""Dates of the shortest block: volatility stays for days."""
LEAST_BLOCKS: Final = 8
"""Fewer blocks than this are no evidence."""
HOPELESS: Final = 0.2
"""From this p-value of Student's t on, no resampling is done: it could not become a discovery."""
ENOUGH: Final = 10
"""Resamples at least as extreme as the data after which sampling stops (Besag and Clifford 1991)."""
FIRST_DRAWS: Final = 200
MOST_VALUES: Final = 4_000_000
"""Numbers in memory at a time while resampling."""
INTERVAL_DRAWS: Final = 200


class BlockSums(NamedTuple):
    """Sums of the evidence over every block of dates, for some keys."""

    sums: Floats
    """(keys, dates): the sum over the block that begins at a date."""
    length: int
    """Dates of a block."""
    error: Floats
    """(keys,): standard error of the sum over all dates."""
    degrees: Floats
    """(keys,): degrees of freedom of the standard error; 0 where it is 0."""

    @property
    def blocks(self) -> int:
        """Blocks of a resample."""
        return -(-int(self.sums.shape[1]) // self.length)

    @property
    def enough(self) -> bool:
        """Whether there are enough blocks to resample."""
        return bool(self.sums.shape[1] >= LEAST_BLOCKS * self.length)

    def of(self, keys: npt.NDArray[np.intp]) -> BlockSums:
        """Those of some keys."""
        return BlockSums(self.sums[keys], self.length, self.error[keys], self.degrees[keys])


def block_length(span: int) -> int:
    """Dates of a block for windows of ``span`` dates."""
    return max(LEAST_BLOCK, SPANS * span)


def block_sums(kernels: QualityKernels, evidence: Floats, span: int) -> BlockSums:
    """Sums over blocks of ``evidence`` (keys, dates), of which each row adds up to 0.

    A block cuts windows at its ends, so that its variance is too small by a known share: windows of ``span`` dates have the
    autocovariances 1 - k / span, of which a block of L dates holds 1 - (span^2 - 1) / (3 span L).
    """
    dates = evidence.shape[1]
    length = min(block_length(span), max(dates, 1))
    held = 1 - (span * span - 1) / (3 * span * length)
    sums, second, fourth = np.empty_like(evidence), np.zeros(len(evidence)), np.zeros(len(evidence))
    if not dates:
        return BlockSums(sums, length, second, second)
    kernels.sum_blocks(evidence, length, sums, second, fourth)
    spread = fourth - second * second
    degrees = np.divide(2 * dates / length * second * second, spread, out=np.zeros_like(second), where=spread > 0)
    return BlockSums(sums, length, np.sqrt(second * dates / length / held), degrees)


def p_values(kernels: QualityKernels, statistic: Floats, found: BlockSums, seed: int, draws: int) -> Floats:
    """One-sided p-values of ``statistic`` (keys,): the sum over all dates under its standard error; at most ``draws`` resamples.

    A key without variation, or with too few blocks, has p = 1. The same seed gives the same values.
    """
    p = np.ones(len(statistic))
    if not found.enough:
        return p
    usable = found.degrees > 0
    p[usable] = stdtr(found.degrees[usable], -statistic[usable])
    drawn = np.flatnonzero(p < HOPELESS)
    extreme, done, chunk, stream = np.zeros(len(drawn), np.int64), 0, FIRST_DRAWS, np.random.default_rng(seed)
    least = p.copy()
    while len(drawn) and done < draws:
        chunk = min(chunk, draws - done, max(1, MOST_VALUES // (len(drawn) * found.blocks)))
        kernels.count_extreme(found.sums[drawn], _starts(found, stream, chunk), statistic[drawn], extreme)
        done, chunk = done + chunk, 4 * chunk
        p[drawn] = np.maximum((extreme + 1) / (done + 1), least[drawn])
        going = extreme < ENOUGH
        drawn, extreme = drawn[going], extreme[going]
    return p


def interval(kernels: QualityKernels, found: BlockSums, seed: int) -> tuple[Floats, Floats]:
    """The studentised 95 % interval of the sum over all dates, around 0: (keys,) each; infinite with too few blocks."""
    if not found.enough or not len(found.sums):
        wide = np.full(len(found.sums), np.inf)
        return -wide, wide
    low, high = np.empty(len(found.sums)), np.empty(len(found.sums))
    at_once = max(1, MOST_VALUES // (INTERVAL_DRAWS * found.blocks))
    for first in range(0, len(low), at_once):
        part = np.arange(first, min(first + at_once, len(low)))
        drawn = np.empty((len(part), INTERVAL_DRAWS))
        kernels.draw_statistics(found.sums[part], _starts(found, np.random.default_rng(seed), INTERVAL_DRAWS), drawn)
        low[part], high[part] = np.quantile(drawn, (0.975, 0.025), axis=1)
    return -low * found.error, -high * found.error


def _starts(found: BlockSums, stream: np.random.Generator, draws: int) -> Int32s:
    """Where the blocks of resamples begin: (draws, blocks)."""
    return stream.integers(0, found.sums.shape[1], (draws, found.blocks), dtype=np.int32)
