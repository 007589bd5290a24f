"""A hash of compiled code that does not change with comments, docstrings and annotations."""

from __future__ import annotations

import ast
import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import numba

_DOCUMENTED: Final = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_NO_ANNOTATION: Final = ast.Constant(None)


class _CodeAlone(ast.NodeTransformer):
    """Removes annotations, docstrings and every other string that is a statement of its own."""

    def visit(self, node: ast.AST) -> Any:
        self.generic_visit(node)
        if isinstance(node, _DOCUMENTED):
            node.body = [each for each in node.body if not _is_text(each)]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.AnnAssign):  # kept without a value: the order of a tuple's fields matters
            node.annotation = _NO_ANNOTATION
        return node


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)


@cache  # the modules of all kinds are made from the same files
def code_alone(source: str) -> str:
    """The syntax tree of a module's source as text, without docstrings, comments and annotations.

    Raises:
        SyntaxError: the source is not Python.

    >>> code_alone("x: int = 1  # one") == code_alone("x: float = 1")
    True
    >>> code_alone("x = 1") == code_alone("x = 2")
    False
    """
    return ast.dump(_CodeAlone().visit(ast.parse(source)))


def fingerprint(sources: Iterable[tuple[str, str]]) -> str:
    """16 hex digits for named sources (name, text of a module), and for the versions of Python and numba that compile them."""
    parts = [f"{platform.python_version()} {numba.__version__}", *(f"{name}\0{code_alone(text)}" for name, text in sources)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def source_hash(sources: Iterable[tuple[str, str]]) -> str:
    """16 hex digits for named sources alone: the same under any Python and numba that write the same statements.

    >>> source_hash([("a", "x = 1")]) == source_hash([("a", "x: int = 1  # one")])
    False
    >>> source_hash([("a", "x = 1")]) == source_hash([("a", "x  =  1  # one")])
    True
    """
    parts = (f"{name}\0{ast.unparse(_CodeAlone().visit(ast.parse(text)))}" for name, text in sources)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
