"""Reading the state of an indicator that has a direction: ``supertrend(10,3) is up``, ``supertrend flips red``."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from shared.conditions.counted import Found
from shared.conditions.items import Item
from shared.conditions.reading_state import State

_IS: Final = frozenset({"is", "was", "stays", "in"})
_TURNS: Final = frozenset({"turns", "turned", "flips", "flipped", "goes", "becomes", "changes", "switches"})
_UP: Final = frozenset({"up", "green", "bullish", "long", "buy", "positive"})
_DOWN: Final = frozenset({"down", "red", "bearish", "short", "sell", "negative"})
DIRECTION_WORDS: Final = _IS | _TURNS | _UP | _DOWN
_LONGEST_CALL: Final = 8
_NAME, _DIRECTION = "supertrend", "supertrend_direction"


def direction(state: State, at: int) -> Found | None:
    """The comparison of the direction with 0; the name before it becomes that of the direction."""
    first = state.pieces[at].text
    end = at + (first in _IS | _TURNS)
    end += end < len(state.pieces) and first in _TURNS and state.pieces[end].text == "to"
    word = state.pieces[end].text if end < len(state.pieces) else ""
    name = _named(state)
    if name < 0 or word not in _UP | _DOWN or not state.is_end(end + 1):
        return None
    item = state.items[name]
    state.items[name] = replace(item, value=item.value.replace(_NAME, _DIRECTION, 1))
    sign = (">", "crosses_above") if word in _UP else ("<", "crosses_below")
    place, shown = state.pieces[at].at, first
    kind = ("CROSS", sign[1]) if first in _TURNS else ("COMPARE", sign[0])
    return [Item(*kind, place, shown), Item("NUMBER", "0", place, shown)], end + 1


def _named(state: State) -> int:
    """The index of the indicator that was named last, perhaps with its parameters; -1: another value was."""
    items = state.items
    at = len(items) - 1
    if items and items[-1].type == "CLOSE":
        at = next((i - 1 for i in range(at, max(0, at - _LONGEST_CALL), -1) if items[i].type == "OPEN"), -1)
    named = at >= 0 and items[at].type == "NAME" and items[at].value.startswith(_NAME) and _DIRECTION not in items[at].value
    return at if named else -1
