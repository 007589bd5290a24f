"""The table ``dialogs``: aiogram's storage of states, so that a dialog outlives a restart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import structlog
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from sqlalchemy import and_, delete, select
from sqlalchemy.sql.elements import ColumnElement

from shared.db import Database
from shared.tables import dialogs as table

MAX_DATA: Final = 16_384
"""Bytes of the data of a dialog."""
_log = structlog.get_logger(__name__)


class DialogTable(BaseStorage):
    """A row for each dialog that is not finished. All methods raise TransientError when the database is not available."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database, self._now = database, now

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        await self._write(key, "state", (state.state if isinstance(state, State) else state) or "")

    async def get_state(self, key: StorageKey) -> str | None:
        return await self._read(key, "state") or None

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        body = msgspec.json.encode(data)
        if len(body) > MAX_DATA:
            raise ValueError(f"data of a dialog has {len(body)} bytes, at most {MAX_DATA} are stored")
        await self._write(key, "data", body.decode() if data else "")

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        text = await self._read(key, "data")
        try:
            return msgspec.json.decode(text, type=dict[str, Any]) if text else {}
        except msgspec.DecodeError as error:  # damaged: the dialog begins again
            _log.warning("data of a dialog not decoded", error=str(error))
            return {}

    async def close(self) -> None:
        """The database is closed by who opened it."""

    async def _read(self, key: StorageKey, column: str) -> str:
        async with self._database.connect() as connection:
            return str((await connection.execute(select(table.c[column]).where(_mine(key)))).scalar() or "")

    async def _write(self, key: StorageKey, column: str, value: str) -> None:
        """Write one column; a row without state and data is deleted."""
        row = {**_fields(key), "state": "", "data": "", column: value, "updated_at": self._now()}
        async with self._database.begin() as connection:
            if value:
                await connection.execute(self._database.upsert(table, [row], update=[column, "updated_at"]), [row])
                return
            await connection.execute(table.update().where(_mine(key)).values({column: ""}))
            await connection.execute(delete(table).where(_mine(key), table.c.state == "", table.c.data == ""))


def _fields(key: StorageKey) -> dict[str, Any]:
    return {"chat_id": str(key.chat_id), "user_id": str(key.user_id), "thread_id": key.thread_id or 0}


def _mine(key: StorageKey) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in _fields(key).items()))
