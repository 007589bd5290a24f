"""The edge of candidates against any other day, in one part of the past: the statistics of signal quality."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.research.discovery.candidate import Candidate
from services.analysis.research.discovery.past import Past
from services.analysis.research.quality.blocks import BlockSums, block_sums
from services.analysis.research.quality.cells import Axis, Fired, Instrument, axis, cells
from services.analysis.research.quality.machine_code import Floats, QualityKernels
from services.analysis.research.quality.sample import Sample, chosen, evidence, sample
from services.analysis.research.quality.windows import Prices

Flags = npt.NDArray[np.int8]
MOST_FLAGS: Final = 40_000_000
"""Bars times candidates that are in memory at a time."""


class Part(NamedTuple):
    """The bars of some dates, and the windows that close within them."""

    pasts: Sequence[Past]
    bars: Sequence[slice]
    on: Axis
    kernels: QualityKernels

    @classmethod
    def of(cls, pasts: Sequence[Past], first: int, last: int, kernels: QualityKernels) -> Part:
        """The bars of the dates from ``first`` to before ``last``, days since 1970."""
        bars = [past.part(first, last) for past in pasts]
        empty = np.zeros((0, 0), np.int8)
        prices = [_prices(past, at) for past, at in zip(pasts, bars, strict=True)]
        return cls(pasts, bars, axis([Instrument("", (), each, empty) for each in prices]), kernels)

    def chunks(self, count: int) -> Iterator[slice]:
        """Chunks of so many candidates, of bounded memory."""
        bars = sum(at.stop - at.start for at in self.bars)
        at_once = max(1, MOST_FLAGS // max(bars, 1))
        return (slice(first, first + at_once) for first in range(0, count, at_once))

    def fired(self, candidates: Sequence[Candidate]) -> list[Flags]:
        """What fired of some candidates, for each instrument: (candidates, bars)."""
        return [
            np.array([each.fires(past)[at] for each in candidates], np.int8) for past, at in zip(self.pasts, self.bars, strict=True)
        ]


class Edges(NamedTuple):
    """The edges of some candidates in one direction and horizon."""

    figures: Sample
    enough: npt.NDArray[np.intp]
    """The candidates with enough evidence."""
    statistic: Floats
    """Of these: the sum of the edges under its standard error."""
    blocks: BlockSums


def edges(
    part: Part, fired: Sequence[Flags], direction: int, horizon: int, cost: float, least: int, above: float = -np.inf
) -> Edges:
    """The edges of candidates, of which ``fired`` has for each instrument what fired: (candidates, bars of the part).

    ``least``: effective signals that are enough; ``above``: edges that are not above it have no statistic.
    """
    count = len(fired[0]) if fired else 0
    held = [
        cells(part.kernels, _prices(past, at), Fired(direction, count, *np.nonzero(flags)), horizon, part.on, cost)
        for past, at, flags in zip(part.pasts, part.bars, fired, strict=True)
    ]
    span = max((each.span for each in held), default=1)
    every_year = np.ones((count, part.on.years), np.bool_)
    signals = chosen(held, every_year, part.on, 0)
    figures = sample(part.kernels, signals, span)
    enough = np.flatnonzero((figures.effective >= least) & (figures.edge > above))
    blocks = block_sums(part.kernels, evidence(part.kernels, signals, figures, enough), span)
    total = (figures.edge * figures.signals)[enough]
    statistic = np.divide(total, blocks.error, out=np.zeros(len(enough)), where=blocks.error > 0)
    return Edges(figures, enough, statistic, blocks)


def _prices(past: Past, at: slice) -> Prices:
    return Prices._make(each[at] for each in past.prices)
