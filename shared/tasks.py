"""Results of tasks. A CancelledError in a task that nobody cancelled is a failure and must not cancel the awaiting task."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")
CANCEL_SECONDS: Final = 15.0
"""Limit for a cancelled task to end."""


class UnrequestedCancellationError(Exception):
    """A task raised CancelledError without having been cancelled."""


def failure_of(task: asyncio.Task[Any]) -> BaseException | None:
    """The exception of a finished task; None: it returned. For tasks that the caller has not cancelled."""
    try:
        return task.exception()
    except asyncio.CancelledError as cancelled:
        error = UnrequestedCancellationError(f"task {task.get_name()!r} raised CancelledError without having been cancelled")
        error.__cause__ = cancelled
        return error


def result_of(task: asyncio.Task[T]) -> T:
    """The result of a finished task; raises its ``failure_of``."""
    if (error := failure_of(task)) is not None:
        raise error
    return task.result()


async def run_all(*running: Coroutine[Any, Any, T]) -> list[T]:
    """Run coroutines concurrently until all have ended; returns their results.

    Raises:
        BaseException: the failure of the first one that failed, after all have ended.
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


async def run_until_first(name: str, main: Coroutine[Any, Any, None], watchdog: Coroutine[Any, Any, None]) -> None:
    """Run both until one of them ends, and cancel the other. Raises the exception of the one that ended."""
    tasks = {asyncio.create_task(main, name=name), asyncio.create_task(watchdog, name=f"{name} watch")}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            result_of(task)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=CANCEL_SECONDS)
