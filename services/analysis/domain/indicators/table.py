"""The list of indicators. Whoever adds one adds a line here; the conformance suite then tests it, the loops run it."""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators import (
    adx,
    all_time,
    aroon,
    atr,
    bollinger,
    donchian,
    ema,
    extremes,
    ichimoku,
    kama,
    keltner,
    macd,
    obv,
    rsi,
    sar,
    session,
    sma,
    stochastic,
    supertrend,
    tema,
    volume_sma,
    vwap,
    wma,
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
    wma.KIND,
    tema.KIND,
    kama.KIND,
    vwap.KIND,
    ichimoku.KIND,
    keltner.KIND,
    donchian.KIND,
    sar.KIND,
    supertrend.KIND,
    aroon.KIND,
)
"""The place of a kind in this table is its code in the kernels."""
