"""The edge of candidates against any other day, in one part of the past: the statistics of signal quality."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.research.discovery.candidate import Candidate
from services.analysis.research.discovery.past import Past
from services.analysis.research.quality.blocks import BlockSums, block_sums
from services.analysis.research.quality.cells import Axis, Cells, Instrument, axis, cells
from services.analysis.research.quality.sample import Sample, chosen, evidence, sample
from services.analysis.research.quality.walk_forward import year_sums
from services.analysis.research.quality.windows import Floats, Prices

MOST_FLAGS: Final = 40_000_000
"""Bars times candidates that are in memory at a time."""


class Part(NamedTuple):
    """The bars of some dates, and the windows that close within them."""

    pasts: Sequence[Past]
    bars: Sequence[slice]
    on: Axis

    @classmethod
    def of(cls, pasts: Sequence[Past], first: int, last: int) -> Part:
        """The bars of the dates from ``first`` to before ``last``, days since 1970."""
        bars = [past.part(first, last) for past in pasts]
        empty = np.zeros((0, 0), np.int8)
        prices = [Prices._make(each[at] for each in past.prices) for past, at in zip(pasts, bars, strict=True)]
        return cls(pasts, bars, axis([Instrument("", (), each, empty) for each in prices]))

    def chunks(self, count: int) -> Iterator[slice]:
        """Chunks of so many candidates, of bounded memory."""
        bars = sum(at.stop - at.start for at in self.bars)
        at_once = max(1, MOST_FLAGS // max(bars, 1))
        return (slice(first, first + at_once) for first in range(0, count, at_once))


class Edges(NamedTuple):
    """The edges of some candidates in one direction and horizon."""

    figures: Sample
    enough: npt.NDArray[np.intp]
    """The candidates with enough evidence."""
    statistic: Floats
    """Of these: the sum of the edges under its standard error."""
    blocks: BlockSums


def edges(part: Part, candidates: Sequence[Candidate], direction: int, horizon: int, cost: float, least: int) -> Edges:
    """The edges; ``least``: effective signals that are enough."""
    held = [_cells(past, at, part.on, candidates, direction, horizon, cost) for past, at in zip(part.pasts, part.bars, strict=True)]
    span = max((each.span for each in held), default=1)
    every_year = np.ones((len(candidates), part.on.years), np.bool_)
    signals = chosen(held, [year_sums(each, each.year, part.on.years) for each in held], every_year, part.on, 0)
    figures = sample(signals, span)
    enough = np.flatnonzero(figures.effective >= least)
    blocks = block_sums(evidence(signals, figures, enough), span)
    total = (figures.edge * figures.signals)[enough]
    statistic = np.divide(total, blocks.error, out=np.zeros(len(enough)), where=blocks.error > 0)
    return Edges(figures, enough, statistic, blocks)


def _cells(past: Past, at: slice, on: Axis, candidates: Sequence[Candidate], direction: int, horizon: int, cost: float) -> Cells:
    fired = np.array([each.fires(past)[at] for each in candidates], np.int8) * np.int8(direction)
    prices = Prices._make(each[at] for each in past.prices)
    return cells(Instrument(past.symbol, (), prices, fired), range(len(candidates)), direction, horizon, on, cost)
