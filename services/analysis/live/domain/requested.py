"""The indicators that users requested beyond the plan: where each lies in memory, and which have not seen a symbol's past yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import Plan, Wish

_KINDS = {kind.name: kind for kind in KINDS}

NotWarmedUp = dict[int, frozenset[Wish]]
"""Row of a symbol -> requested indicators whose values are unknown, since they have not seen the symbol's past yet."""


class Place(NamedTuple):
    """Where one indicator lies: its floats in the state of a series, its columns in a row of values."""

    state: slice
    columns: slice


def places(requested: Sequence[Wish], laid: Plan) -> Iterator[tuple[Wish, Place]]:
    """The places of the indicators of a plan that was made of ``requested``."""
    for wish, (code, state, column) in zip(requested, laid.arrays.indicators.tolist(), strict=True):
        kind = KINDS[code]
        yield wish, Place(slice(state, state + kind.state), slice(column, column + len(kind.columns)))


def columns_of(requested: Iterable[Wish]) -> list[str]:
    """The names of the columns of some indicators, in the order of the alphabet."""
    return sorted(column for name, parameters in requested for column in _KINDS[name].names(parameters))


def hide(cold: NotWarmedUp, rows: npt.NDArray[np.int64], where: Mapping[Wish, Place], *values: npt.NDArray[Any]) -> None:
    """Makes unknown (NaN) what is not warmed up; ``values`` (bars, columns) of bars whose symbols stand in ``rows`` (bars,)."""
    for row, missing in cold.items():
        mine = rows == row
        if mine.any():
            for array in values:
                for wish in missing & where.keys():
                    array[mine, where[wish].columns] = np.nan
