"""How tasks end. A CancelledError that nobody sent is a failure like any other, and never the end of whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")
CANCEL_SECONDS: Final = 15.0
"""How long a cancelled task may take to end."""


class CancelledItselfError(Exception):
    """A task ended in a CancelledError though nobody had cancelled it."""


def failure_of(task: asyncio.Task[Any]) -> BaseException | None:
    """What a finished task raised; None: it returned. For tasks that the caller has not cancelled."""
    try:
        return task.exception()
    except asyncio.CancelledError as cancelled:
        error = CancelledItselfError(f"task {task.get_name()!r} ended cancelled though nobody had cancelled it")
        error.__cause__ = cancelled
        return error


def result_of(task: asyncio.Task[T]) -> T:
    """What a finished task returned; raises ``failure_of`` it."""
    if (error := failure_of(task)) is not None:
        raise error
    return task.result()


async def all_of(*running: Coroutine[Any, Any, T]) -> list[T]:
    """Run side by side until all have ended; their results.

    Raises:
        BaseException: what the first of them failed with, after the others have ended too.
    """
    tasks = [asyncio.create_task(each) for each in running]
    try:
        if tasks:
            await asyncio.wait(tasks)
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    failures = [error for task in tasks if (error := failure_of(task)) is not None]
    for error in failures:
        raise error
    return [task.result() for task in tasks]


async def first_of(name: str, main: Coroutine[Any, Any, None], guard: Coroutine[Any, Any, None]) -> None:
    """Run both until one of them ends, and cancel the other. Raises what the first one raised."""
    tasks = {asyncio.create_task(main, name=name), asyncio.create_task(guard, name=f"{name} watch")}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            result_of(task)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=CANCEL_SECONDS)
