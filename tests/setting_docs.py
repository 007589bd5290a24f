"""Finds settings without a docstring: pydantic could, at the cost of every start, which would parse the source of the settings."""

from __future__ import annotations

import ast
import inspect

from shared.settings import MeshSettings


def undocumented(settings: type[MeshSettings]) -> list[str]:
    """The fields without a text right below them, in the class that declares them last."""
    declared = dict[str, str]()
    for each in reversed(settings.__mro__):
        if issubclass(each, MeshSettings):
            declared |= dict.fromkeys(settings.model_fields.keys() & each.__annotations__.keys(), "") | _texts(each)
    return [name for name in settings.model_fields if not declared[name].strip()]


def _texts(one: type) -> dict[str, str]:
    (node,) = ast.parse(inspect.getsource(one)).body
    assert isinstance(node, ast.ClassDef)
    found = {}
    for field, after in zip(node.body, node.body[1:], strict=False):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = text
            case _:
                continue
    return found
