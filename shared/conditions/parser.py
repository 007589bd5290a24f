"""All use of the parser library: a text becomes an expression tree, or a ``ConditionError`` with a position."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from shared.conditions.building import Builder
from shared.conditions.expression import Node
from shared.conditions.problems import ConditionError
from shared.events import Timeframe

REPLACEMENTS: Final = {
    "=": "==", "=>": ">=", "=<": "<=", "<>": "!=", "&": "and", "&&": "and", "|": "or", "||": "or", "!": "not",
    "≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "−": "-",
}  # fmt: skip
"""Operators of other languages, and what they are here."""
LONGEST_FOUND: Final = 24
END: Final = "$END"
_SIGNS: Final = re.compile(r"[^\w\s().,]*")


def read(text: str) -> tuple[Node, Timeframe]:
    """Parse a text in lower case into a tree and a timeframe.

    Raises:
        ConditionError: the text is not a condition.
    """
    try:
        found: tuple[Node, Timeframe] = _parser().parse(text)  # type: ignore[assignment]  # the result of Builder.start
    except UnexpectedToken as error:
        raise _unexpected(text, error.token.type, str(error.token), error.token.start_pos or 0) from None
    except UnexpectedCharacters as error:
        raise _unexpected(text, "", str(error.char), error.pos_in_stream or 0) from None
    except ConditionError as error:
        raise ConditionError(error.code, text, error.position, **error.values) from None
    return found


def _unexpected(text: str, kind: str, found: str, at: int) -> ConditionError:
    if kind == END:
        return ConditionError("unfinished", text, len(text))
    signs = _SIGNS.match(text, at)
    sign = signs[0] if signs else ""
    if sign in REPLACEMENTS:
        return ConditionError("instead", text, at, found=f"'{sign}'", instead=f"'{REPLACEMENTS[sign]}'")
    return ConditionError("unexpected", text, at, found=f"'{found[:LONGEST_FOUND]}'")


@cache
def _parser() -> Lark:
    grammar = resources.files("shared.conditions").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True, transformer=Builder())
