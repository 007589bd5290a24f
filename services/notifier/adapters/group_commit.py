"""Changes that wait for the database at the same time are written in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.failures import TransientError

T = TypeVar("T")
Change = Callable[[AsyncConnection], Awaitable[T]]
MOST: Final = 64
"""Changes of one transaction."""


@dataclass(frozen=True, eq=False)
class _Waiting:
    change: Change[Any]
    result: asyncio.Future[Any]


class GroupCommit:
    """One transaction at a time, with everything that waits when it begins.

    So a change waits for one other transaction, however many changes there are. The time between an answer of Telegram and its
    record is the time in which a crash leads to a second message.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, change: Change[T]) -> T:
        """The result of ``change`` once it is committed. It may be called again after a failure of the group.

        Raises:
            TransientError: the database is not available; nothing of the group is written.
            Exception: what ``change`` raises, to its own caller alone.
        """
        entry = _Waiting(change, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting(), name="group commit")
        result: T = await entry.result
        return result

    async def _write_waiting(self) -> None:
        group: list[_Waiting] = []
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                if not await self._write(group, alone=len(group) == 1):
                    for entry in group:  # one of them is wrong: the others are written without it
                        await self._write([entry], alone=True)
        finally:  # where this is cancelled, nobody would answer those who still wait
            left, self._waiting = [*group, *self._waiting], []
            for entry in left:
                if not entry.result.done():
                    entry.result.set_exception(TransientError("the transaction was cancelled"))

    async def _write(self, group: list[_Waiting], *, alone: bool, again: bool = True) -> bool:
        """Write the changes whose callers still wait, and answer the callers; False where each is to be tried by itself.

        ``again``: try once more after a transient failure: a deadlock with another process is one, and would hit all of them.
        """
        group = [entry for entry in group if not entry.result.done()]
        try:
            async with self._database.begin() as connection:
                results = [await entry.change(connection) for entry in group]
        except Exception as error:  # noqa: BLE001 - every caller gets it
            if isinstance(error, TransientError):
                if again:
                    return await self._write(group, alone=alone, again=False)
            elif not alone:
                return False
            for entry in group:
                if not entry.result.done():
                    entry.result.set_exception(error)
            return True
        for entry, result in zip(group, results, strict=True):
            if not entry.result.done():
                entry.result.set_result(result)
        return True
