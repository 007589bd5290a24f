"""/privacy, /export and /forget: everything about a chat is in the copy, and gone afterwards; others keep theirs."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from services.notifier.adapters.personal_data import TABLES
from services.notifier.domain.address import Address
from services.notifier.domain.backtests import requested_by
from services.notifier.domain.telegram_html import plain
from shared.tables import chats, key_chats, metadata, payments, premium_members, research_runs
from tests.notifier.parts import records, signal
from tests.notifier.test_bot import BotUser, bot_user
from tests.notifier.test_setup import list_industries

PERSON, GROUP = 777_000_111, 555_000_222


def test_every_table_with_a_chat_is_known() -> None:
    assert {table.name for table in metadata.tables.values() if "chat_id" in table.c} == {table.name for table in TABLES}


async def fill(user: BotUser, chat: int) -> None:
    """Rows in every table that a user can fill."""
    await user.ask("/settings unproven on", chat=chat, user=chat)
    await user.ask("/watch AAPL", chat=chat, user=chat)
    await user.ask("/watch 반도체", chat=chat, user=chat)
    await user.ask("/rules off rsi_mid", chat=chat, user=chat)
    await user.ask("/alert AAPL above 200", chat=chat, user=chat)
    await user.ask("/build", chat=chat, user=chat)  # a dialog that expects a text
    await user.parts.fan_out.handle(records([signal(chat)]))
    link = {"key_id": f"key{chat}", "channel": "telegram", "chat_id": str(chat), "code_hash": f"hash{chat}", "created_at": 0}
    async with user.parts.database.begin() as connection:
        await connection.execute(insert(key_chats).values(**link))
        paid = {
            "charge_id": f"c{chat % 100}",
            "chat_id": str(chat),
            "user_id": str(chat),
            "payload": "",
            "stars": 1,
            "paid_until": 1,
        }
        await connection.execute(insert(payments).values(**paid, paid_at=1))
        about = {"kind": "private", "created_at": 0, "active": True, "language": "en"}
        group = about | {"channel": "telegram", "chat_id": f"-{GROUP}", "user_id": str(chat)}
        if chat == PERSON:
            await connection.execute(insert(chats).values(**group))
            for_group = {"charge_id": "g", "chat_id": f"-{GROUP}", "payload": "", "stars": 1, "paid_until": 1, "paid_at": 1}
            await connection.execute(insert(payments).values(**for_group, user_id=str(chat)))
        run = {
            "id": f"run{chat % 100}",
            "kind": "backtest",
            "request": "{}",
            "state": "done",
            "created_at": 0,
            "result": "",
            "error": "",
        }
        await connection.execute(insert(research_runs).values(**run, location="", requested_by=requested_by("telegram", str(chat))))
        member = {"chat_id": str(chat), "place": "-1", "invite_link": "", "created_at": 0}
        await connection.execute(insert(premium_members).values(**member))


async def rows_of(user: BotUser, chat: str) -> dict[str, int]:
    found = {}
    async with user.parts.database.connect() as connection:
        for table in TABLES:
            count = select(func.count()).select_from(table).where(table.c.chat_id == chat)
            found[table.name] = int((await connection.execute(count)).scalar_one())
    return found


async def mentions(user: BotUser, person: int) -> set[str]:
    """The columns of any table in which the person's number stands somewhere."""
    found = set()
    async with user.parts.database.connect() as connection:
        for table in metadata.tables.values():
            for row in (await connection.execute(select(table))).mappings():
                found |= {f"{table.name}.{name}" for name, value in row.items() if str(person) in str(value)}
    return found


async def test_after_forget_no_table_has_the_number_of_the_person(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await list_industries(user.parts.database)
        await fill(user, PERSON)
        before = await mentions(user, PERSON)
        assert {"chats.user_id", "payments.user_id", "research_runs.requested_by", "deliveries.chat_id"} <= before
        await user.ask("/forget", chat=PERSON, user=PERSON)
        await user.press("forget yes", chat=PERSON, user=PERSON)
        assert await mentions(user, PERSON) == set()


async def test_a_copy_has_everything_and_nothing_is_left_after_forget(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await list_industries(user.parts.database)
        await fill(user, 7)
        await fill(user, 8)
        others = await rows_of(user, "8")
        filled = await rows_of(user, "7")
        assert min(filled.values()) > 0
        assert "/forget" in await user.ask("/privacy")
        copy = plain(await user.ask("/export"))
        for part in ('"watchlists"', "AAPL", "semiconductors", "crosses_above(close, 200)", '"rsi_mid"', '"deliveries": 2'):
            assert part in copy
        assert '"chat_id": "8"' not in copy
        assert "되돌릴 수 없습니다" in await user.ask("/forget")
        assert await rows_of(user, "7") == filled | {"dialogs": 0}, "nothing is deleted before it is confirmed"
        assert "모두 지웠습니다" in (await user.press("forget yes")).text
        assert set((await rows_of(user, "7")).values()) == {0}
        assert await rows_of(user, "8") == others
        assert await user.parts.chats.watched(Address("telegram", "8")) == ["AAPL"]
        assert (await user.parts.chats.get("telegram", "7")) is None
        async with user.parts.database.connect() as connection:
            kept = (await connection.execute(select(payments.c.charge_id, payments.c.user_id).order_by(payments.c.charge_id))).all()
        assert [tuple(row) for row in kept] == [("c7", ""), ("c8", "8")], "a charge stays known, without who paid it"
