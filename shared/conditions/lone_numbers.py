"""A number that an average crosses: ``ema 9 crosses above 21`` may be of a price, but rather of another average."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.columns import column_of
from shared.conditions.errors import ConditionError
from shared.conditions.items import Item
from shared.conditions.loose_indicators import USUAL_AVERAGES

_AVERAGES: Final = ("sma_", "ema_", "wma_")
_RELATIONS: Final = frozenset({"COMPARE", "CROSS"})
_CLAUSE_ENDS: Final = frozenset({"AND", "OR", "ON", "ON_ALL", "HELD", "WITHIN"})


def refuse_lone_numbers(items: Sequence[Item]) -> None:
    """Raises ConditionError, without a text, with the two averages; ``ema_9 crosses above 21`` is exact as it stands."""
    for i, (average, crossing, number) in enumerate(zip(items, items[1:], items[2:], strict=False)):
        if average.type != "NAME" or crossing.type not in _RELATIONS or number.value not in USUAL_AVERAGES:
            continue
        behind = items[i + 3].type if i + 3 < len(items) else "ON"
        usual = number.type == "NUMBER" and behind in _CLAUSE_ENDS
        name = column_of(average.value) or ""
        loose = name.startswith(_AVERAGES) and average.shown.lower() != name
        chained = [item.type for item in items[i + 3 : i + 5]] == ["COMPARE", "NUMBER"] and items[i + 4].value in USUAL_AVERAGES
        if crossing.type == "COMPARE" and loose and chained:
            instead = f"{name} {crossing.value} {name[:4]}{number.value} {items[i + 3].value} {name[:4]}{items[i + 4].value}"
            raise ConditionError("instead", "", number.at, found=f"'{number.value}'", instead=f"'{instead}'")
        if crossing.type == "CROSS" and crossing.value.startswith("cross") and usual and loose:
            way = "crosses_above" if crossing.value == "crosses" else crossing.value
            instead = f"{way}({name}, {name[:4]}{number.value})"
            raise ConditionError("instead", "", number.at, found=f"'{number.value}'", instead=f"'{instead}'")
