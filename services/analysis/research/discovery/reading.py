"""Reads the past of instruments: the signals of live, and the states of the market as conditions of the market's index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.sequences.kinds import kinds
from services.analysis.kernels.sequences.whole_series import fired_of
from services.analysis.research.discovery.past import Past
from services.analysis.research.domain.firings import (
    DEFAULT,
    KnownMarket,
    SignalKernels,
    default_firings,
    firings,
    pattern_firings,
)
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.signal_names import SignalSpec
from services.analysis.research.quality.windows import Prices
from shared.sequences import Step

STEPS: Final[tuple[Step, ...]] = kinds(DEFAULT.rules)
"""The rows of ``Past.fired``: every rule with its parameters and every chart pattern, in each direction."""
STATES: Final = (
    "close[{0}, 1d] > sma_200[{0}, 1d]",
    "close[{0}, 1d] <= sma_200[{0}, 1d]",
    "volatility_20_252[{0}, 1d] > volatility_250_252[{0}, 1d]",
    "volatility_20_252[{0}, 1d] <= volatility_250_252[{0}, 1d]",
)
"""The trend and the volatility of an index, up and down, at its newest session that ended before that of the bar began."""


def state_texts(index: str) -> tuple[str, ...]:
    """The states of the market as conditions; none without an index."""
    return tuple(each.format(index) for each in STATES) if index else ()


def past(kernels: SignalKernels, series: ResearchSeries, states: Sequence[SignalSpec], market: KnownMarket, within: int) -> Past:
    """What is known of one series. ``states``: conditions of ``state_texts``. Releases the GIL most of the time."""
    bars = series.inputs
    known = [firings(kernels, series, each, market) == 1 for each in states]
    return Past(
        series.symbol,
        Prices(bars.open, bars.high, bars.low, bars.close, _days(series)),
        _fired(kernels, series),
        np.array(known, np.bool_).reshape(len(states), len(series)),
        within,
    )


def _fired(kernels: SignalKernels, series: ResearchSeries) -> np.ndarray:
    fired = fired_of(DEFAULT.rules, STEPS, default_firings(kernels, series).fired)
    if series.timeframe.row.patterns:
        names, signs = pattern_firings(kernels, series)
        for row, step in enumerate(STEPS):
            if step.rule in _PATTERN_NAMES:
                fired[row] = signs[names.index(step.rule)] == (1 if step.direction == "up" else -1)
    return fired


_PATTERN_NAMES: Final = frozenset(each.name for each in PATTERNS)


def _days(series: ResearchSeries) -> np.ndarray:
    """Session dates as days since 1970."""
    session = series.session
    month = (session // 10_000 - 1970) * 12 + session // 100 % 100 - 1
    first = month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    days: np.ndarray = first + session % 100 - 1
    return days
