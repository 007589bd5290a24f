"""Comparisons that are never true, because the bar itself is one of those whose extreme it is compared with."""

from __future__ import annotations

from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.expression import Node, Operation, SeriesName
from shared.conditions.normal_form import render

_MIRRORED: Final = {"<": ">", ">": "<"}
_PRICES: Final = frozenset({"open", "high", "low", "close"})
_SESSION: Final = "session"
_OF_SESSION: Final = {
    (">", "session_high"): _PRICES,
    ("<", "session_low"): _PRICES,
    (">", "session_high_close"): frozenset({"close"}),
    ("<", "session_low_close"): frozenset({"close"}),
}
"""Prices that are never beyond an extreme of the session so far."""


def refuse_never(name: str, first: Node, second: Node, at: int) -> None:
    """``high > highest(high, 20)``, ``close > donchian_upper_20``: what is compared with includes this bar."""
    crossed = {"crosses_above": ">", "crosses_below": "<"}.get(name)
    ways = [(crossed or name, first, second), *([] if crossed else [(_MIRRORED.get(name, ""), second, first)])]
    for sign, price, past in ways:
        bars = _reached(sign, price, past)
        if bars:
            found, example = (
                f"{name}({render(price)}, {level})" if crossed else f"{render(price)} {sign} {level}"
                for level in (render(past), f"prev({render(past)})")
            )
            if bars == _SESSION:
                raise ConditionError("session", "", at, found=found, example=example)
            raise ConditionError("never", "", at, found=found, bars=bars, example=example)


def _reached(sign: str, price: Node, past: Node) -> str:
    """The bars whose extreme a price is never beyond, as this bar is one of them; empty where it may be."""
    if not isinstance(price, SeriesName):
        return ""
    wanted = {">": ("highest", "high", "donchian_upper_"), "<": ("lowest", "low", "donchian_lower_")}.get(sign)
    if wanted is None:
        return ""
    of_bar = price.name in _PRICES
    if isinstance(past, SeriesName):
        if price.name in _OF_SESSION.get((sign, past.name), ()):
            return _SESSION
        return past.name.removeprefix(wanted[2]) if of_bar and past.name.startswith(wanted[2]) else ""
    if not isinstance(past, Operation) or past.name != wanted[0]:
        return ""
    inner = past.operands[0]
    own = inner == price or (isinstance(inner, SeriesName) and inner.name == wanted[1] and of_bar)
    return render(past.operands[1]) if own else ""
