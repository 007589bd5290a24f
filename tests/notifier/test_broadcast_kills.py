"""A broadcast and a payment over two SIGKILLs of the notifier, at the limits of the stand-in."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from services.notifier.adapters.notices import NoticeTable
from services.notifier.adapters.payments import PaymentTable
from services.notifier.domain.notices import Notice, same_text
from shared.db import Database, open_database
from shared.tables import chats, deliveries
from tests.databases import on_sqlite
from tests.notifier.process import Notifier, environment, running
from tests.notifier.telegram import TOKEN, open_telegram
from tests.notifier.telegram.faults import at_limits
from tests.notifier.telegram.stars import Charge
from tests.servers import Broker
from tests.until import until

PAYER = 1_000_000
"""One of the chats."""


async def open_rows(database: Database, count: int) -> int:
    """The deliveries that are not sent yet, of ``count``."""
    sent = select(func.count()).select_from(deliveries).where(deliveries.c.status == "sent")
    async with database.connect() as connection:
        return count - int((await connection.execute(sent)).scalar_one())


@on_sqlite
@pytest.mark.thorough
@pytest.mark.timeout(1500)
@pytest.mark.parametrize(
    ("count", "per_second", "seconds"),
    [(200, 100, 60), (10_000, 30, 900)],
    ids=["200", "10000"],
)
async def test_two_kills_lose_nothing_and_double_at_most_what_was_never_answered(
    kafka: Broker, database_url: str, tmp_path: Path, count: int, per_second: int, seconds: int
) -> None:
    now = int(time.time())
    about = {"channel": "telegram", "kind": "private", "active": True, "language": "en", "created_at": 0}
    more = {"TELEGRAM_BOT_TOKEN": TOKEN, "CHARTS": "false", "RATE_OVERALL": str(per_second), "RATE_CHAT": "1"}
    async with open_telegram(at_limits(per_second)) as telegram, open_database(database_url) as database:
        async with database.begin() as connection:
            await connection.execute(chats.insert(), [about | {"chat_id": str(1_000_000 + i)} for i in range(count)])
        await NoticeTable(database).add(Notice("n" * 16, "broadcast", "all", same_text("hello"), "sending"), now * 1000)
        variables = environment(
            kafka.bootstrap, database_url, uuid4().hex, 25107, tmp_path, TELEGRAM_API=telegram.base,
            TELEGRAM_PREMIUM_STARS="250", **more,
        )  # fmt: skip
        notifier = Notifier(variables, tmp_path / "log")
        charge = Charge("charge", PAYER, f"premium:{PAYER}:250:1:x", 250, now, "charge")
        for part in (1, 2):
            async with running(notifier):
                await telegram.stars.credit(charge)  # Telegram sends it again, since nobody confirmed it
                await until(lambda: len(telegram.accepted) > part * count // 3, seconds, "a part of the broadcast")  # noqa: B023
                await notifier.kill()
        async with running(notifier):
            await until(lambda: finished(database, count), seconds, "the whole broadcast")
            await telegram.stars.credit(charge)
            await until(lambda: any("Thank you" in text for text in telegram.texts(str(PAYER))), 30, "the thanks")
            assert await notifier.stop() == 0
        received = Counter(each.chat_id for each in telegram.accepted if each.text == "hello")
        async with database.connect() as connection:
            unknowns = int((await connection.execute(select(func.sum(deliveries.c.unknowns)))).scalar_one())
        assert len(received) == count, "nothing is lost"
        assert sum(received.values()) - count <= unknowns <= 2 * 16, "only what a kill left without an answer can come twice"
        assert max(received.values()) <= 3
        totals = await PaymentTable(database, "ko").totals(0, now * 1000)
        assert (totals["payments"], totals["stars"], totals["premium"]) == (1, 250, 1), "a charge is credited once"
        assert telegram.problems == []
        print(f"{count} chats: {sum(received.values()) - count} doubled, {unknowns} without an answer")


async def finished(database: Database, count: int) -> bool:
    """Whether every chat has the message on record."""
    return await open_rows(database, count) == 0
