"""Decorators that compile this package's functions into the generated loops, without reference counting or exception paths."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar, cast

from numba import njit

from services.analysis.kernels.indicators.kind import INTERNAL

_compiled: Final[Any] = partial(njit, error_model="numpy", _nrt=False, **INTERNAL)

F = TypeVar("F", bound=Callable[..., Any])


def jit(function: F) -> F:
    """Compiles a function of the package; nothing in it may allocate."""
    return cast("F", _compiled(function))


def inlined(function: F) -> F:
    """The same, inlined into the caller: for functions that run on every bar."""
    return cast("F", _compiled(function, forceinline=True))
