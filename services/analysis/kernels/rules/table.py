"""The list of rules. A new rule needs a line here; the conformance suite tests it, the loops run it."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.rules import (
    adx_trend,
    all_time_extreme,
    bollinger_break,
    bollinger_touch,
    candlestick,
    doji_at_band,
    drop_from_high,
    ema_cross,
    gap,
    macd_line,
    new_extreme,
    prev_session_break,
    price_move,
    rsi_level,
    sma_breakout,
    sma_cross,
    squeeze,
    stochastic_cross,
    volume_dry,
    volume_surge,
)
from services.analysis.kernels.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    sma_cross.GOLDEN_CROSS,
    sma_cross.DEAD_CROSS,
    sma_breakout.SMA_BREAKOUT_UP,
    sma_breakout.SMA_BREAKOUT_DOWN,
    ema_cross.EMA_CROSS,
    rsi_level.RSI_OVERBOUGHT,
    rsi_level.RSI_OVERSOLD,
    rsi_level.RSI_MID,
    bollinger_break.BOLLINGER_BREAK,
    bollinger_touch.BOLLINGER_TOUCH,
    macd_line.MACD_CROSS,
    macd_line.MACD_ZERO,
    stochastic_cross.STOCHASTIC_CROSS,
    adx_trend.ADX_TREND,
    volume_surge.VOLUME_SURGE,
    volume_dry.VOLUME_DRY,
    price_move.PRICE_MOVE,
    new_extreme.NEW_HIGH,
    new_extreme.NEW_LOW,
    drop_from_high.DROP_FROM_HIGH,
    prev_session_break.PREV_HIGH_BREAK,
    prev_session_break.PREV_LOW_BREAK,
    gap.GAP,
    candlestick.BULLISH_ENGULFING,
    candlestick.BEARISH_ENGULFING,
    candlestick.HAMMER,
    candlestick.SHOOTING_STAR,
    candlestick.MORNING_STAR,
    candlestick.EVENING_STAR,
    doji_at_band.DOJI_AT_BAND,
    squeeze.SQUEEZE,
    all_time_extreme.ALL_TIME_HIGH,
    all_time_extreme.ALL_TIME_LOW,
)
"""The place of a rule in this table is its code in the kernels."""
