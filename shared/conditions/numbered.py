"""Names of what is written as an expression, with a number of bars: ``rvol_50``, ``%b(20)``, ``natr 10``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from shared.conditions.counted import Found
from shared.conditions.items import Item
from shared.conditions.lexicon import EXPRESSIONS
from shared.conditions.phrases import phrases
from shared.conditions.reading_state import State

_USUAL: Final = {
    "volume / volume_sma_20": "_20",
    "(close - bb_lower_20) / (bb_upper_20 - bb_lower_20)": "_20",
    "100 * atr_14 / close": "_14",
    "change_pct(close, 1)": ", 1",
}
"""The expressions, and where their number of bars stands."""
_NAMES: Final = {name.replace(" ", "_"): expression for expression in _USUAL for name in EXPRESSIONS[expression]}
NUMBERED_WORDS: Final = frozenset(name.split()[0] for expression in _USUAL for name in EXPRESSIONS[expression])
_SIGNS: Final = frozenset({"<", "<=", ">", ">=", "above", "below", "over", "under"})
_NUMBERED: Final = re.compile(r"([a-z_]{2,20}?)_?([0-9]{1,3})")


def numbered(state: State, at: int, read: Callable[[str], list[Item]]) -> Found | None:
    """The expression with that number. ``read``: the items of a text."""
    piece, name, number, end = state.pieces[at], "", "", at + 1
    match = _NUMBERED.fullmatch(piece.text) if piece.kind == "word" else None
    if match:
        name, number = match[1], match[2]
    elif piece.text in NUMBERED_WORDS:
        named = phrases().longest(state.pieces, at, lambda meaning, _: meaning[0] == "EXPRESSION" and meaning[1] in _USUAL)
        texts = [each.text for each in state.pieces[named[1] : named[1] + 3]] if named else []
        if named and len(texts) == 3 and texts[0] == "(" and texts[2] == ")":
            name, number, end = named[0][1], texts[1], named[1] + 3
        elif named and len(texts) > 1 and texts[0].isdecimal() and texts[1] in _SIGNS:
            name, number, end = named[0][1], texts[0], named[1] + 1
    expression = name if name in _USUAL else _NAMES.get(name)
    if expression is None or not number.isdecimal():
        return None
    usual = _USUAL[expression]
    written = expression.replace(usual, f"{usual.rstrip('0123456789')}{number}")
    inside = [Item(each.type, each.value, piece.at, piece.text) for each in read(written)]
    return [Item("OPEN", "", piece.at, piece.text), *inside, Item("CLOSE", "", piece.at, piece.text)], end
