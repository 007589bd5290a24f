"""The search: candidates that are frequent and good in the first part, judged on the rest, corrected for all of them."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.analysis.research.discovery.candidate import Candidate
from services.analysis.research.discovery.edges import Edges, Part, edges
from services.analysis.research.discovery.mining import frequent
from services.analysis.research.discovery.past import Past
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.runs import Progress
from services.analysis.research.quality.blocks import BlockSums, p_values
from services.analysis.research.quality.evidence import LEAST
from services.analysis.research.quality.judging import DRAWS, FINE_DRAWS
from services.analysis.research.quality.machine_code import Floats, QualityKernels
from services.analysis.research.quality.records import RATE
from services.analysis.research.quality.sample import Sample
from services.analysis.research.quality.windows import COST, HORIZONS
from shared.sequences import Step

PROMISING: Final = 1.0
"""Standard errors by which the edge of the first part must be above 0."""
LEAST_FIRST: Final = 10
"""Effective signals in the first part."""
LEAST_DATES: Final = 250
"""Dates of each part."""
SIGNS: Final = {"up": 1, "down": -1}


@dataclass(frozen=True)
class SearchRange:
    """What is searched."""

    size: int = 2
    """Parts besides the signal that fires."""
    least: int = 30
    """Signals in the first part."""
    share: float = 0.5
    """Of the dates, those of the first part."""
    most: int = 200
    """Candidates that are judged: the best of the first part."""
    horizons: tuple[int, ...] = HORIZONS
    """Bars that a position is held; of several the best of the first part."""
    cost: float = COST


@dataclass(frozen=True)
class FirstPart:
    """Why a candidate is judged."""

    candidate: Candidate
    direction: int
    horizon: int
    signals: int
    edge: float
    statistic: float


@dataclass(frozen=True)
class Judged:
    """A candidate on the rest of the past. Shares, not per cent."""

    first: FirstPart
    signals: int
    dates: int
    effective: int
    wins: int
    mean: float
    base: float
    worst: float
    adverse: float
    p_value: float
    """1 where the signals are too few for a test."""
    q_value: float
    """By Benjamini-Hochberg over all candidates that were judged."""

    @property
    def validated(self) -> bool:
        """Whether the edge is beyond chance."""
        return self.q_value < RATE and self.effective >= LEAST


@dataclass(frozen=True)
class Search:
    """What a search found."""

    split: int
    """The first date of the rest, days since 1970."""
    end: int
    """The date after the last one."""
    frequent: int
    """Candidates that are frequent in the first part."""
    judged: tuple[Judged, ...]
    """The lowest p-value first."""


def search(
    pasts: Sequence[Past], steps: tuple[Step, ...], asked: SearchRange, kernels: QualityKernels, progress: Progress
) -> Search:
    """Search some instruments. The same input gives the same numbers.

    Raises:
        RunError: there are too few dates, or too many candidates.
    """
    days = np.unique(np.concatenate([np.zeros(0, np.int64), *(each.prices.day for each in pasts)]))
    place = int(len(days) * asked.share)
    if min(place, len(days) - place) < LEAST_DATES:
        raise RunError(
            f"start: each part needs {LEAST_DATES} dates, there are {len(days)} in all: name an earlier start",
            "dates-few",
            least=LEAST_DATES,
            count=len(days),
        )
    split, end = int(days[place]), int(days[-1]) + 1
    found = frequent(pasts, steps, split, asked.size, asked.least, progress)
    promising = _promising(Part.of(pasts, 0, split, kernels), found, steps, asked, progress)
    return Search(split, end, len(found), _judged(Part.of(pasts, split, end, kernels), promising, asked.cost, progress))


def _promising(
    part: Part, found: Sequence[Candidate], steps: tuple[Step, ...], asked: SearchRange, progress: Progress
) -> list[FirstPart]:
    """The best candidates of the first part, each with its best horizon."""
    best = dict[Candidate, FirstPart]()
    ways = [(sign, [each for each in found if SIGNS[steps[each.last].direction] == sign]) for sign in (1, -1)]
    parts = [(sign, mine[at]) for sign, mine in ways for at in part.chunks(len(mine)) if mine]
    for done, (direction, mine) in enumerate(parts, 1):
        fired = part.fired(mine)
        for horizon in asked.horizons:
            here = edges(part, fired, direction, horizon, asked.cost, LEAST_FIRST, above=0.0)
            for each in _first(here, mine, direction, horizon):
                known = best.get(each.candidate)
                if known is None or each.statistic > known.statistic:
                    best[each.candidate] = each
        progress(done, len(parts), "the first part")
    order = sorted(best.values(), key=lambda each: -each.statistic)  # of equal ones the first stays first
    return order[: asked.most]


def _first(here: Edges, mine: Sequence[Candidate], direction: int, horizon: int) -> Iterator[FirstPart]:
    figures = here.figures
    for place, value in zip(here.enough.tolist(), here.statistic.tolist(), strict=True):
        if here.blocks.enough and value >= PROMISING:
            yield FirstPart(mine[place], direction, horizon, int(figures.signals[place]), float(figures.edge[place]), value)


def _judged(part: Part, promising: Sequence[FirstPart], cost: float, progress: Progress) -> tuple[Judged, ...]:
    groups = defaultdict[tuple[int, int], list[FirstPart]](list)
    for each in promising:
        groups[each.direction, each.horizon].append(each)
    of_groups = list[tuple[list[FirstPart], Edges, Floats]]()
    for done, ((direction, horizon), mine) in enumerate(sorted(groups.items()), 1):
        for at in part.chunks(len(mine)):
            here = edges(part, part.fired([each.candidate for each in mine[at]]), direction, horizon, cost, LEAST)
            p = np.ones(len(mine[at]))
            p[here.enough] = _tested(
                part.kernels, here.statistic, here.blocks, zlib.crc32(f"{direction} {horizon} {at.start}".encode())
            )
            of_groups.append((mine[at], here, p))
        progress(done, len(groups), "the rest")
    if not of_groups:
        return ()
    from scipy.stats import false_discovery_control  # takes a second to import: deferred to the first judgement

    q = iter(false_discovery_control(np.concatenate([p for _, _, p in of_groups])).tolist())
    judged = [_one(each, here.figures, n, float(p[n]), next(q)) for mine, here, p in of_groups for n, each in enumerate(mine)]
    return tuple(sorted(judged, key=lambda each: (each.p_value, -each.first.statistic)))


def _tested(kernels: QualityKernels, statistic: Floats, blocks: BlockSums, seed: int) -> Floats:
    """The p-values; those that hardly any resample reached are resampled more often."""
    p = p_values(kernels, statistic, blocks, seed, DRAWS)
    extreme = np.flatnonzero(p <= 2 / (DRAWS + 1))
    if len(extreme):
        p[extreme] = p_values(kernels, statistic[extreme], blocks.of(extreme), seed, FINE_DRAWS)
    return p


def _one(first: FirstPart, figures: Sample, n: int, p: float, q: float) -> Judged:
    return Judged(
        first,
        int(figures.signals[n]),
        int(figures.dates[n]),
        int(figures.effective[n]),
        int(figures.wins[n]),
        float(figures.mean[n]),
        float(figures.base[n]),
        float(figures.worst[n]),
        float(figures.adverse[n]),
        p,
        q,
    )
