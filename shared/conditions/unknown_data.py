"""Errors for what conditions know nothing of: data that there is none of, and what selects instruments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.lexicon import NO_DATA
from shared.conditions.phrases import phrases
from shared.conditions.scanning import pieces

_SELECTORS: Final = frozenset({"sector", "industry", "exchange", "country", "업종", "섹터"})
"""What instruments are selected by where an alert is made."""
_CHOSEN: Final = re.compile(r"\s{0,3}(?:==?|is|in|:)\s{0,3}[^<>=()\[\]]{1,40}$", re.IGNORECASE)
_LONGEST: Final = 120
"""Characters of a text that is looked at."""


def selecting(error: ConditionError, accepts: Callable[[str], bool]) -> ConditionError | None:
    """``sector = technology and rsi_14 < 40``: the rest of it, for instruments that are chosen where the alert is made."""
    text = error.text
    clauses = text.split(" and ") if len(text) <= _LONGEST else []
    chosen = [each for each in clauses if _is_selection(each)]
    rest = " and ".join(each for each in clauses if each not in chosen).strip()
    if not chosen or not rest or not accepts(rest):
        return None
    return ConditionError("selects", text, error.position, found=chosen[0].strip(), example=rest)


def _is_selection(clause: str) -> bool:
    word = clause.strip().partition(" ")[0].rstrip("=:").lower()
    return word in _SELECTORS and _CHOSEN.match(clause.strip()[len(word) :]) is not None


def of_no_data(error: ConditionError) -> ConditionError:
    """``fda approval news``: what there is no data of may be named behind the first word that is unknown."""
    if error.code != "name":
        return error
    found = list(pieces(error.text[:_LONGEST]))
    for at, piece in enumerate(found):
        named = phrases().longest(found, at, lambda meaning, _: meaning[0] == "NAME")
        name, end = (named[0][1], named[1]) if named else (piece.text, at + 1)
        if name in NO_DATA:
            shown = error.text[piece.at : found[end - 1].end]
            return ConditionError("no_data", error.text, piece.at, found=shown)
    return error
