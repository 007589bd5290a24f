"""All use of the parser library: a text becomes an expression tree, or a ``ConditionError`` with a position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from lark import Lark, Token
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from shared.conditions.arranging import arrange
from shared.conditions.calls import name_of
from shared.conditions.errors import ConditionError
from shared.conditions.explaining import explained
from shared.conditions.expression import Node
from shared.conditions.following import in_order
from shared.conditions.functions import is_function
from shared.conditions.items import Item
from shared.conditions.known_words import is_foreign
from shared.conditions.limits import check
from shared.conditions.reading import read_items
from shared.conditions.restating import restated
from shared.conditions.scanning import pieces
from shared.conditions.spelled_out import spelled_out, with_timeframe
from shared.conditions.tree_builder import Builder
from shared.conditions.unknown_data import of_no_data
from shared.events import Timeframe

LONGEST_FOUND: Final = 24
END: Final = "$END"
_KEPT: Final = 32
"""Readings that are kept: an error is explained from parts of a text that repeat. Each has at most as many items as characters."""


def read(text: str) -> tuple[Node, Timeframe]:
    """Parse a normalised text into a tree and a timeframe.

    Raises:
        ConditionError: the text is not a condition.
    """
    try:
        return _plainly(text)
    except ConditionError as error:
        raise of_no_data(restated(error, text, _part, _clause, _alone)) from None


def _plainly(text: str) -> tuple[Node, Timeframe]:
    ordered = in_order(text, _tree)
    if ordered is not None:
        raise ordered
    return _alone(text)


def _part(text: str) -> tuple[Node, Timeframe]:
    ordered = in_order(text, _tree)
    if ordered is not None:
        raise ordered
    return _clause(text)


def _clause(text: str) -> tuple[Node, Timeframe]:
    """As ``_alone``, but its errors are not explained: with a part of a text nobody sees them."""
    attempt = _attempt(text)
    if attempt.accepted is not None:
        return attempt.accepted
    if attempt.refused is None:
        raise ConditionError("unexpected", text, 0, found=text[:LONGEST_FOUND])
    error = attempt.refused.error()
    raise with_timeframe(error, attempt.items) if error.code == "instead" else error


def _alone(text: str) -> tuple[Node, Timeframe]:
    attempt = _attempt(text)
    if attempt.accepted is not None:
        return attempt.accepted
    typed, found = attempt.typed, attempt.found
    if attempt.refused is None:
        raise _unexpected(text, attempt.items, attempt.unexpected)
    error = attempt.refused.error()
    found = _about(typed) if error.code == "unit" else found
    error = with_timeframe(error, arrange(typed, exactly=False)) if error.code == "instead" else error
    raise _with_text(spelled_out(error, found, _tree), text, typed)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What a ``ConditionError`` says. The error itself would keep the frames that it was raised in."""

    code: str
    position: int
    values: dict[str, object]

    def error(self) -> ConditionError:
        return ConditionError(self.code, "", self.position, **self.values)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What a text was read as: a condition, or where and why it is none."""

    typed: Sequence[Item]
    items: Sequence[Item] = ()
    """Those of the text, arranged."""
    found: tuple[Node, Timeframe] | None = None
    """The tree, also where it is refused as too large or of no sense."""
    refused: _Refusal | None = None
    unexpected: Token | None = None

    @property
    def accepted(self) -> tuple[Node, Timeframe] | None:
        return self.found if self.refused is None else None


@lru_cache(maxsize=_KEPT)
def _attempt(text: str) -> _Attempt:
    typed = tuple(read_items(text))
    items: tuple[Item, ...] = ()
    found = None
    try:
        items = tuple(arrange(typed))
        found = _parsed(items)
        check(*found)
    except UnexpectedToken as error:
        return _Attempt(typed, items, unexpected=error.token)
    except ConditionError as error:
        return _Attempt(typed, items, found, _Refusal(error.code, error.position, error.values))
    return _Attempt(typed, items, found)


def forget() -> None:
    """Forget what texts were read as; for measurements."""
    _attempt.cache_clear()


def _about(typed: Sequence[Item]) -> tuple[Node, Timeframe] | None:
    """The tree with days and weeks in bars of the timeframe."""
    try:
        return _parsed(arrange(typed, exactly=False))
    except (UnexpectedToken, ConditionError):
        return None


def _unexpected(text: str, items: Sequence[Item], token: Token | None) -> ConditionError:
    end = token is None or token.type == END
    at = len(text) if token is None or end else token.start_pos or 0
    for i, item in enumerate(items):  # an unknown word before the place is the better explanation
        called = i + 1 < len(items) and items[i + 1].type == "OPEN" and is_function(item.value)
        if item.type == "NAME" and item.at <= at and not called:
            try:
                name_of(item.value, item.at)
            except ConditionError as error:
                return _with_text(error, text, items)
    if end:
        return explained(ConditionError("unfinished", text, len(text)), "", _accepts)
    shown = next((item.shown for item in items if item.at == at and item.shown), str(token))
    return explained(ConditionError("unexpected", text, at, found=f"'{shown[:LONGEST_FOUND]}'"), "", _accepts)


def _with_text(error: ConditionError, text: str, items: Sequence[Item]) -> ConditionError:
    """The error with the text, and with the right spelling where that depends on the text."""
    shown = next((item.shown for item in items if item.at == error.position), "")
    return explained(ConditionError(error.code, text, error.position, **error.values), shown, _accepts)


def _accepts(text: str) -> bool:
    return _tree(text) is not None


def _tree(text: str) -> tuple[Node, Timeframe] | None:
    return None if any(map(is_foreign, pieces(text))) else _attempt(text).accepted


def _parsed(items: Sequence[Item]) -> tuple[Node, Timeframe]:
    found: tuple[Node, Timeframe] = _parser().parse(_tokens(items))  # type: ignore[assignment]  # tokens, and Builder.start
    return found


def _tokens(items: Sequence[Item]) -> list[Token]:
    return [Token(item.type, item.value, start_pos=item.at) for item in items]


class _Given(Lexer):
    """Hands on tokens that are made already."""

    __future_interface__ = 2

    def __init__(self, conf: Any) -> None:
        """Lark passes the terminals, which are not needed."""

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:  # noqa: ARG002
        return iter(lexer_state.text)


@cache
def _parser() -> Lark:
    grammar = resources.files("shared.conditions").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer=_Given, maybe_placeholders=True, transformer=Builder())
