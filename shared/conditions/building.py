"""From what the parser reads to nodes: names are looked up, numbers and truths told apart, different spellings made one."""

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
    """An error at a place of a text that whoever catches it knows."""
    return ConditionError(code, "", at, **values)


@v_args(inline=True)
class Builder(Transformer[Token, "tuple[Node, Timeframe]"]):
    """Called by the parser for each rule of the grammar, the inner ones first. Holds nothing. All raise ``ConditionError``."""

    def start(self, root: Node, timeframe: Token | None) -> tuple[Node, Timeframe]:
        if timeframe is None:
            return root, Timeframe.D1
        try:
            return root, Timeframe(timeframe)
        except ValueError:
            known = ", ".join(Timeframe)
            raise problem("timeframe", _place(timeframe), found=_quoted(timeframe), known=known) from None

    def either(self, left: Node, right: Node) -> Node:
        return _connected("or", left, right)

    def both(self, left: Node, right: Node) -> Node:
        return _connected("and", left, right)

    def opposite(self, sign: Token, operand: Node) -> Node:
        _truth("not", operand)
        if isinstance(operand, Operation) and operand.name == "not":
            return operand.operands[0]
        return Operation("not", (operand,), _place(sign))

    def compare(self, left: Node, sign: Token, right: Node) -> Node:
        if is_boolean(left) or is_boolean(right):
            raise problem("chained", _place(sign))
        if _constant(left) and not _constant(right):
            return Operation(MIRRORED[sign], (right, left), left.at)
        return Operation(str(sign), (left, right), left.at)

    def cross(self, left: Node, verb: Token, way: Token, right: Node) -> Node:
        return _crossing(f"{verb}_{way}", left, right, left.at)

    def arithmetic(self, left: Node, sign: Token, right: Node) -> Node:
        for operand in (left, right):
            _number(sign, operand)
        return Operation(str(sign), (left, right), left.at)

    def negative(self, sign: Token, operand: Node) -> Node:
        _number("-", operand)
        if isinstance(operand, Operation) and operand.name == "negate":
            return operand.operands[0]
        return Operation("negate", (operand,), _place(sign))

    def number(self, text: Token) -> Node:
        value = float(text)
        if value > LARGEST_NUMBER:
            raise problem("magnitude", _place(text), found=_quoted(text), most=f"{LARGEST_NUMBER:g}")
        return Number(value, _place(text))

    def series(self, name: Token) -> Node:
        at = _place(name)
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
        at, given = _place(name), [each for each in arguments if each is not None]
        if name not in FUNCTIONS:
            raise _no_function(name, given)
        if len(given) != FUNCTIONS[name]:
            raise problem("arguments", at, found=name, wanted=FUNCTIONS[name], given=len(given))
        if name == "prev":
            _one_bar_back("prev", given[0])
            return Operation("prev", (given[0],), at)
        return _crossing(str(name), given[0], given[1], at)


def _no_function(name: Token, given: list[Node]) -> ConditionError:
    """Who knows other languages writes rsi(14)."""
    column = column_for_call(str(name), [render(each) for each in given])
    if column:
        return problem("instead", _place(name), found=f"'{name}(…)'", instead=f"'{column}'")
    return problem("function", _place(name), found=_quoted(name))


def _connected(name: str, left: Node, right: Node) -> Node:
    operands: list[Node] = []
    for operand in (left, right):
        _truth(name, operand)
        same = isinstance(operand, Operation) and operand.name == name
        operands += operand.operands if same and isinstance(operand, Operation) else [operand]
    return Operation(name, tuple(operands), left.at)


def _crossing(name: str, left: Node, right: Node, at: int) -> Node:
    for operand in (left, right):
        _number(name, operand)
        _one_bar_back(name, operand)
    return Operation(name, (left, right), at)


def _one_bar_back(outer: str, operand: Node) -> None:
    for node in walk(operand):
        if isinstance(node, Operation) and node.name in {"prev", *CROSSINGS}:
            raise problem("past", node.at, sign=node.name, outer=outer)


def _constant(node: Node) -> bool:
    return not any(isinstance(each, SeriesName) for each in walk(node))


def _number(sign: str, operand: Node) -> None:
    if is_boolean(operand):
        raise problem("number", operand.at, sign=str(sign))


def _truth(sign: str, operand: Node) -> None:
    if not is_boolean(operand):
        raise problem("truth", operand.at, sign=sign)


def _place(token: Token) -> int:
    return token.start_pos or 0


def _quoted(text: str) -> str:
    return f"'{text}'"
