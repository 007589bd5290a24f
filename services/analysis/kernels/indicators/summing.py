"""Running sums without drift.

Either exact to the last digit, by carrying the rounding errors along, or recomputed when they are old or have become small, which
is half the work and exact to about 1e-11.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import step

RENEWED: Final = 256
"""Bars after which a running sum is recomputed."""
WORN: Final = 1e-3
"""Share of the largest sum since the last recomputation below which a sum has too large rounding errors."""


@step
def added(total: float, error: float, x: float) -> tuple[float, float]:
    """``total + x`` and the rounding errors so far: ``total + error`` is the exact sum to about 32 digits (Knuth's TwoSum)."""
    new = total + x
    part = new - total
    return new, error + ((total - (new - part)) + (x - part))


@step
def replaced(total: float, error: float, new: float, gone: float) -> tuple[float, float]:
    """``total + new - gone``, likewise; the next bar waits for one addition only."""
    change, rest = added(new, error, -gone)
    return added(total, rest, change)
