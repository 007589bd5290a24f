"""The inputs of the pattern kernels for some bars: their prices, and the plan's columns that divergences are measured on."""

from __future__ import annotations

from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import Bars, Int64s
from services.analysis.kernels.patterns.layout import COLUMNS
from services.analysis.kernels.plan import plan
from services.analysis.kernels.signatures import PriceArrays
from services.analysis.kernels.whole_series import history
from tests.analysis.market import KERNELS
from tests.analysis.samples import bars_of

INDICATORS = plan([("rsi", (14,)), ("macd", (12, 26, 9)), ("obv", ())], [])


def inputs(bars: Bars, time: Int64s) -> PriceArrays:
    """Prices and indicators of some bars that close at these times."""
    values = dict(zip(INDICATORS.columns, history(machine_code.load(KERNELS), INDICATORS, bars).values, strict=True))
    return PriceArrays(bars.high, bars.low, bars.close, bars.volume, time, *(values[name] for name in COLUMNS))


def measured(prices: PriceArrays) -> PriceArrays:
    """The same prices with their indicators."""
    bars = bars_of(prices.close, prices.volume)._replace(high=prices.high, low=prices.low)
    return inputs(bars, prices.time)
