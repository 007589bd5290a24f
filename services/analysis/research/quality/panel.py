"""The rules and chart patterns of live on a series, as signal quality reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.plan import plan
from services.analysis.research.domain.firings import default_firings, pattern_firings
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.quality.cells import Instrument
from services.analysis.research.quality.records import Key
from services.analysis.research.quality.windows import Prices


@dataclass(frozen=True)
class SignalKind:
    """What a key stands for, as in ``Signal``."""

    rule: str
    params: Mapping[str, float]
    version: int


@cache
def signal_kinds() -> tuple[SignalKind, ...]:
    """The rows of ``Instrument.fired``: the rule instances of the default plan, then the chart patterns."""
    rules = [SignalKind(each.name, each.params, each.version) for each in plan().rules]
    return (*rules, *(SignalKind(each.name, {}, 1) for each in PATTERNS))


@cache
def signal_keys() -> tuple[Key, ...]:
    """Every row in each direction that it can fire in."""
    signs = {"up": 1, "down": -1}
    found = [Key(row, signs[way]) for row, each in enumerate(plan().rules) for way in each.rule.directions]
    first = len(plan().rules)
    for row, pattern in enumerate(PATTERNS, first):
        found += [Key(row, sign) for sign in (1, -1) if pattern.direction in {sign, 0}]
    return tuple(found)


def instrument(kernels: SignalKernels, series: ResearchSeries) -> Instrument:
    """A series with all that fired on it. Releases the GIL most of the time."""
    bars = series.inputs
    fired = [default_firings(kernels, series).fired]
    if series.timeframe.row.patterns:
        fired.append(pattern_firings(kernels, series)[1])
    else:
        fired.append(np.zeros((len(PATTERNS), len(series)), np.int8))
    prices = Prices(bars.open, bars.high, bars.low, bars.close, _days(series))
    return Instrument(series.symbol, series.industries, prices, np.concatenate(fired))


def _days(series: ResearchSeries) -> np.ndarray:
    """Session dates as days since 1970."""
    session = series.session
    month = (session // 10_000 - 1970) * 12 + session // 100 % 100 - 1
    first = month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return first + session % 100 - 1
