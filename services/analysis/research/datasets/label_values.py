"""All labels of an instrument. No feature is given what is computed here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.datasets.label_columns import prices_of
from services.analysis.research.datasets.label_names import Label
from services.analysis.research.domain.research_series import ResearchSeries


def label_values(series: ResearchSeries, labels: Sequence[Label]) -> tuple[dict[str, Floats], Int64s]:
    """The columns, and the close time that the last of the labels of a bar reads: (bars,) each; 0 where one is not known."""
    prices = prices_of(series)
    columns: dict[str, Floats] = {}
    last, known = np.zeros(len(series), np.int64), np.ones(len(series), np.bool_)
    for each in labels:
        found = each.columns(prices)
        columns |= found.columns
        last, known = np.maximum(last, found.end), known & (found.end >= 0)
    return columns, np.where(known, series.ts_close[last], 0).astype(np.int64)
