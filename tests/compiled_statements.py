"""Statements of SQLAlchemy, compiled once for all databases of a process of tests."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Compiled
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import LRUCache

from shared import db


class CompiledStatements(LRUCache[Any, Compiled]):
    """An engine keeps what it compiled, and each test has a new one. Here the driver takes the place of the engine's dialect."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(_of_driver(key), default)

    def __setitem__(self, key: tuple[Any, ...], value: Compiled) -> None:
        super().__setitem__(_of_driver(key), value)


def _of_driver(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *others = key
    return (type(dialect), dialect.server_version_info, *others)


def share_compiled_statements(patch: pytest.MonkeyPatch) -> None:
    """Engines of ``shared.db`` that are made from now on share what they compile."""
    options = {"compiled_cache": CompiledStatements(1000)}
    patch.setattr(db, "create_async_engine", partial(create_async_engine, execution_options=options))
