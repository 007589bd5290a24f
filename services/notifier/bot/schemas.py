"""Imports aiogram so that pydantic builds the schema of a type of Telegram at its first use.

aiogram asks pydantic at its import for the schemas of all its 440 types, of which a bot needs a few: this takes more than half of
the import's time, and 70 MB. It asks because its modules import each other's names for type checkers only. Here each module gets
these names instead, and pydantic finds them when it builds a schema.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def import_aiogram() -> None:
    """Import it. Does nothing if it is imported already."""
    rebuild = vars(BaseModel)["model_rebuild"]

    def name_types(model: type[BaseModel], /, *, _types_namespace: Mapping[str, Any] | None = None, **more: Any) -> bool | None:
        if _types_namespace is None or not model.__module__.startswith("aiogram.types."):
            rebuilt: bool | None = rebuild.__get__(None, model)(_types_namespace=_types_namespace, **more)
            return rebuilt
        names = vars(sys.modules[model.__module__])
        for name, value in _types_namespace.items():
            names.setdefault(name, value)
        return None

    BaseModel.model_rebuild = classmethod(name_types)  # type: ignore[method-assign, assignment]
    try:
        types = importlib.import_module("aiogram.types")
    finally:
        BaseModel.model_rebuild = rebuild  # type: ignore[method-assign]
    for model in (types.Message, types.Update):  # most answers contain one: without this, each answer would build its parts anew
        model.model_rebuild()
