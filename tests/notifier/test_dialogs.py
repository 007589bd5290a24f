"""States of dialogs in the database: aiogram's storage, on SQLite and MariaDB."""

from __future__ import annotations

import pytest
from aiogram.fsm.storage.base import StorageKey
from sqlalchemy import func, select

from services.notifier.adapters.dialogs import MAX_DATA, DialogTable
from services.notifier.bot.dialogs import Dialog
from shared.db import open_database
from shared.tables import dialogs

HERE = StorageKey(bot_id=1, chat_id=-5, user_id=7, thread_id=42)
ELSEWHERE = StorageKey(bot_id=1, chat_id=-5, user_id=7)


async def test_a_state_and_its_data_outlive_the_process(database_url: str) -> None:
    async with open_database(database_url) as database:
        await DialogTable(database, lambda: 5).set_state(HERE, Dialog.typing)
        await DialogTable(database, lambda: 6).set_data(HERE, {"command": "alert 삼성전자", "step": 2})
    async with open_database(database_url) as database:
        storage = DialogTable(database, lambda: 7)
        assert await storage.get_state(HERE) == Dialog.typing.state
        assert await storage.get_data(HERE) == {"command": "alert 삼성전자", "step": 2}
        assert await storage.get_state(ELSEWHERE) is None
        assert await storage.get_data(ELSEWHERE) == {}
        await storage.set_state(HERE, None)
        assert await storage.get_data(HERE) != {}
        await storage.set_data(HERE, {})
        async with database.connect() as connection:
            assert (await connection.execute(select(func.count()).select_from(dialogs))).scalar_one() == 0


async def test_damaged_data_begins_the_dialog_again_and_large_data_is_refused(database_url: str) -> None:
    async with open_database(database_url) as database:
        storage = DialogTable(database, lambda: 5)
        await storage.set_data(HERE, {"a": 1})
        async with database.begin() as connection:
            await connection.execute(dialogs.update().values(data="{"))
        assert await storage.get_data(HERE) == {}
        with pytest.raises(ValueError, match="at most 16384 are stored"):
            await storage.set_data(HERE, {"a": "x" * MAX_DATA})
