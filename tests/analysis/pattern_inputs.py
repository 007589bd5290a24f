"""The inputs of the pattern kernels for made-up prices."""

from __future__ import annotations

from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import Bars, Int64s
from services.analysis.kernels.pattern_inputs import pattern_inputs
from services.analysis.kernels.signatures import PriceArrays
from tests.analysis.market import KERNELS
from tests.analysis.samples import bars_of


def inputs(bars: Bars, time: Int64s) -> PriceArrays:
    """Prices and indicators of some bars that close at these times."""
    return pattern_inputs(machine_code.load(KERNELS), bars, time)


def measured(prices: PriceArrays) -> PriceArrays:
    """The same prices with their indicators."""
    bars = bars_of(prices.close, prices.volume)._replace(high=prices.high, low=prices.low)
    return inputs(bars, prices.time)
