"""The inputs of the chart patterns for a whole series: its prices, and the columns of the plan that divergences are measured on."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Int64s
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.patterns.layout import COLUMNS
from services.analysis.kernels.plan import plan
from services.analysis.kernels.signatures import PriceArrays
from services.analysis.kernels.whole_series import history

MEASURED: Final = plan([("rsi", (14,)), ("macd", (12, 26, 9)), ("obv", ())], [])
"""The indicators of ``COLUMNS``, as in the default plan."""


def pattern_inputs(code: MachineCode, bars: Bars, time: Int64s) -> PriceArrays:
    """The inputs for bars that close at ``time``, all of shape (bars,).

    Raises:
        ValueError: the bars are not of one length.
    """
    values = dict(zip(MEASURED.columns, history(code, MEASURED, bars).values, strict=True))
    return PriceArrays(bars.high, bars.low, bars.close, bars.volume, time, *(values[name] for name in COLUMNS))
