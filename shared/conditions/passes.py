"""Changing items step by step, where each step concerns items of certain types and is left out without one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from shared.conditions.items import Item

Pass = tuple[Callable[[list[Item]], list[Item]], frozenset[str]]
"""What changes the items, and the types of which one must be among them for that."""


def passed(items: Sequence[Item], passes: Iterable[Pass]) -> list[Item]:
    """The items after all that concerns them."""
    found, types = list(items), {item.type for item in items}
    for change, needed in passes:
        if not needed.isdisjoint(types):
            found = change(found)
            types = {item.type for item in found}
    return found
