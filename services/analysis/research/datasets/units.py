"""The unit of an expression as powers of price and volume, and values in the prices and shares of their own time.

Adjusted prices are relative to the newest bar: a split tomorrow halves them all. A value in prices is therefore divided by the
factor of its bar, which gives it the level at which the instrument was traded then. What is compared with a fixed price, as
``close > 100``, would change with dividends and splits that came later: it has no unit, and is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.domain.refusals import RefusedError
from services.analysis.research.domain.research_series import ResearchSeries
from shared.conditions import BAR_FIELDS, Node, Number, Operation, SeriesName
from shared.conditions.expression import (
    COMPARISONS,
    CROSSINGS,
    INDUSTRY_FIELDS,
    RELATIVE_FIELDS,
    TIME_FIELDS,
    Elsewhere,
    Fired,
)


class UnitError(RefusedError):
    """An expression mixes prices with fixed numbers, or different units."""


class Unit(NamedTuple):
    """Powers of the price and of the volume of the instrument; (0, 0) is a pure number."""

    price: int
    volume: int

    def __str__(self) -> str:
        parts = [
            name if power == 1 else f"{name}^{power}" for name, power in (("price", self.price), ("volume", self.volume)) if power
        ]
        return " x ".join(parts) or "1"

    def at_own_time(self, values: Floats, series: ResearchSeries) -> Floats:
        """Values of this unit in the prices and shares of each bar: (bars,)."""
        raw = series.raw
        return np.asarray(values * raw["price_factor"] ** -float(self.price) * raw["split_factor"] ** float(self.volume))


PURE: Final = Unit(0, 0)
FIELD_UNITS: Final[Mapping[str, Unit]] = {name: Unit(0, 1) if name == "volume" else Unit(1, 0) for name in BAR_FIELDS}
PURE_FIELDS: Final = frozenset({*TIME_FIELDS, *INDUSTRY_FIELDS, *RELATIVE_FIELDS})
_OF_ANY: Final = frozenset(
    {"bars_since", "count", "rising", "falling", "held", "within", "change_pct", "percent_rank", "not", "and", "or"}
)
"""Operations on one unit, or on truths, whose value is a pure number."""


def unit_of(node: Node, columns: Callable[[str], Unit]) -> Unit:
    """The unit of an expression; that of a truth is ``PURE``. ``columns``: the unit of an indicator's column.

    Raises:
        UnitError: it has none.
    """
    match node:
        case Number() | Fired():
            return PURE
        case SeriesName(name=name):
            return PURE if name in PURE_FIELDS else FIELD_UNITS.get(name) or columns(name)
        case Elsewhere():
            return _elsewhere(node, columns)
        case Operation():
            return _operation(node, columns)


def _elsewhere(node: Elsewhere, columns: Callable[[str], Unit]) -> Unit:
    found = unit_of(node.operand, columns)
    if node.instrument and found != PURE:
        place = f"[{node.instrument}, 1d]"
        raise UnitError(
            f"it reads a value in {found} of {node.instrument}: divide inside, as (close / close[5]){place}",
            "feature-unit",
            example="(close / close[5])",
        )
    return found


def _operation(node: Operation, columns: Callable[[str], Unit]) -> Unit:
    name, operands = node.name, node.operands
    first = unit_of(operands[0], columns)
    if name in {"*", "/"}:
        second, sign = unit_of(operands[1], columns), 1 if name == "*" else -1
        return Unit(first.price + sign * second.price, first.volume + sign * second.volume)
    if name in {"+", "-", "min", "max"} | COMPARISONS | CROSSINGS:
        known = {unit_of(each, columns) for each in operands if each != Number(0.0)}
        if len(known) > 1:
            raise UnitError(
                f"{name!r} joins values in {' and '.join(sorted(map(str, known)))}, so it changes with later splits",
                "feature-unit",
                example="(close / close[5])",
            )
        return next(iter(known), PURE) if name in {"+", "-", "min", "max"} else PURE
    if name in {"and", "or"}:
        for each in operands[1:]:
            unit_of(each, columns)
    return PURE if name in _OF_ANY else first
