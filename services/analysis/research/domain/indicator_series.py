"""Indicators over the whole stored series of an instrument, with the kernels of live, and the rows of a window of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.closed_bars import inputs
from services.analysis.kernels.conditions.required_indicators import required_indicator
from services.analysis.kernels.indicators.kind import Bars, Floats, Int64s
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.plan import INDICATORS, IndicatorSpec, plan
from services.analysis.kernels.whole_series import history
from services.analysis.research.domain.evaluation import InstrumentPast
from services.analysis.research.domain.jobs import SOURCE, RefusedJobError
from shared.conditions import ConditionError, resolve
from shared.events import PERIODS, IndicatorHistory, IndicatorHistoryJob, Timeframe

MOST_VALUES: Final = 30_000
"""Numbers in one result: they fit a message of 1 MiB."""


@dataclass(frozen=True)
class ColumnNeeds:
    """Columns, and the indicators that have them."""

    columns: tuple[str, ...]
    """Their canonical names; none: all columns of the indicators."""
    indicators: tuple[IndicatorSpec, ...]


@dataclass(frozen=True)
class IndicatorSeries:
    """Indicators at each stored bar, oldest first."""

    columns: tuple[str, ...]
    closes: Int64s
    """(bars,), milliseconds since the epoch."""
    prices: Floats
    """Adjusted closes, (bars,)."""
    replayed: npt.NDArray[np.bool_]
    sources: npt.NDArray[np.str_]
    values: Floats
    """(columns, bars); NaN while not warmed up."""

    @property
    def nbytes(self) -> int:
        """Its size in memory."""
        return sum(each.nbytes for each in (self.closes, self.prices, self.replayed, self.sources, self.values))


def column_needs(columns: Sequence[str]) -> ColumnNeeds:
    """What some columns need; without any, those of the default plan.

    Raises:
        RefusedJobError: there is no such column, or its parameters are out of bounds.

    >>> column_needs(["bb_upper_20_2", "rsi_21"])
    ColumnNeeds(columns=('bb_upper_20', 'rsi_21'), indicators=(('bollinger', (20.0, 2.0)), ('rsi', (21.0,))))
    """
    if not columns:
        return ColumnNeeds((), INDICATORS)
    names, indicators = [], []
    for column in columns:
        try:
            names.append(resolve(column).column)
            indicators.append(required_indicator(column))
        except (ConditionError, ValueError) as error:
            raise RefusedJobError("invalid-job", f"columns: {column[:80]!r}: {error}") from error
    return ColumnNeeds(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(indicators)))


def timeframes(timeframe: Timeframe) -> frozenset[Timeframe]:
    """The timeframes whose bars are read: the days give the 52-week range."""
    return frozenset({timeframe} if timeframe in PERIODS else {timeframe, Timeframe.D1})


def indicator_series(past: InstrumentPast, timeframe: Timeframe, needs: ColumnNeeds, code: MachineCode) -> IndicatorSeries:
    """The values at every stored bar. Releases the GIL most of the time; kinds that have not been compiled yet are compiled."""
    indicators = plan(needs.indicators, ())
    columns = needs.columns or indicators.columns
    bars = past.bars.get(timeframe)
    if bars is None or not len(bars):
        none = np.zeros(0)
        return IndicatorSeries(
            columns, none.astype(np.int64), none, none.astype(bool), none.astype(str), np.zeros((len(columns), 0))
        )
    adjusted = inputs(past.bars)[timeframe]
    values = history(code, indicators, Bars(*(getattr(adjusted, name) for name in Bars._fields))).values
    places = [indicators.columns.index(column) for column in columns]
    replayed, sources = bars["replayed"].copy(), bars["source"].copy()
    return IndicatorSeries(columns, adjusted.ts_close, adjusted.close, replayed, sources, values[places])


def result(job: IndicatorHistoryJob, series: IndicatorSeries, now: int) -> IndicatorHistory:
    """The rows of the job's window. ``now``: milliseconds since the epoch."""
    first = int(np.searchsorted(series.closes, job.start))
    end = int(np.searchsorted(series.closes, job.end, side="right"))
    most = min(job.limit, MOST_VALUES // (len(series.columns) + 3))
    more = end - first > most
    at = slice(end - most, end) if more and job.newest else slice(first, min(end, first + most))
    values = series.values[:, at].T
    shown = values.astype(object)
    shown[~np.isfinite(values)] = None
    return IndicatorHistory(
        job_id=job.id,
        columns=series.columns,
        closes=tuple(series.closes[at].tolist()),
        prices=tuple(series.prices[at].tolist()),
        replayed=tuple(series.replayed[at].tolist()),
        rows=tuple(map(tuple, shown.tolist())),
        more=more,
        bar_source=str(series.sources[at][-1]) if at.stop > at.start else "",
        ts_event=job.ts_event,
        ts_init=now,
        source=SOURCE,
    )
