"""Rules and chart patterns bar by bar with the steps of live, on arrays in which no later bar has been written yet.

One pass over a series shows what was known at the close of every bar: the state of the steps goes from bar to bar, and each bar is
written into the arrays just before its step runs. Of later bars the arrays hold nothing but NaN.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.kernels.patterns.layout import COLUMNS, MOST_EVENTS, PATTERN, Records
from services.analysis.kernels.patterns.whole_series import no_patterns
from services.analysis.kernels.plan import TIMEFRAME_NAMES, Plan, instrument_code
from services.analysis.kernels.signatures import PatternEvents, PatternKernels, PriceArrays, SeriesKernels
from services.analysis.research.domain.research_series import ResearchSeries

PADDING: Final = 64
"""Places behind the newest bar: a step that reads ahead at the end of a series reads them."""

A = TypeVar("A", bound=NamedTuple)


def rules_bar_by_bar(kernels: SeriesKernels, plan: Plan, series: ResearchSeries) -> tuple[npt.NDArray[np.int8], Floats]:
    """What the rules of a plan said at the close of each bar, (rules, bars), and the values of its indicators, (columns, bars)."""
    bars, shown = series.inputs, _hidden(series.inputs)
    state, row, before = np.zeros(plan.state_width), np.full(len(plan.columns), np.nan), np.full(len(plan.columns), np.nan)
    runs = plan.runs[TIMEFRAME_NAMES.index(series.timeframe), instrument_code(series.kind)]
    fired, values = np.zeros((len(series), len(plan.rules)), np.int8), np.empty((len(series), len(plan.columns)))
    here = np.zeros(len(plan.rules), np.int64)
    for t in range(len(series)):
        _reveal(shown, bars, t)
        kernels.advance(plan.arrays, shown, t, state, True, before, row, runs, here)
        fired[t], values[t], before[:] = here, row, row
    return fired.T, values.T


def patterns_bar_by_bar(kernels: PatternKernels, plan: Plan, values: Floats, series: ResearchSeries) -> Records:
    """The events of chart patterns (dtype PATTERN), each ``at`` the bar whose close showed it.

    ``values``: those that ``rules_bar_by_bar`` gave for the plan.
    """
    given = series.inputs
    measured = (np.ascontiguousarray(values[plan.columns.index(name)]) for name in COLUMNS)
    prices = PriceArrays(given.high, given.low, given.close, given.volume, series.ts_close, *measured)
    shown, memory, found = _hidden(prices), no_patterns(), [np.zeros(0, PATTERN)]
    room = PatternEvents(np.zeros(1, PATTERN), np.empty(MOST_EVENTS, PATTERN), np.empty(MOST_EVENTS, np.int64))
    for t in range(len(series)):
        _reveal(shown, prices, t)
        upto, start = type(shown)._make(each[: t + 1] for each in shown), t
        while start <= t:
            start, count = kernels.history(upto, start, memory, room)
            events = room.events[:count].copy()
            events["at"] = t
            found.append(events)
    return np.concatenate(found)


def _hidden(arrays: A) -> A:
    return type(arrays)._make(
        np.full(len(each) + PADDING, np.nan if each.dtype.kind == "f" else np.iinfo(np.int64).min, each.dtype) for each in arrays
    )


def _reveal(shown: Iterable[Any], arrays: Iterable[Any], t: int) -> None:
    for to, of in zip(shown, arrays, strict=True):
        to[t] = of[t]
