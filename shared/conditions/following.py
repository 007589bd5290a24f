"""One condition after another: ``A then B`` does not say how long after, so it is answered with a spelling that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.expression import Node, Operation
from shared.conditions.normal_form import BINDING, render
from shared.events import Timeframe

BARS: Final = 10
"""Bars of the spelling that is offered."""
_THEN: Final = ("then", "followed by", "후", "후에", "이후", "이후에", "다음", "다음에", "뒤", "뒤에")
_NEXT: Final = ("다음날", "이튿날", "다음 날", "next day", "the next day", "next bar")
_AFTER: Final = "after"
_WORDS: Final = (*_NEXT, *_THEN, _AFTER)
_COUNTED: Final = ("bars", "bar", "days", "day", "hours", "weeks", "minutes")
"""Before ``after`` they say how long."""


def in_order(text: str, parsed: Callable[[str], tuple[Node, Timeframe] | None]) -> ConditionError | None:
    """The error for two conditions in the order of time, with ``within``; None if the text is none.

    ``parsed``: the tree and the timeframe of a text, None if it is no condition.
    """
    for at, word, first, second in _parts(text):
        earlier, later = parsed(first), parsed(second)
        if earlier is None or later is None:
            continue
        frame = later[1] if earlier[1] == Timeframe.D1 else earlier[1]
        lasting = word == _AFTER and isinstance(earlier[0], Operation) and earlier[0].name in {"held", "rising", "falling"}
        before = f"prev({render(earlier[0])})" if word in _NEXT or lasting else f"within({render(earlier[0])}, {BARS})"
        both = f"{before} and {render(later[0], BINDING['and'])}"
        exact = both if frame == Timeframe.D1 else f"{both} on {frame.word}"
        if parsed(exact) is not None:
            return ConditionError("instead", text, at, found=f"'{word}'", instead=f"'{exact}'")
    return None


def _parts(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Where each of the words stands first, the word, what comes earlier in time, and what comes later."""
    lower = text.lower()
    for word in _WORDS:
        before, found, behind = lower.partition(f" {word} ")
        if not found:
            continue
        first = text[: len(before)].rstrip(" ,")
        if word == _AFTER and first.lower().endswith(_COUNTED):
            continue
        second = text[len(text) - len(behind) :]
        pair = (second, first) if word == _AFTER else (first.removesuffix(" and").removesuffix("고").rstrip(" ,"), second)
        yield len(before) + 1, word, *pair
