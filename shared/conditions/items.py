"""The items that a text is read into before it is parsed: the tokens of the grammar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OPERAND_ENDS: Final = frozenset(
    {
        "NUMBER",
        "PERCENT",
        "CLOCK",
        "WEEKDAY",
        "NAME",
        "CLOSE",
        "BRACKET",
        "FRAME_AFTER",
        "AGO",
        "RULE",
        "PARAMETERS",
        "WAY",
        "STATUS",
        "DAYS",
        "SIDED",
    }
)
OPERAND_STARTS: Final = frozenset(
    {"NUMBER", "PERCENT", "CLOCK", "WEEKDAY", "NAME", "OPEN", "BACK", "PLACE", "FRAME", "RULE", "SIDED"}
)


@dataclass(frozen=True, slots=True)
class Item:
    """A token: its type in the grammar, its value, its position, and the text that an error shows."""

    type: str
    value: str
    at: int
    shown: str = ""
    korean: bool = False


def ends_operand(items: list[Item]) -> bool:
    """Whether the last item ends a value, so that an operator or a particle may follow."""
    return bool(items) and items[-1].type in OPERAND_ENDS
