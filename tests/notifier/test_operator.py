"""The operator's commands, the list of allowed chats, and broadcasts that lose and double nothing over restarts."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import ValidationError

from services.notifier.adapters.notices import PAGE, NoticeTable
from services.notifier.delivery.broadcasting import Broadcasting
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.notices import Notice, same_text
from services.notifier.settings import NotifierSettings
from shared.db import open_database
from shared.tables import chats
from tests.databases import on_sqlite
from tests.notifier.parts import NOW, wire
from tests.notifier.test_bot import bot_user
from tests.notifier.test_sending import RecordingChannel, finished

OPERATOR = frozenset({"1"})


@on_sqlite
async def test_a_broadcast_is_previewed_sent_and_counted(database_url: str) -> None:
    async with bot_user(database_url, operators=OPERATOR) as user:
        await user.ask("/settings silent on", chat=8, user=8)
        await user.ask("/lang en", chat=1, user=1)
        assert "/broadcast 명령은 없습니다" in await user.ask("/broadcast hello", chat=8, user=8)
        assert "up to 900" in await user.ask("/broadcast", chat=1, user=1)
        assert "<b>Preview</b>" in await user.ask("/broadcast Maintenance <b>tonight</b>", chat=1, user=1)
        notices = NoticeTable(user.parts.database)
        assert await notices.send_page("telegram", NOW) == 0, "nothing is sent before it is confirmed"
        assert "being sent" in (await user.press("📣 Send", chat=1, user=1)).text
        broadcasting = Broadcasting(notices, "telegram", TimeAndRandom(), user.parts.sender.wake)
        await broadcasting.once()
        await broadcasting.once()
        assert "chats private active: 2" in await user.ask("/stats", chat=1, user=1)
        async with user.parts.sending():
            await finished(user.parts, 2)
        assert user.telegram.texts("8")[-1] == "Maintenance &lt;b&gt;tonight&lt;/b&gt;"
        assert not [row for row in await user.parts.rows() if row.to_report]


@on_sqlite
async def test_a_broadcast_can_be_cancelled(database_url: str) -> None:
    async with bot_user(database_url, operators=OPERATOR) as user:
        await user.ask("/lang en", chat=1, user=1)
        await user.ask("/broadcast oops", chat=1, user=1)
        await user.press("📣 Send", chat=1, user=1)
        await NoticeTable(user.parts.database).send_page("telegram", NOW)
        assert "Not sent: 1" in (await user.press("✖️ Cancel", chat=1, user=1)).text
        assert await user.parts.statuses() == {"failed": 1}
        assert "failed 1" in (await user.press("🔄 Status", chat=1, user=1)).text


async def test_a_broadcast_continues_after_a_restart_without_gaps_or_repeats(database_url: str) -> None:
    count, channel = PAGE * 2 + 7, RecordingChannel()
    rows = [
        {"channel": "telegram", "chat_id": str(i), "kind": "private", "active": i != 5, "created_at": NOW} for i in range(count)
    ]
    async with open_database(database_url) as database:
        async with database.begin() as connection:
            await connection.execute(chats.insert(), rows)
        await NoticeTable(database).add(Notice("n" * 16, "broadcast", "all", same_text("x"), "sending"), NOW)
        assert await NoticeTable(database).send_page("telegram", NOW) == PAGE
    async with open_database(database_url) as database:  # another process
        parts = wire(database, [channel])
        while await NoticeTable(database).send_page("telegram", parts.sender._clock.now()):
            pass
        assert Counter(row.chat_id for row in await parts.rows()) == {str(i): 1 for i in range(count) if i != 5}
        assert await NoticeTable(database).change("n" * 16, "sent", "sent")


@on_sqlite
async def test_only_allowed_chats_are_answered(database_url: str) -> None:
    async with bot_user(database_url, allowed=frozenset({"7"}), operators=OPERATOR) as user:
        assert "/price" in await user.ask("/help")
        assert "허용된 채팅" in await user.ask("/help", chat=8, user=8)
        assert await user.gets_no_answer("/help", chat=8, user=8)
        assert await user.parts.chats.get("telegram", "8") is None
        assert "/price" in await user.ask("/help", chat=1, user=1)


def test_ids_in_the_settings_are_checked() -> None:
    assert NotifierSettings(_env_file=None, telegram_operators="1, -100").operators == {"1", "-100"}
    with pytest.raises(ValidationError, match="'bob' is no id"):
        NotifierSettings(_env_file=None, telegram_allowed="1,bob")
    with pytest.raises(ValidationError, match="PUBLIC_URL"):
        NotifierSettings(_env_file=None, public_url="example.com")
