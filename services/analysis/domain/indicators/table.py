"""The list of indicators. Whoever adds one adds a line here; the conformance suite then tests it, the loops run it."""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators import (
    adx,
    all_time,
    atr,
    bollinger,
    ema,
    extremes,
    macd,
    obv,
    rsi,
    session,
    sma,
    stochastic,
    volume_sma,
)
from services.analysis.domain.indicators.kind import Kind

KINDS: Final[tuple[Kind, ...]] = (
    sma.KIND,
    ema.KIND,
    rsi.KIND,
    macd.KIND,
    bollinger.KIND,
    atr.KIND,
    stochastic.KIND,
    obv.KIND,
    adx.KIND,
    volume_sma.KIND,
    session.KIND,
    extremes.KIND,
    all_time.KIND,
)
"""The place of a kind in this table is its code in the kernels."""
