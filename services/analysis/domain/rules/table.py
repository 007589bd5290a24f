"""The list of rules. Whoever adds one adds a line here; the conformance suite then tests it, the loops run it."""

from __future__ import annotations

from typing import Final

from services.analysis.domain.rules import rsi_level, sma_cross
from services.analysis.domain.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    sma_cross.GOLDEN_CROSS,
    sma_cross.DEAD_CROSS,
    rsi_level.RSI_OVERBOUGHT,
    rsi_level.RSI_OVERSOLD,
    rsi_level.RSI_MID,
)
"""The place of a rule in this table is its code in the kernels."""
