"""Decorators that compile this package's functions into the generated loops, without reference counting or exception paths."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar, cast

from numba import njit

# No Python or C code calls these functions: without wrappers for such calls they compile faster.
_compiled: Final[Any] = partial(njit, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)

F = TypeVar("F", bound=Callable[..., Any])


def jit(function: F) -> F:
    """Compiles a function of the package; nothing in it may allocate."""
    return cast("F", _compiled(function))


def inlined(function: F) -> F:
    """The same, inlined into the caller: for functions that run on every bar."""
    return cast("F", _compiled(function, forceinline=True))
