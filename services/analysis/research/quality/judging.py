"""Judges the keys of one group and horizon: what is shown of each, and how likely chance alone would give it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.research.quality.blocks import BlockSums, block_sums, interval, p_values
from services.analysis.research.quality.cells import Axis, Cells
from services.analysis.research.quality.evidence import LEAST, wilson
from services.analysis.research.quality.machine_code import Bools, Floats, QualityKernels
from services.analysis.research.quality.sample import Sample, chosen, evidence, sample
from services.analysis.research.quality.walk_forward import decisions, first_decision, mean

DRAWS: Final = 9_999
"""Resamples of a key."""
FINE_DRAWS: Final = 299_999
"""Resamples of a key that none of the first ones reached, where that could decide."""
HOPEFUL: Final = 0.1
"""A key with a higher p-value cannot be validated."""


class Figures(NamedTuple):
    """What is shown of a sample; each of shape (keys,). Shares, not per cent."""

    signals: Floats
    dates: Floats
    effective: Floats
    years: Floats
    """From its first signal to the newest date."""
    win_rate: Floats
    win_low: Floats
    win_high: Floats
    mean: Floats
    mean_low: Floats
    """NaN where the evidence is too little for an interval, likewise ``mean_high``."""
    mean_high: Floats
    base: Floats
    worst: Floats
    adverse: Floats
    worst_adverse: Floats
    year_signals: Floats
    year_mean: Floats


class Unreached(NamedTuple):
    """What is needed to resample again the keys that hardly any resample reached."""

    keys: npt.NDArray[np.intp]
    statistic: Floats
    blocks: BlockSums
    seed: int

    def p_values(self, kernels: QualityKernels) -> Floats:
        """Their p-values by more resamples."""
        return p_values(kernels, self.statistic, self.blocks, self.seed, FINE_DRAWS)


class Judged(NamedTuple):
    """The keys of one group and horizon."""

    whole: Floats
    """(keys, figures): ``Figures`` of all signals after the first possible decision."""
    followed: Floats
    """(keys, figures): of those that the decisions of their years let in."""
    current: Bools
    """(keys,): whether the newest decision follows the key."""
    p: Floats
    """(keys,): p-value of the edge of the followed signals; NaN where they are too few for a test."""
    extreme: Unreached


def judge(kernels: QualityKernels, members: Sequence[Cells], on: Axis, seed: int, *, intervals: bool) -> Judged:
    """Judges the keys of some instruments together. Without ``intervals`` only keys that are tested have one."""
    first, span = first_decision(on, members), max((of.span for of in members), default=1)
    follow = decisions(members, on, first)
    after = np.zeros_like(follow)
    after[:, first:] = True
    both = sample(kernels, chosen(members, np.concatenate([follow, after]), on, first), span)
    followed, whole = (chosen(members, years, on, first) for years in (follow, after))
    figures, of_all = both.of(slice(len(follow))), both.of(slice(len(follow), None))
    enough = np.flatnonzero(figures.effective >= LEAST)
    blocks = block_sums(kernels, evidence(kernels, followed, figures, enough), span)
    statistic = np.divide((figures.edge * figures.signals)[enough], blocks.error, out=np.zeros(len(enough)), where=blocks.error > 0)
    p = np.full(len(follow), np.nan)
    p[enough] = p_values(kernels, statistic, blocks, seed, DRAWS)
    extreme = np.flatnonzero(p[enough] <= 2 / (DRAWS + 1))
    hopeful = np.flatnonzero(p[enough] < HOPEFUL)
    ends = np.full((2, len(both.signals)), np.nan)
    _put_intervals(kernels, ends[:, : len(follow)], figures, blocks.of(hopeful), enough[hopeful], seed)
    if intervals:
        keys = np.flatnonzero(of_all.effective >= LEAST)
        all_blocks = block_sums(kernels, evidence(kernels, whole, of_all, keys), span)
        _put_intervals(kernels, ends[:, len(follow) :], of_all, all_blocks, keys, seed)
    shown = np.array(_shown(both, on, *ends)).T
    return Judged(
        shown[len(follow) :],
        shown[: len(follow)],
        follow[:, -1].copy(),
        p,
        Unreached(enough[extreme], statistic[extreme], blocks.of(extreme), seed),
    )


def _put_intervals(
    kernels: QualityKernels, ends: Floats, of: Sample, blocks: BlockSums, keys: npt.NDArray[np.intp], seed: int
) -> None:
    """Write the intervals of the means of some keys into ``ends`` (2, keys); those that are not finite stay unknown."""
    if len(keys):
        found = of.mean[keys] + np.array(interval(kernels, blocks, seed)) / of.signals[keys]
        ends[:, keys] = np.where(np.isfinite(found), found, np.nan)


def _shown(of: Sample, on: Axis, low: Floats, high: Floats) -> Figures:
    rate, effective = mean(of.wins, of.signals), of.effective.astype(float)
    win_low, win_high = wilson(rate, effective)
    return Figures(
        signals=of.signals,
        dates=of.dates.astype(float),
        effective=effective,
        years=(on.day[-1] - np.append(on.day, on.day[-1])[of.first]) / 365.25,
        win_rate=rate,
        win_low=win_low,
        win_high=win_high,
        mean=of.mean,
        mean_low=low,
        mean_high=high,
        base=of.base,
        worst=of.worst,
        adverse=of.adverse,
        worst_adverse=of.worst_adverse,
        year_signals=of.year_signals,
        year_mean=of.year_mean,
    )
