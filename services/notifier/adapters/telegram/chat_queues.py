"""Handles the updates of one chat in order and those of different chats concurrently; memory is bounded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class ChatQueues(Generic[T]):
    """A queue and a task for each chat with waiting items."""

    def __init__(self, group: asyncio.TaskGroup, handle: Callable[[T], Awaitable[None]], per_chat: int) -> None:
        """An error of ``handle`` ends the whole ``group``."""
        self._group, self._handle, self._per_chat = group, handle, per_chat
        self._waiting: dict[Hashable, deque[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def __len__(self) -> int:
        """The total number of waiting items."""
        return sum(map(len, self._waiting.values()))

    def put(self, chat: Hashable, item: T) -> bool:
        """Queue it behind the chat's waiting items; False when the queue is full."""
        queue = self._waiting.get(chat)
        if queue is None:
            queue = self._waiting[chat] = deque()
            task = self._group.create_task(self._work(chat, queue), name=f"updates of chat {chat}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if len(queue) >= self._per_chat:
            return False
        queue.append(item)
        return True

    async def drain(self, seconds: float) -> None:
        """Finish the items that are being handled within ``seconds`` and start no more."""
        self._closed = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()

    async def _work(self, chat: Hashable, queue: deque[T]) -> None:
        while queue and not self._closed:
            await self._handle(queue[0])  # it counts as waiting until it is finished
            queue.popleft()
        del self._waiting[chat]
