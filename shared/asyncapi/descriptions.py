"""Reads the docstrings under the fields of the events; the documents use them as descriptions."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from types import ModuleType


def field_descriptions(package: ModuleType) -> dict[tuple[str, str], str]:
    """(class, field) -> the text right below the field in the source of one of the package's modules."""
    found = {}
    for node in (node for module in _modules(package) for node in ast.parse(inspect.getsource(module)).body):
        if not isinstance(node, ast.ClassDef):
            continue
        for field, after in zip(node.body, node.body[1:], strict=False):
            match field, after:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[node.name, name] = inspect.cleandoc(text)
                case _:
                    continue
    return found


def _modules(package: ModuleType) -> list[ModuleType]:
    return [importlib.import_module(found.name) for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]
