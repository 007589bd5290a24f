"""Constraints between parameters, such as ``fast < slow`` or ``slow >= 2 * fast``: arithmetic and one chain of comparisons."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.grid.ranges import GridError

LONGEST: Final = 200
MOST: Final = 20
_ARITHMETIC: Final[Mapping[type, Callable[[Any, Any], Any]]] = MappingProxyType(
    {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
)
_COMPARISONS: Final[Mapping[type, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
    }
)


def allowed(constraint: str, values: Mapping[str, Floats], sets: int) -> npt.NDArray[np.bool_]:
    """Which sets a constraint allows: (sets,). ``values``: the value of each parameter in each set.

    Raises:
        GridError: it is no comparison, or names a parameter that is not there.

    >>> allowed("fast < slow", {"fast": np.array([1.0, 5.0]), "slow": np.array([3.0, 3.0])}, 2).tolist()
    [True, False]
    """
    try:
        tree = ast.parse(constraint.strip(), mode="eval").body if len(constraint) <= LONGEST else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    if not isinstance(tree, ast.Compare):
        raise GridError(
            f"constraints: {constraint[:LONGEST]!r} is no comparison of parameters; write it as fast < slow",
            "constraint-form",
            value=constraint[:LONGEST],
        )
    found = np.ones(sets, np.bool_)
    left = _value(tree.left, constraint, values)
    for sign, node in zip(tree.ops, tree.comparators, strict=True):
        right = _value(node, constraint, values)
        if type(sign) not in _COMPARISONS:
            raise GridError(
                f"constraints: {constraint!r}: only <, <=, >, >=, == and != are known", "constraint-form", value=constraint
            )
        found &= _COMPARISONS[type(sign)](left, right)
        left = right
    return found


def _value(node: ast.expr, constraint: str, values: Mapping[str, Floats]) -> Any:
    match node:
        case ast.Name(id=name):
            if name not in values:
                raise GridError(
                    f"constraints: {constraint!r}: there is no parameter {name!r}; there are {', '.join(values)}",
                    "constraint-parameter",
                    value=constraint,
                    name=name,
                    known=", ".join(values),
                )
            return values[name]
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return np.float64(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, constraint, values)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _ARITHMETIC:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                return _ARITHMETIC[type(sign)](_value(left, constraint, values), _value(right, constraint, values))
    raise GridError(
        f"constraints: {constraint!r}: {ast.unparse(node)[:48]!r} is neither a parameter, a number nor arithmetic",
        "constraint-form",
        value=constraint,
    )
