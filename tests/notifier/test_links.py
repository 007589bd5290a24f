"""/link: a code of the gateway links a key of the API to a chat, once."""

from __future__ import annotations

import hashlib

from sqlalchemy import insert, select, update

from services.notifier.adapters.chats import ChatTables
from services.notifier.adapters.key_links import KeyLinkTable
from services.notifier.bot.commands.table import COMMANDS
from services.notifier.bot.ports import BotPorts, CommandFunction, bind
from services.notifier.domain.recipients import Chat
from shared.db import Database, open_database
from shared.tables import api_keys, chats, key_chats, link_codes
from tests.notifier.parts import NOW, ManualClock

CODE = "ABCDEFGH23"


def command(database: Database) -> CommandFunction:
    """/link with what it uses."""
    parts: dict[str, object] = dict.fromkeys(BotPorts.__dataclass_fields__)
    parts |= {"chats": ChatTables(database), "links": KeyLinkTable(database), "clock": ManualClock().clock()}
    return bind(COMMANDS["link"].run, BotPorts(**parts))  # type: ignore[arg-type]


async def prepare(database: Database, expires_at: int = NOW + 1) -> None:
    key = {"id": "0123456789", "secret_hash": "", "name": "<page>", "owner": "kim", "scopes": "write", "created_at": NOW}
    code = {"code_hash": hashlib.sha256(CODE.encode()).hexdigest(), "key_id": key["id"], "expires_at": expires_at}
    async with database.begin() as connection:
        await connection.execute(insert(api_keys).values(**key))
        await connection.execute(insert(link_codes).values(**code))


async def linked(database: Database) -> list[tuple[str, str, str]]:
    async with database.connect() as connection:
        rows = await connection.execute(select(key_chats.c.key_id, key_chats.c.channel, key_chats.c.chat_id))
        return [(row.key_id, row.channel, row.chat_id) for row in rows]


async def test_a_code_links_once_and_off_ends_it(sqlite_url: str) -> None:
    async with open_database(sqlite_url) as database:
        await prepare(database)
        link = command(database)
        chat, other = Chat("telegram", "7", "7", language="en"), Chat("telegram", "8", "8", language="en")
        assert "/link CODE" in (await link(chat=chat, arguments="")).text
        assert "wrong" in (await link(chat=chat, arguments="ABCDEFGH24")).text
        assert "/link CODE" in (await link(chat=chat, arguments="A" * 40)).text
        assert "'&lt;page&gt;' is linked" in (await link(chat=chat, arguments=f" {CODE.lower()} ")).text
        assert await linked(database) == [("0123456789", "telegram", "7")]
        async with database.connect() as connection:
            assert (await connection.execute(select(chats.c.chat_id))).scalars().all() == ["7"]
        assert "used already" in (await link(chat=other, arguments=CODE)).text
        assert await linked(database) == [("0123456789", "telegram", "7")]
        assert "No API key" in (await link(chat=other, arguments="off")).text
        assert "no longer linked" in (await link(chat=chat, arguments="off")).text
        assert await linked(database) == []


async def test_a_code_that_has_expired_or_whose_key_is_revoked_links_nothing(sqlite_url: str) -> None:
    async with open_database(sqlite_url) as database:
        await prepare(database, expires_at=NOW)
        link, chat = command(database), Chat("telegram", "7", "7", language="en")
        assert "expired" in (await link(chat=chat, arguments=CODE)).text
        async with database.begin() as connection:
            await connection.execute(update(link_codes).values(expires_at=NOW + 1))
            await connection.execute(update(api_keys).values(revoked_at=NOW))
        assert "wrong" in (await link(chat=chat, arguments=CODE)).text
        assert await linked(database) == []
