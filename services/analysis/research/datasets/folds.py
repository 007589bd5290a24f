"""Walk-forward folds: each calendar year is tested once, and everything before it is for training (anchored).

A row trains a fold only if the labels of the row had ended before the first close of the year (purged); the first bars of each
instrument in the year are not tested (embargoed), and neither is a row whose labels are not known.
López de Prado (2018), "Advances in Financial Machine Learning", chapters 7 and 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Int64s
from services.analysis.research.datasets.parts import UNLABELLED
from services.analysis.research.datasets.rows import Block

Years = npt.NDArray[np.int16]


@dataclass(frozen=True)
class YearFold:
    """A year that is tested."""

    year: int
    start: int
    """The first close of the year, of all instruments, in milliseconds since the epoch: rows with ``label_end`` before it train."""
    train: int
    """Rows."""
    test: int


def tested_years(ts_close: Int64s, session: Int64s, labelled: npt.NDArray[np.bool_], embargo: int) -> Years:
    """The year that tests each bar of one instrument: (bars,), 0 for none. ``embargo``: bars at the beginning of each year."""
    year = (session // 10_000).astype(np.int16)
    first = np.searchsorted(year, year, side="left")
    return np.where(labelled & (np.arange(len(ts_close)) - first >= embargo), year, 0).astype(np.int16)


def with_folds(blocks: Sequence[Block], embargo: int) -> list[YearFold]:
    """Set the fold of every row of the blocks, whose parts are known; returns the folds that have rows to train on and to test.

    A year without rows before it is no fold: its rows have none.
    """
    tested = [tested_years(block.ts_close, block.session, block.part != UNLABELLED, embargo) for block in blocks]
    closes = np.concatenate([block.ts_close for block in blocks])
    ends = np.concatenate([block.label_end for block in blocks])
    sessions = np.concatenate([block.session for block in blocks])
    years = np.concatenate(tested)
    found = []
    for year in np.unique(years[years > 0]).tolist():
        start = int(closes[sessions // 10_000 == year].min())
        train, test = int(np.count_nonzero((ends > 0) & (ends < start))), int(np.count_nonzero(years == year))
        if train:
            found.append(YearFold(year, start, train, test))
    known = np.array([fold.year for fold in found], np.int16)
    for block, own in zip(blocks, tested, strict=True):
        block.fold = np.where(np.isin(own, known), own, 0).astype(np.int16)
    return found
