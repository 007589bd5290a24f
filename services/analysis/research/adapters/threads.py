"""A few threads of low priority for evaluations. Their kernels release the GIL."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class LowPriorityThreads:
    """Runs functions. A function whose caller has stopped waiting occupies its thread until it returns."""

    def __init__(self, most: int) -> None:
        self._executor = ThreadPoolExecutor(most, "research", initializer=_lower_priority)

    async def run(self, function: Callable[[], T]) -> T:
        """The result of a function."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def close(self) -> None:
        """Start no more functions."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _lower_priority() -> None:
    with suppress(OSError, AttributeError):  # only Linux has priorities of threads
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
