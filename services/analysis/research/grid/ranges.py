"""The values of a parameter as people write them: ``5:50:5`` (the last one included) or ``5,10,20``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Final

from services.analysis.research.domain.run_record import RunError

MOST_NUMBER: Final = Decimal("1e15")
LEAST_NUMBER: Final = Decimal("1e-12")
"""Of numbers other than 0, without their sign."""
MOST_LIST: Final = 10_000
"""Values of a parameter."""
LONGEST: Final = 64
"""Characters of one number."""
FORM: Final = "write the values as 5:50:5, the first, the last and the step, or as 5,10,20"


class GridError(RunError):
    """A grid that cannot be searched; the text names the parameter, the value and the count."""


def count(name: str, given: str | Sequence[float]) -> int:
    """How many values they are, without making them. Raises GridError."""
    if not isinstance(given, str):
        return len(given)
    if ":" not in given:
        return len(_listed(given))
    first, last, step = _range(name, given)
    return int((last - first) / step) + 1


def values(name: str, given: str | Sequence[float]) -> tuple[float, ...]:
    """The values, ascending. Raises GridError for none of them, too many, or one that is there twice.

    >>> values("fast", "5:20:5"), values("level", "0.3,0.1"), values("stop", (0.05,))
    ((5.0, 10.0, 15.0, 20.0), (0.1, 0.3), (0.05,))
    """
    size = count(name, given)
    if size < 1:
        raise GridError(f"ranges: {name} is empty; {FORM}", "range-empty", name=name)
    if size > MOST_LIST:
        raise GridError(
            f"ranges: {name} has {size:,} values, at most {MOST_LIST:,} are tried",
            "range-many",
            name=name,
            count=f"{size:,}",
            most=f"{MOST_LIST:,}",
        )
    if isinstance(given, str) and ":" in given:
        first, _, step = _range(name, given)
        exact = [first + n * step for n in range(size)]
    else:
        exact = [_number(name, each) for each in (_listed(given) if isinstance(given, str) else map(repr, given))]
    found = tuple(sorted(float(each) for each in exact))
    if twice := [one for one, other in pairwise(found) if one == other]:
        raise GridError(f"ranges: {name}: {twice[0]:g} is there twice", "range-twice", name=name, value=f"{twice[0]:g}")
    return found


def shown(value: float) -> str:
    """A value as it is written into a signal: without an exponent, and as short as it is exact.

    >>> shown(14.0), shown(0.1), shown(0.00001)
    ('14', '0.1', '0.00001')
    """
    return f"{int(value)}" if value.is_integer() else f"{Decimal(repr(value)):f}"


def _range(name: str, given: str) -> tuple[Decimal, Decimal, Decimal]:
    parts = given.split(":")
    if len(parts) not in {2, 3}:
        raise GridError(
            f"ranges: {name}={given[:LONGEST]!r}: {FORM}",
            "range-form",
            name=name,
        )
    first, last, step = (*(_number(name, part) for part in parts), Decimal(1))[:3]
    if not step > 0:
        raise GridError(f"ranges: {name}={given[:LONGEST]!r}: the step {step} is not above 0", "range-step", name=name)
    if last < first:
        raise GridError(
            f"ranges: {name}={given[:LONGEST]!r} is empty: {last} is below {first}",
            "range-order",
            name=name,
            first=first,
            last=last,
        )
    return first, last, step


def _listed(given: str) -> list[str]:
    return [part for part in given.split(",") if part.strip()]


def _number(name: str, text: str) -> Decimal:
    try:
        found = Decimal(text.strip()) if len(text) <= LONGEST else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    given = text.strip()[:LONGEST]
    if not found.is_finite():
        raise GridError(f"ranges: {name}: {given!r} is no number; {FORM}", "range-number", name=name, value=given)
    if found and not LEAST_NUMBER <= abs(found) <= MOST_NUMBER:
        raise GridError(
            f"ranges: {name}: {given!r} is no number from {LEAST_NUMBER:e} to {MOST_NUMBER:e}",
            "range-number",
            name=name,
            value=given,
        )
    return found
