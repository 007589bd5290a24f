"""The indicators that users requested beyond the plan: a plan for each kind, their places in memory, which are not warmed up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.plan import IndicatorSpec, Plan, plan
from services.analysis.kernels.signatures import KindKernels
from services.analysis.live.domain.plan_memory import NotWarmedUp, PlanMemory

_KINDS: Final = {kind.name: kind for kind in KINDS}


class IndicatorSlot(NamedTuple):
    """The place of one indicator in the plan of its kind."""

    plan: int
    """Index of the plan."""
    state: slice
    """Its floats in the state of a series."""
    columns: slice
    """Its columns in a row of the plan."""
    all_columns: slice
    """Its columns in a row of all plans, one after the other."""


@dataclass(frozen=True)
class KindPlan:
    """The requested indicators of one kind, which a module of its own runs."""

    plan: Plan
    kernels: KindKernels
    specs: tuple[IndicatorSpec, ...]

    def memory(self) -> PlanMemory:
        """Empty memory."""
        return PlanMemory(self.plan.state_width, len(self.plan.columns), 0)


def plans(requested: Sequence[IndicatorSpec], code: MachineCode) -> tuple[KindPlan, ...]:
    """A plan for each kind, in the order of their first indicators.

    Raises:
        ValueError: an unknown kind or invalid parameters.
    """
    kinds = dict.fromkeys(name for name, _ in requested)
    specs = [tuple(spec for spec in requested if spec[0] == kind) for kind in kinds]
    return tuple(KindPlan(plan(of_kind, []), code.of_kind(kind), of_kind) for kind, of_kind in zip(kinds, specs, strict=True))


def places(plans_of_kinds: Sequence[KindPlan]) -> Iterator[tuple[IndicatorSpec, IndicatorSlot]]:
    """The places of all indicators of some plans."""
    before = 0
    for number, each in enumerate(plans_of_kinds):
        for spec, (code, state, column) in zip(each.specs, each.plan.arrays.indicators.tolist(), strict=True):
            width = len(KINDS[code].columns)
            yield (
                spec,
                IndicatorSlot(
                    number,
                    slice(state, state + KINDS[code].state),
                    slice(column, column + width),
                    slice(before + column, before + column + width),
                ),
            )
        before += len(each.plan.columns)


def columns_of(requested: Iterable[IndicatorSpec]) -> list[str]:
    """The names of the columns of some indicators, in alphabetical order."""
    return sorted(column for name, parameters in requested for column in _KINDS[name].names(parameters))


def set_unknown(
    not_warmed_up: NotWarmedUp, rows: npt.NDArray[np.int64], where: Mapping[IndicatorSpec, IndicatorSlot], *values: npt.NDArray[Any]
) -> None:
    """Sets values that are not warmed up to NaN.

    ``values``: (bars, columns of all plans); ``rows``: (bars,), the row of each bar's symbol.
    """
    for row, missing in not_warmed_up.items():
        mine = rows == row
        if mine.any():
            for array in values:
                for spec in missing & where.keys():
                    array[mine, where[spec].all_columns] = np.nan
