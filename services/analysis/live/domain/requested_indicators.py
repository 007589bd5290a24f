"""The indicators that users requested beyond the plan: their places in memory, and which are not warmed up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import IndicatorSpec, Plan

_KINDS: Final = {kind.name: kind for kind in KINDS}

NotWarmedUp = dict[int, frozenset[IndicatorSpec]]
"""Row of a symbol -> requested indicators whose values are unknown, since they have not processed the symbol's past yet."""


class Place(NamedTuple):
    """The place of one indicator: its floats in the state of a series, its columns in a row of values."""

    state: slice
    columns: slice


def places(requested: Sequence[IndicatorSpec], plan: Plan) -> Iterator[tuple[IndicatorSpec, Place]]:
    """The places of the indicators of a plan that was made of ``requested``."""
    for spec, (code, state, column) in zip(requested, plan.arrays.indicators.tolist(), strict=True):
        kind = KINDS[code]
        yield spec, Place(slice(state, state + kind.state), slice(column, column + len(kind.columns)))


def columns_of(requested: Iterable[IndicatorSpec]) -> list[str]:
    """The names of the columns of some indicators, in alphabetical order."""
    return sorted(column for name, parameters in requested for column in _KINDS[name].names(parameters))


def set_unknown(
    not_warmed_up: NotWarmedUp, rows: npt.NDArray[np.int64], where: Mapping[IndicatorSpec, Place], *values: npt.NDArray[Any]
) -> None:
    """Sets values that are not warmed up to NaN; ``values`` (bars, columns), ``rows`` (bars,): the row of each bar's symbol."""
    for row, missing in not_warmed_up.items():
        mine = rows == row
        if mine.any():
            for array in values:
                for spec in missing & where.keys():
                    array[mine, where[spec].columns] = np.nan
