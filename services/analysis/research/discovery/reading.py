"""Reads the past of instruments: the signals of live, and the states of the market as conditions of the market's index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from services.analysis.kernels.sequences.kinds import kinds
from services.analysis.research.discovery.past import Past
from services.analysis.research.domain.firings import DEFAULT, firings
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.domain.signal_names import SignalSpec
from services.analysis.research.quality.panel import instrument, signal_keys
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
    of = instrument(kernels, series)
    fired = np.array([of.fired[key.rule] == key.direction for key in signal_keys()])
    known = [firings(kernels, series, each, market) == 1 for each in states]
    return Past(series.symbol, of.prices, fired, np.array(known, np.bool_).reshape(len(states), len(series)), within)
