"""Errors for what conditions know nothing of: data that there is none of, and what selects instruments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.lexicon import NO_DATA
from shared.conditions.phrases import phrases
from shared.conditions.scanning import pieces

_SELECTORS: Final = frozenset({"sector", "industry", "exchange", "country", "업종", "섹터"})
"""What instruments are selected by where an alert is made."""
_SIGNS: Final = ("==", "=", ":", "is ", "in ")
_LONGEST_VALUE: Final = 40
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
    text = clause.strip().lower()
    word = next((each for each in _SELECTORS if text.startswith(each)), "")
    rest = text[len(word) :].strip() if word else ""
    sign = next((each for each in _SIGNS if rest.startswith(each)), "")
    value = rest[len(sign) :].strip() if sign else ""
    return 0 < len(value) <= _LONGEST_VALUE and not set(value) & set("<>=()[]")


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
