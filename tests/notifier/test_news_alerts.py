"""News alerts: one message of a story in each chat that wants it, edited when the story grows, whatever fails and is read again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import update

from services.notifier.adapters.story_rows import StoryRows
from services.notifier.adapters.telegram.api import open_bot
from services.notifier.adapters.telegram.channel import TelegramChannel
from services.notifier.delivery.news_fan_out import NewsFanOut
from services.notifier.domain.address import Address
from services.notifier.domain.instruments import InstrumentIndex
from services.notifier.domain.pacing import FIRST
from services.notifier.domain.recipients import Chat
from services.notifier.domain.stories import EDIT_INTERVAL, edit_id
from services.notifier.domain.story_text import stories_text, story_text
from shared.db import open_database
from shared.events import Story, StoryLink
from shared.failures import PoisonError, TransientError
from shared.kafka import Record, open_producer
from shared.settings import MeshSettings
from shared.tables import deliveries
from shared.topics import STORIES
from tests.databases import on_mariadb, on_sqlite
from tests.gateway import news as samples
from tests.notifier.parts import NOW, ManualClock, Parts, list_instruments, records, signal, wire
from tests.notifier.process import Notifier, environment, running
from tests.notifier.telegram import TOKEN, Fault, Telegram, open_telegram
from tests.notifier.telegram.markup import parsed_length
from tests.notifier.test_bot import bot_user
from tests.servers import Broker
from tests.until import until

MINUTES = EDIT_INTERVAL / 1000
RESERVE = 2_000  # of `wire`
HERE = Address("telegram", "7")


def story(n: int = 1, publishers: int = 1, **changes: Any) -> Story:
    """A replayed story with as many articles as publishers; each one is a revision."""
    first = samples.story(n)
    articles = tuple(msgspec.structs.replace(first.articles[0], id=f"{i:032x}", publisher=f"P{i}") for i in range(publishers))
    known = {"id": f"story-{n}", "revision": publishers, "importance": 0.6, "articles": articles, "replayed": True}
    return msgspec.structs.replace(first, **{**known, **changes})


def reader(**more: Any) -> Chat:
    return Chat("telegram", "7", "7", **{"language": "en", "news_from": 0.5, "pace": "each", **more})


@dataclass
class Newsroom:
    """The parts of news alerts with the stand-in."""

    telegram: Telegram
    parts: Parts
    fan_out: NewsFanOut
    clock: ManualClock

    async def read(self, *stories: Story) -> None:
        """The stories arrive in one batch."""
        await self.fan_out.handle([Record(STORIES.name, 0, i, NOW, each.id, each, None) for i, each in enumerate(stories)])

    async def settled(self, methods: Sequence[str]) -> None:
        """Wait until no row is due, reserved by a sender, or being sent; then these calls were accepted."""

        async def done() -> bool:
            soon = self.clock.clock().now() + RESERVE
            return all(row.status != "sending" and row.next_try_at > soon for row in await self.parts.rows())

        await until(done, 10, "the rows to settle")
        assert [each.method for each in self.telegram.accepted] == methods


@asynccontextmanager
async def newsroom(database_url: str, chat: Chat | None = None, watched: Sequence[str] = ("AAPL",)) -> AsyncIterator[Newsroom]:
    clock = ManualClock()
    async with open_telegram() as telegram, open_database(database_url) as database, open_bot(TOKEN, telegram.base, 5) as bot:
        await list_instruments(database)
        parts = wire(database, [TelegramChannel(bot, 5)], clock.clock())
        await parts.instruments.refresh()
        await parts.chats.save(chat or reader(), 0)
        await parts.chats.watch(HERE, watched, 0)
        fan_out = NewsFanOut(
            StoryRows(database, "telegram"), parts.deliveries, parts.instruments, 21_600_000, clock.clock(), parts.sender.wake
        )
        async with parts.sending():
            yield Newsroom(telegram, parts, fan_out, clock)
        assert telegram.problems == []


SEND, EDIT = "sendMessage", "editMessageText"


async def test_a_story_is_one_message_that_is_edited_at_intervals(database_url: str) -> None:
    async with newsroom(database_url) as room:
        await room.read(story())
        await room.read(story(), story())
        await room.settled([SEND])
        (first,) = room.telegram.accepted
        assert "1 publisher · importance 0.60" in first.text
        assert "Apple Inc." in first.text
        assert "https://news.example/1" in first.text
        for publishers in (2, 3):
            await room.read(story(publishers=publishers))
        await room.settled([SEND])
        room.clock.at += MINUTES
        await room.settled([SEND, EDIT])
        assert "3 publishers" in room.telegram.accepted[-1].text
        assert room.telegram.accepted[-1].message_id == first.message_id
        for old in (1, 2, 3):  # a consumer that begins again
            await room.read(story(publishers=old))
        await room.read(story(publishers=3, revision=9, reactions=()))
        room.clock.at += 10 * MINUTES
        await room.settled([SEND, EDIT])
        await room.read(story(publishers=4, revision=10))
        await room.settled([SEND, EDIT, EDIT])
        assert room.telegram.accepted[-1].message_id == first.message_id
        assert [row.kind for row in await room.parts.rows()].count("story") == 1


WANTED: list[tuple[str, Chat, dict[str, Any], bool]] = [
    ("a watched instrument", reader(), {}, True),
    ("by default", reader(news_from=0.0), {}, False),
    ("less important", reader(news_from=0.7), {}, False),
    ("as important", reader(news_from=0.6), {}, True),
    ("another instrument", reader(), {"instruments": (StoryLink(name="MSFT", reason="name"),)}, False),
    ("a watched industry alone", reader(), {"instruments": (), "industries": (StoryLink(name="phones", reason="topic"),)}, True),
    ("nothing linked", reader(watch_all=True), {"instruments": (), "industries": ()}, False),
    ("everything is watched", reader(watch_all=True), {"instruments": (StoryLink(name="MSFT", reason="name"),)}, True),
    ("switched off", reader(active=False), {}, False),
    ("old", reader(), {"replayed": False}, False),
]


async def test_who_gets_a_story(database_url: str) -> None:
    async with newsroom(database_url, reader(active=False)) as room:
        for n, (what, who, changes, expected) in enumerate(WANTED):
            at = Address("telegram", str(100 + n))
            await room.parts.chats.save(replace(who, chat_id=at.chat_id), 0)
            await room.parts.chats.watch(at, ["AAPL"], 0)
            await room.parts.chats.watch_industry(at, "phones", 0)
            await room.read(story(n, **changes))
            found = [row.chat_id for row in await room.parts.rows() if row.signal_id == f"story-{n}"]
            assert found == ([at.chat_id] if expected else []), what
            await room.parts.chats.deactivate("telegram", at.chat_id, NOW)


@on_mariadb
async def test_a_forum_gets_a_story_in_one_topic(database_url: str) -> None:
    async with newsroom(database_url) as room:
        room.telegram.topics |= {("7", 5): "", ("7", 3): ""}
        await room.parts.chats.unwatch(HERE, None)
        await room.parts.chats.watch(Address("telegram", "7", 5), ["AAPL"], 0)
        await room.read(story())
        await room.settled([SEND])
        await room.parts.chats.watch(Address("telegram", "7", 3), ["AAPL"], 0)
        await room.read(story(publishers=2))
        await room.settled([SEND])
        assert [row.thread_id for row in await room.parts.rows() if row.kind == "story"] == [5]


@on_sqlite
async def test_muted_stays_unsent_and_quiet_hours_hold_back_the_newest_revision(database_url: str) -> None:
    async with newsroom(database_url, reader(zone="UTC", quiet_from=19 * 60, quiet_until=22 * 60)) as room:
        await room.read(story())
        await room.settled([])
        await room.read(story(publishers=3))
        room.clock.at = 2 * 3600 + 1
        await room.settled([SEND])
        assert "3 publishers" in room.telegram.accepted[0].text
        await room.parts.chats.save(reader(muted_until=10**15), 0)
        await room.read(story(2))
        await room.parts.chats.save(reader(), 0)
        await room.read(story(2, publishers=2))
        await room.settled([SEND])
        assert (await room.parts.statuses())["muted"] == 1


@on_sqlite
async def test_many_stories_come_together_with_signals_and_a_digest_is_not_edited(database_url: str) -> None:
    quiet = {"zone": "UTC", "quiet_from": 19 * 60, "quiet_until": 22 * 60}
    async with newsroom(database_url, reader(pace="digest", unvalidated=True, **quiet)) as room:
        await room.read(*(story(n) for n in range(1, FIRST + 3)))
        await room.parts.fan_out.handle(records([signal(replayed=True)]))
        await room.settled([])
        room.clock.at = 2 * 3600 + 1
        await room.settled([SEND])
        text = room.telegram.accepted[0].text
        assert "1 signal" in text
        assert f"{FIRST + 2} stories" in text
        assert "and 2 more" in text
        await room.read(story(publishers=2))
        room.clock.at += 2 * MINUTES
        await room.settled([SEND])
        await room.read(story(50))
        await room.settled([SEND])
        room.clock.at += 3600
        await room.settled([SEND, SEND])


@on_mariadb
async def test_what_fails_is_tried_again_and_a_deleted_message_is_left_alone(database_url: str) -> None:
    failures = [Fault("cut-before"), Fault("400", text="Bad Request: message is not modified"), Fault("400")]
    async with newsroom(database_url) as room:
        room.telegram.choose = lambda method, _: failures.pop(0) if method == EDIT and failures else None
        await room.read(story())
        await room.settled([SEND])
        for publishers, status in ((2, "unknown"), (2, "sent"), (3, "failed"), (4, "failed")):
            await room.read(story(publishers=publishers))
            room.clock.at += MINUTES

            async def recorded(status: str = status) -> bool:
                return [row.status for row in await room.parts.rows() if row.kind == "edit"] == [status]

            await until(recorded, 10, f"an edit that is {status}")
        assert failures == []
        assert room.telegram.calls.count(EDIT) == 3
        assert {row.kind: row.status for row in await room.parts.rows()} == {"story": "sent", "edit": "failed"}


@on_mariadb
async def test_a_story_that_grows_while_it_is_sent_waits(database_url: str) -> None:
    async with newsroom(database_url) as room:
        await room.read(story())
        await room.settled([SEND])
        one = deliveries.c.kind == "story"
        async with room.parts.database.begin() as connection:
            await connection.execute(update(deliveries).where(one).values(status="sending", next_try_at=10**15))
        with pytest.raises(TransientError, match="is being sent"):
            await room.read(story(publishers=2))
        assert [row.kind for row in await room.parts.rows()] == ["story"]


@on_sqlite
async def test_a_chat_that_moves_gets_no_story_again_and_no_edit_of_a_foreign_message(database_url: str) -> None:
    async with newsroom(database_url) as room:
        await room.read(story())
        await room.settled([SEND])
        await room.read(story(publishers=2))
        await room.parts.chats.migrate("telegram", "7", "-100", 0)
        await room.read(story(publishers=3))
        room.clock.at += 2 * MINUTES
        await room.settled([SEND])
        assert {(row.kind, row.chat_id, row.status) for row in await room.parts.rows()} == {
            ("story", "-100", "sent"),
            ("edit", "7", "failed"),
        }


@on_sqlite
async def test_a_story_that_cannot_be_stored_is_a_dead_letter(database_url: str) -> None:
    async with newsroom(database_url) as room:
        for changes in ({"id": "x" * 33}, {"articles": ()}):
            with pytest.raises(PoisonError, match="story"):
                await room.read(story(**changes))
        assert await room.parts.rows() == []


@on_sqlite
async def test_the_importance_is_set_by_command_and_by_buttons(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/lang en")
        assert "News alerts: 0.45" in await user.ask("/news alerts 0.45")
        chat = await user.parts.chats.get("telegram", "7")
        assert chat is not None
        assert chat.news_from == 0.45
        assert "'2' is not possible here" in await user.ask("/news alerts 2")
        assert "News alerts: 0.45" in await user.ask("/settings")
        await user.press("settings news")
        assert "News alerts: 0.7" in (await user.press("settings news 0.7")).text
        assert "News alerts: 0.4" in await user.ask("/settings news 0.4")
        await user.ask("/lang ko")
        assert "뉴스 알림: 꺼짐" in await user.ask("/news alerts off")
        assert "관리자" in await user.ask("/news alerts off", -5, 8, "group")
        assert "관리자" not in await user.ask("/news AAPL", -5, 8, "group")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_texts_fit_a_message_and_name_the_language_of_a_title(language: str) -> None:
    index = InstrumentIndex()
    links = tuple(StoryLink(name=f"</i>&{n}" * 60, reason="name") for n in range(40))
    wild = story(title="<b>&\U0001f4f0" * 100, instruments=links, language="x" * 50)
    assert parsed_length(story_text(wild, index, language, repeat=True)) <= 4096
    assert parsed_length(stories_text([wild] * 200, language, repeat=True)) <= 1400
    english, korean = story(), story(language="ko", title="제목")
    translated = story(title_ko="번역한 제목", translated=True)
    shown = [story_text(each, index, language, repeat=False).split("\n")[0] for each in (english, korean, translated)]
    if language == "en":
        assert ["in Korean" in line for line in shown] == [False, True, False]
        assert "번역한 제목" not in shown[2]
    else:
        assert ["(영어)" in line for line in shown] == [True, False, False]
        assert "번역한 제목" in shown[2]


@on_sqlite
async def test_a_killed_notifier_repeats_nothing_and_edits_after_its_restart(
    kafka: Broker, database_url: str, tmp_path: Path
) -> None:
    symbol = f"T{uuid4().hex[:10].upper()}"
    link = (StoryLink(name=symbol, reason="name"),)
    name = uuid4().hex
    more = {"TELEGRAM_BOT_TOKEN": TOKEN, "CHARTS": "false", "TELEGRAM_POLLING": "false", "KAFKA_SESSION_MS": "6000"}
    async with open_telegram() as telegram, open_database(database_url) as database:
        parts = wire(database, [])
        await list_instruments(database, symbol)
        await parts.chats.save(reader(), 0)
        await parts.chats.watch(HERE, [symbol], 0)
        variables = environment(kafka.bootstrap, database_url, symbol, 25106, tmp_path, TELEGRAM_API=telegram.base, **more)
        notifier = Notifier(variables, tmp_path / "log")
        async with running(notifier):
            await publish(kafka.bootstrap, [story(id=name, instruments=link)])

            async def recorded() -> bool:  # a message whose answer was lost has no id: it is never edited
                return any(row.status == "sent" for row in await parts.rows())

            await until(recorded, 60, "the story")
            await notifier.kill()
        await publish(kafka.bootstrap, [story(id=name, instruments=link), story(id=name, instruments=link, publishers=2)])
        async with running(notifier):

            async def edit_waits() -> bool:
                return any(row.signal_id == edit_id(name) for row in await parts.rows())

            await until(edit_waits, 60, "the row of the edit")
            async with database.begin() as connection:
                await connection.execute(update(deliveries).where(deliveries.c.kind == "edit").values(next_try_at=0))
            await until(lambda: len(telegram.accepted) > 1, 30, "the edit")
            assert await notifier.stop() == 0
        assert [each.method for each in telegram.accepted] == [SEND, EDIT]
        assert "2 publishers" in telegram.accepted[1].text
        assert telegram.problems == []


async def publish(bootstrap: str, stories: Sequence[Story]) -> None:
    """Publish stories on their topic."""
    async with open_producer(MeshSettings(kafka_bootstrap=bootstrap), "test") as producer:
        await producer.publish_many(STORIES, [(each.id, each) for each in stories])
