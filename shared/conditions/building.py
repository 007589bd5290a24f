"""Building the expression tree: looks up names, checks numbers and booleans, unifies spellings."""

from __future__ import annotations

from typing import Final

from lark import Token, Transformer, v_args

from shared.conditions.expression import BAR_FIELDS, CROSSINGS, Node, Number, Operation, SeriesName, is_boolean, walk
from shared.conditions.normal import render
from shared.conditions.problems import ConditionError
from shared.conditions.suggestions import column_for_call, name_error
from shared.conditions.vocabulary import resolve
from shared.events import Timeframe

LARGEST_NUMBER: Final = 1e15
FUNCTIONS: Final = {"prev": 1, "crosses_above": 2, "crosses_below": 2}
EXAMPLES: Final = {name: f"{name}({', '.join(('close', 'sma_200')[:count])})" for name, count in FUNCTIONS.items()}
MIRRORED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def problem(code: str, at: int, **values: object) -> ConditionError:
    """An error at position ``at``; whoever catches it adds the text."""
    return ConditionError(code, "", at, **values)


@v_args(inline=True)
class Builder(Transformer[Token, "tuple[Node, Timeframe]"]):
    """The parser calls a method for each grammar rule, inner rules first. Stateless. All methods raise ``ConditionError``."""

    def start(self, root: Node, timeframe: Token | None) -> tuple[Node, Timeframe]:
        if timeframe is None:
            return root, Timeframe.D1
        try:
            return root, Timeframe.of_word(timeframe)
        except ValueError:
            known = ", ".join(each.word for each in Timeframe)
            raise problem("timeframe", _position(timeframe), found=_quoted(timeframe), known=known) from None

    def either(self, left: Node, right: Node) -> Node:
        return _connective("or", left, right)

    def both(self, left: Node, right: Node) -> Node:
        return _connective("and", left, right)

    def opposite(self, sign: Token, operand: Node) -> Node:
        _require_boolean("not", operand)
        if isinstance(operand, Operation) and operand.name == "not":
            return operand.operands[0]
        return Operation("not", (operand,), _position(sign))

    def compare(self, left: Node, sign: Token, right: Node) -> Node:
        if is_boolean(left) or is_boolean(right):
            raise problem("chained", _position(sign))
        if _is_constant(left) and not _is_constant(right):
            return Operation(MIRRORED[sign], (right, left), left.at)
        return Operation(str(sign), (left, right), left.at)

    def cross(self, left: Node, verb: Token, direction: Token, right: Node) -> Node:
        return _crossing(f"{verb}_{direction}", left, right, left.at)

    def arithmetic(self, left: Node, sign: Token, right: Node) -> Node:
        for operand in (left, right):
            _require_number(sign, operand)
        return Operation(str(sign), (left, right), left.at)

    def negative(self, sign: Token, operand: Node) -> Node:
        _require_number("-", operand)
        if isinstance(operand, Operation) and operand.name == "negate":
            return operand.operands[0]
        return Operation("negate", (operand,), _position(sign))

    def number(self, text: Token) -> Node:
        value = float(text)
        if value > LARGEST_NUMBER:
            raise problem("magnitude", _position(text), found=_quoted(text), most=f"{LARGEST_NUMBER:g}")
        return Number(value, _position(text))

    def series(self, name: Token) -> Node:
        at = _position(name)
        if name in FUNCTIONS:
            raise problem("call", at, found=_quoted(name), example=EXAMPLES[name])
        if name in BAR_FIELDS:
            return SeriesName(str(name), at)
        try:
            return SeriesName(resolve(str(name)).column, at)
        except ConditionError as error:
            found = name_error(str(name)) if error.code == "name" else error
            raise problem(found.code, at, **found.values) from None

    def call(self, name: Token, *arguments: Node | None) -> Node:
        at, given = _position(name), [each for each in arguments if each is not None]
        if name not in FUNCTIONS:
            raise _no_function(name, given)
        if len(given) != FUNCTIONS[name]:
            raise problem("arguments", at, found=name, wanted=FUNCTIONS[name], given=len(given))
        if name == "prev":
            _forbid_nested_prev("prev", given[0])
            return Operation("prev", (given[0],), at)
        return _crossing(str(name), given[0], given[1], at)


def _no_function(name: Token, given: list[Node]) -> ConditionError:
    """The error for an unknown function; for ``rsi(14)``, as in other languages, it names the column."""
    column = column_for_call(str(name), [render(each) for each in given])
    if column:
        return problem("instead", _position(name), found=f"'{name}(…)'", instead=f"'{column}'")
    return problem("function", _position(name), found=_quoted(name))


def _connective(name: str, left: Node, right: Node) -> Node:
    operands: list[Node] = []
    for operand in (left, right):
        _require_boolean(name, operand)
        same = isinstance(operand, Operation) and operand.name == name
        operands += operand.operands if same and isinstance(operand, Operation) else [operand]
    return Operation(name, tuple(operands), left.at)


def _crossing(name: str, left: Node, right: Node, at: int) -> Node:
    for operand in (left, right):
        _require_number(name, operand)
        _forbid_nested_prev(name, operand)
    return Operation(name, (left, right), at)


def _forbid_nested_prev(outer: str, operand: Node) -> None:
    for node in walk(operand):
        if isinstance(node, Operation) and node.name in {"prev", *CROSSINGS}:
            raise problem("past", node.at, sign=node.name, outer=outer)


def _is_constant(node: Node) -> bool:
    return not any(isinstance(each, SeriesName) for each in walk(node))


def _require_number(sign: str, operand: Node) -> None:
    if is_boolean(operand):
        raise problem("number", operand.at, sign=str(sign))


def _require_boolean(sign: str, operand: Node) -> None:
    if not is_boolean(operand):
        raise problem("truth", operand.at, sign=sign)


def _position(token: Token) -> int:
    return token.start_pos or 0


def _quoted(text: str) -> str:
    return f"'{text}'"
