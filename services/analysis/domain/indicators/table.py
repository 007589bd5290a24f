"""The list of indicators. Whoever adds one adds a line here; the conformance suite then tests it, the loops run it."""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators import ema, rsi, sma, volume_sma
from services.analysis.domain.indicators.kind import Kind

KINDS: Final[tuple[Kind, ...]] = (
    sma.KIND,
    ema.KIND,
    rsi.KIND,
    volume_sma.KIND,
)
"""The place of a kind in this table is its code in the kernels."""
