"""Runs indicators and rules over whole series with the same steps as live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Bars, Floats, Int64s
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.plan import INSTRUMENT_KINDS, TIMEFRAME_NAMES, Plan, instrument_code
from services.analysis.kernels.signatures import SeriesKernels

DTYPES: Final = tuple(np.int64 if name == "session" else np.float64 for name in Bars._fields)


@dataclass(frozen=True)
class SeriesResult:
    """Values and fired rules of a whole series."""

    values: Floats
    """(columns, bars); NaN while not warmed up."""
    fired: npt.NDArray[np.int8]
    """(rules, bars): +1 up, -1 down, 0 nothing."""
    state: Floats
    """The state at the end, from which live continues: (state_width,)."""


def history(code: MachineCode, plan: Plan, bars: Bars, *, timeframe: str = "1d", kind: str = "stock") -> SeriesResult:
    """Runs a plan over a series from its first bar. Releases the GIL. Kinds that have not been compiled yet are compiled.

    Raises:
        ValueError: the bars are not float64 (session: int64) arrays of one length, or timeframe or kind are not known.
    """
    length = len(bars.close)
    series = Bars._make(map(np.ascontiguousarray, bars, DTYPES))
    if any(values.shape != (length,) for values in series):
        raise ValueError(f"bars must be arrays of one length, not {[values.shape for values in bars]}")
    runs = plan.runs[TIMEFRAME_NAMES.index(timeframe), INSTRUMENT_KINDS.index(kind)]
    result = SeriesResult(
        np.empty((len(plan.columns), length)), np.zeros((len(plan.rules), length), np.int8), np.zeros(plan.state_width)
    )
    core, others = plan.by_module
    for name, arrays in others.items():
        code.of_kind(name).values(arrays, series, result.state, result.values)
    if plan.rules and runs.any():
        code.core.history(core, series, result.state, result.values, runs, result.fired)
    elif len(core.indicators):  # the rules' loops are not compiled then
        code.core.values(core, series, result.state, result.values)
    return result


def past_fired(kernels: SeriesKernels, plan: Plan, kind: str, timeframe: str, bars: Bars, values: Floats) -> Int64s:
    """The rules of a plan on each bar of a whole series, with the function of live: (rules, bars), +1 up, -1 down, 0 nothing.

    ``values`` (columns, bars) start with the columns of the plan; ``kind`` is the instrument's. Releases the GIL.
    """
    fired = np.zeros((len(bars.close), len(plan.rules)), np.int64)
    rows = np.full((len(fired) + 1, len(plan.columns)), np.nan)
    rows[1:] = values[: len(plan.columns)].T
    runs = plan.runs[TIMEFRAME_NAMES.index(timeframe), instrument_code(kind)]
    kernels.rules_at_bars(plan.arrays, bars, 0, rows, runs, fired)
    return fired.T
