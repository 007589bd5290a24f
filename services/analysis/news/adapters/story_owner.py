"""The lease of the one process that writes stories, in the database."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sqlalchemy import insert, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.failures import FencedError
from shared.tables import news_owner


class StoryOwner:
    """Each transaction that writes stories begins with ``hold``: a process that lost the lease cannot write any more."""

    def __init__(self, database: Database, seconds: float, clock: Callable[[], int]) -> None:
        self._database = database
        self._lease = int(seconds * 1000)
        self._clock = clock
        self._token = secrets.token_hex(16)
        self.owns = False
        """This process has the lease."""

    async def acquire(self) -> bool:
        """Take the lease if nobody has it. Raises TransientError."""
        now = self._clock()
        free = or_(news_owner.c.token == "", news_owner.c.lease_until < now, news_owner.c.token == self._token)
        async with self._database.begin() as connection:
            taken = await connection.execute(
                update(news_owner).where(free).values(token=self._token, lease_until=now + self._lease)
            )
            if taken.rowcount == 0:
                try:
                    await connection.execute(insert(news_owner).values(id=1, token=self._token, lease_until=now + self._lease))
                except IntegrityError:
                    return False
        self.owns = True
        return True

    async def renew(self) -> None:
        """Extend the lease. Raises TransientError, FencedError."""
        async with self._database.begin() as connection:
            await self.hold(connection)

    async def hold(self, connection: AsyncConnection) -> None:
        """Extend the lease within a transaction.

        Raises:
            FencedError: another process has it.
        """
        mine = update(news_owner).where(news_owner.c.token == self._token)
        if (await connection.execute(mine.values(lease_until=self._clock() + self._lease))).rowcount != 1:
            self.owns = False
            raise FencedError("another process writes stories now")

    async def release(self) -> None:
        """Give the lease back. Raises TransientError."""
        self.owns = False
        async with self._database.begin() as connection:
            await connection.execute(update(news_owner).where(news_owner.c.token == self._token).values(token="", lease_until=0))
