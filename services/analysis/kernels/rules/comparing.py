"""Comparisons that take values within 1e-9 of a scale for equal, so that rounding decides nothing; false where a value is NaN."""

from __future__ import annotations

from services.analysis.kernels.indicators.kind import step

EPSILON = 1e-9


@step
def scale(a: float, b: float) -> float:
    """The larger magnitude of the two."""
    return max(abs(a), abs(b))


@step
def gt(a: float, b: float, s: float) -> bool:
    """Greater."""
    return a - b > EPSILON * s


@step
def lt(a: float, b: float, s: float) -> bool:
    """Less."""
    return a - b < -EPSILON * s


@step
def ge(a: float, b: float, s: float) -> bool:
    """Greater or equal."""
    return a - b >= -EPSILON * s


@step
def le(a: float, b: float, s: float) -> bool:
    """Less or equal."""
    return a - b <= EPSILON * s


@step
def crossed(a: float, b: float, s: float, a_before: float, b_before: float, s_before: float) -> int:
    """+1 when a was not above b and now is, -1 when it was not below and now is, else 0."""
    up = le(a_before, b_before, s_before) and gt(a, b, s)
    down = ge(a_before, b_before, s_before) and lt(a, b, s)
    return 1 if up else (-1 if down else 0)


@step
def crossing(a: float, b: float, a_before: float, b_before: float) -> int:
    """``crossed`` on the scale of the values themselves."""
    return crossed(a, b, scale(a, b), a_before, b_before, scale(a_before, b_before))
