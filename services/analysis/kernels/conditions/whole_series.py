"""Conditions over whole series, with the kernels of live and equal results bit by bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.analysis.kernels.conditions.derived import SeriesNeeds, is_local, needs_of, operand_of, width_of
from services.analysis.kernels.conditions.past import PAST
from services.analysis.kernels.conditions.programs import Programs, compile_conditions, scanned
from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.kernels.signatures import SeriesKernels
from shared.conditions import Condition, Node, Operation
from shared.conditions.expression import Elsewhere
from shared.events import Timeframe


@dataclass(frozen=True)
class SeriesValues:
    """A whole series of one timeframe."""

    values: Floats
    """(columns + fields, bars): the columns that the programs were compiled for, then the fields of the bar."""
    ts_close: Int64s
    """(bars,), ascending."""
    known: Mapping[Node, Floats] = field(default_factory=dict)
    """Time fields, events and values of other instruments at each bar: (bars,)."""


@dataclass(frozen=True)
class DerivedValues:
    """The rows of a whole series with their derived values, and what live needs to continue from its end."""

    rows: Floats
    """(places, bars)."""
    slots: dict[Node, Floats]
    """The state of each operation over the past at the end."""
    exported: dict[Node, Floats]
    """The value of each exported expression at each bar: (bars,)."""


def derive(
    kernels: SeriesKernels, programs: Programs, series: Mapping[Timeframe, SeriesValues], needs: Mapping[Timeframe, SeriesNeeds]
) -> dict[Timeframe, DerivedValues]:
    """Evaluates the derived values that series need. A value of a timeframe that is not among ``series`` is unknown."""
    found: dict[Timeframe, DerivedValues] = {}
    given = [timeframe for timeframe in needs if timeframe in series]
    for timeframe in given:
        found[timeframe] = _started(programs, series[timeframe])
        _fill(kernels, programs, found[timeframe], [node for node in needs[timeframe].derived if is_local(node)])
        for node in needs[timeframe].exported:
            found[timeframe].exported[node] = scanned(kernels, programs, programs.numbers[node], found[timeframe].rows)
    for timeframe in given:
        later = [node for node in needs[timeframe].derived if not is_local(node)]
        for node in later:
            there = found.get(node.timeframe) if isinstance(node, Elsewhere) and not node.instrument else None
            if isinstance(node, Elsewhere) and there is not None:
                closes, mine = series[node.timeframe].ts_close, series[timeframe].ts_close
                found[timeframe].rows[programs.places[node]] = _newest(closes, there.exported[node.operand], mine)
        _fill(kernels, programs, found[timeframe], later)
    return found


def values_of(
    kernels: SeriesKernels, node: Node, timeframe: Timeframe, columns: Sequence[str], series: Mapping[Timeframe, SeriesValues]
) -> Floats:
    """An expression at each bar of a timeframe: (bars,); truths as ``truths``. Raises as ``truths``."""
    return truths(kernels, Condition(node, timeframe, "", (), ()), columns, series)


def truths(
    kernels: SeriesKernels, condition: Condition, columns: Sequence[str], series: Mapping[Timeframe, SeriesValues]
) -> Floats:
    """A condition at each bar of its timeframe: 1.0 true, 0.0 false, NaN unknown; (bars,).

    ``columns``: the names of the values before the fields, the same in all series.

    Raises:
        KeyError: the condition names a column that is not there, or its timeframe is not among ``series``.
    """
    programs = compile_conditions([condition], columns)
    own = series[condition.timeframe]
    derived = derive(kernels, programs, series, needs_of(condition)).get(condition.timeframe)
    return scanned(kernels, programs, 0, own.values if derived is None else derived.rows)


def last_held(
    kernels: SeriesKernels, condition: Condition, columns: Sequence[str], series: Mapping[Timeframe, SeriesValues]
) -> int | None:
    """The close time of the newest bar on which a condition was true; None if there is none. Raises as ``truths``."""
    held = np.flatnonzero(truths(kernels, condition, columns, series) == 1.0)
    return int(series[condition.timeframe].ts_close[held[-1]]) if len(held) else None


def _started(programs: Programs, series: SeriesValues) -> DerivedValues:
    rows = np.full((programs.width, series.values.shape[1]), np.nan)
    rows[: len(series.values)] = series.values
    for node, values in series.known.items():
        if node in programs.places:
            rows[programs.places[node]] = values
    return DerivedValues(rows, {}, {})


def _fill(kernels: SeriesKernels, programs: Programs, derived: DerivedValues, nodes: Sequence[Node]) -> None:
    """Evaluates operations over the past, inner ones first."""
    for node in nodes:
        if isinstance(node, Operation):
            operand, n = operand_of(node)
            inputs = scanned(kernels, programs, programs.numbers[operand], derived.rows)
            derived.slots[node] = np.full(width_of(node), np.nan)
            kernels.derive_series(PAST.index(node.name), n, inputs, derived.slots[node], derived.rows[programs.places[node]])


def _newest(closes: Int64s, values: Floats, moments: Int64s) -> Floats:
    """The value at the newest of ``closes`` that is not after each moment; NaN before the first."""
    at = np.searchsorted(closes, moments, side="right") - 1
    return np.where(at < 0, np.nan, values[np.maximum(at, 0)]) if len(closes) else np.full(len(moments), np.nan)
