"""The features of an instrument at each of its bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.datasets.calendar_features import calendar_values
from services.analysis.research.datasets.column_units import column_units
from services.analysis.research.datasets.feature_names import (
    CalendarFeature,
    ExpressionFeature,
    Feature,
    SignalFeature,
    StrengthFeature,
)
from services.analysis.research.datasets.rows import Values
from services.analysis.research.datasets.strength_features import Closes
from services.analysis.research.datasets.units import PURE, Unit, UnitError, unit_of
from services.analysis.research.domain import conditions
from services.analysis.research.domain.condition_values import condition_values
from services.analysis.research.domain.firings import firings
from services.analysis.research.domain.jobs import RefusedJobError
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.signal_kernels import SignalKernels


def feature_units(kernels: SignalKernels, features: Sequence[Feature]) -> dict[str, Unit]:
    """The unit of each feature, by its column.

    Raises:
        RunError: a feature would change with dividends and splits that come later.
    """
    expressions = [each for each in features if isinstance(each, ExpressionFeature)]
    names = sorted({name for each in expressions for name in each.condition.columns})
    found = dict.fromkeys((each.column for each in features), PURE)
    for each in expressions:
        try:
            conditions.check(each.condition)
        except RefusedJobError as error:
            raise RunError(f"features: {error}", "feature-past", value=each.text) from error
    try:
        units = column_units(kernels, names)
    except UnitError as error:
        raise RunError.like(error, f"features: {error}") from error
    for each in expressions:
        try:
            found[each.column] = unit_of(each.condition.root, units.__getitem__)
        except UnitError as error:
            raise RunError(
                f"features: {each.text!r} is not known at its time: {error}", error.code, value=each.text, **error.values
            ) from error
    return found


def own_values(
    kernels: SignalKernels, series: ResearchSeries, features: Sequence[Feature], units: Mapping[str, Unit], market: KnownMarket
) -> dict[str, Values]:
    """The features that need no other instrument of the data set, by column: (bars,) each, NaN where not known.

    Bar ``t`` depends on bars up to ``t`` alone, and not on dividends and splits after it. Raises SignalNameError.
    """
    found: dict[str, Values] = {}
    expressions = [each for each in features if isinstance(each, ExpressionFeature)]
    values = condition_values(kernels, series, [each.condition for each in expressions], market)
    for expression, row in zip(expressions, values, strict=True):
        found[expression.column] = _finite(units[expression.column].at_own_time(row, series))
    for each in features:
        match each:
            case SignalFeature():
                found[each.column] = firings(kernels, series, each.signal, market)
            case CalendarFeature():
                found[each.column] = calendar_values(each.text, series.session)
    return found


def strength_values(closes: Closes, symbol: str, features: Sequence[Feature]) -> dict[str, Floats]:
    """The relative strengths of an instrument, by column: (bars,) each, NaN where not known."""
    wanted = [each for each in features if isinstance(each, StrengthFeature)]
    return {each.column: closes.strength(symbol, each.sessions, industry=each.industry) for each in wanted}


def _finite(values: Floats) -> Floats:
    """What is divided by zero is not known."""
    return np.where(np.isfinite(values), values, np.nan)
