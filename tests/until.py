"""Wait for a condition instead of for a time."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def until(condition: Callable[[], Awaitable[T | None]], seconds: float = 30, what: str = "") -> T: ...
@overload
async def until(condition: Callable[[], T | None], seconds: float = 30, what: str = "") -> T: ...
async def until(condition: Callable[[], Any], seconds: float = 30, what: str = "") -> Any:
    """What ``condition`` (plain or async) returns, as soon as that is true.

    Raises:
        TimeoutError: it was not true within ``seconds``; the message says ``what`` was waited for and the last answer.
    """
    deadline = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        answer = condition()
        found = await answer if inspect.isawaitable(answer) else answer
        if found:
            return found
        if time.monotonic() >= deadline:
            name = what or getattr(condition, "__qualname__", repr(condition))
            raise TimeoutError(f"not within {seconds} s: {name} (last answer: {found!r})")
        await asyncio.sleep(max(0.02, 3 * (time.monotonic() - began)))  # a question that costs much is asked less often
