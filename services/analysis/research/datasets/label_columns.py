"""What labels are computed from, and what they give."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.domain.research_series import ResearchSeries


class Prices(NamedTuple):
    """Adjusted prices of an instrument, oldest first: (bars,) each."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats


class LabelColumns(NamedTuple):
    """A label at each bar."""

    columns: dict[str, Floats]
    """By the name of a column, which begins with ``label_``: (bars,) each, NaN where not known."""
    end: Int64s
    """The bar whose close is the last thing that the label of a bar reads; -1 where the label is not known: (bars,)."""


def prices_of(series: ResearchSeries) -> Prices:
    """The adjusted prices of a series."""
    return Prices(*(np.array(getattr(series.adjusted, name)) for name in Prices._fields))


def ends_after(known: np.ndarray, horizon: int) -> Int64s:
    """The ends of labels that read so many bars."""
    return np.where(known, np.arange(len(known)) + horizon, -1).astype(np.int64)
