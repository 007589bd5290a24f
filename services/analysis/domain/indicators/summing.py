"""Sums that do not drift, however long they run and whatever passed through them."""

from __future__ import annotations

from services.analysis.domain.indicators.kind import step


@step
def added(total: float, error: float, x: float) -> tuple[float, float]:
    """``total + x`` and the rounding errors so far: ``total + error`` is the exact sum to about 32 digits (Knuth's TwoSum)."""
    new = total + x
    part = new - total
    return new, error + ((total - (new - part)) + (x - part))


@step
def halves(x: float) -> tuple[float, float]:
    """Two parts that add up to ``x`` exactly, each short enough to be multiplied by a period exactly (Veltkamp, 1968)."""
    wide = 134217729.0 * x
    head = wide - (wide - x)
    return head, x - head
