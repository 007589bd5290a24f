"""Sums that do not drift, however long they run and whatever passed through them.

Either exact to the last digit, by carrying the rounding errors along, or made anew when they are old or when little is left of what
passed through them: half the work, and right to some 1e-11.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import step

RENEWED: Final = 256
"""Bars after which a running sum is made anew."""
WORN: Final = 1e-3
"""Share of the largest sum since the last renewal below which what is left would have too much of the others' rounding errors."""


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
