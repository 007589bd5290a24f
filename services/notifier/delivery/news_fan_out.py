"""Creates delivery rows for stories, and rows that edit their messages when they grow, before the Kafka offset is committed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.notifier.delivery import metrics
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain.delivery import DeliveryRow, DeliveryStatus
from services.notifier.domain.ports.deliveries import NewDeliveries, NewDelivery
from services.notifier.domain.ports.stories import StoryStore
from services.notifier.domain.stories import (
    StoryEdit,
    StoryMessage,
    edit_due,
    edit_id,
    first_status,
    is_old_story,
    is_waiting,
    one_address,
)
from services.notifier.domain.story_text import story_text
from shared import wire
from shared.events import Story
from shared.failures import PoisonError, TransientError
from shared.kafka import Record
from shared.topics import STORIES


class NewsFanOut:
    """Finds the chats that want stories. A chat gets one message of a story, whatever is read again."""

    def __init__(
        self,
        stories: StoryStore,
        deliveries: NewDeliveries,
        instruments: LatestInstruments,
        expiry: int,
        clock: TimeAndRandom,
        wake: Callable[[], None],
    ) -> None:
        self._stories, self._deliveries, self._instruments = stories, deliveries, instruments
        self._expiry, self._clock, self._wake_sender = expiry, clock, wake

    async def handle(self, records: Sequence[Record[Story]]) -> None:
        """Insert and change the rows of the newest revisions in a batch.

        Raises:
            PoisonError: a story's id cannot be stored, or it has no articles.
            TransientError: the database is not available, or a message of a story is being sent at this moment.
        """
        for record in records:
            _check(record.event)
        newest = {record.event.id: record for record in records}  # the records of a story are in order
        now = self._clock.now()
        for record in newest.values():
            await self._one(record, now)
        self._wake_sender()

    async def _one(self, record: Record[Story], now: int) -> None:
        story = record.event
        messages = await self._stories.messages(story.id)
        if messages:
            await self._grow(story, messages, now)
        if is_old_story(story, now, self._expiry):
            return
        symbols, industries = ([link.name for link in links] for links in (story.instruments, story.industries))
        found = await self._stories.readers(story.importance, symbols, industries)
        have = {(each.row.channel, each.row.chat_id) for each in messages}
        body = wire.encode(story).decode() if found else ""
        due = [
            NewDelivery(story.id, chat, first_status(chat, now), body, record.traceparent or "", kind="story")
            for chat in one_address(found)
            if (chat.channel, chat.chat_id) not in have
        ]
        await self._deliveries.add(due, now)
        for new in due:
            metrics.DUE.labels(new.chat.channel, new.status).inc()

    async def _grow(self, story: Story, messages: Sequence[StoryMessage], now: int) -> None:
        """Replace the content of messages that wait, and edit those that were sent, where the text is another one."""
        edits = {each.row.address: each for each in await self._stories.edits(edit_id(story.id))}
        texts: dict[tuple[str, str], str] = {}
        body = wire.encode(story).decode()
        rewritten: list[DeliveryRow] = []
        edited: list[tuple[StoryMessage, StoryEdit | None, int]] = []
        for message in messages:
            edit = edits.get(message.row.address)
            if not self._differs(story, (edit or message).row.body, message.language, texts):
                continue
            if message.row.status is DeliveryStatus.SENDING:
                raise TransientError(f"story {story.id}: a message is being sent, its edit waits")
            due = edit_due(message, edit, now)
            if is_waiting(message.row):
                rewritten.append(message.row)
            elif due is not None:
                edited.append((message, edit, due))
        await self._stories.grow(rewritten, edited, body, now)

    def _differs(self, story: Story, shown: str, language: str, texts: dict[tuple[str, str], str]) -> bool:
        """Whether the story is newer than what the chat has, and reads differently. ``texts``: what was rendered, by body."""
        before = wire.decode(STORIES, shown.encode())
        if before.revision >= story.revision:
            return False
        for key, each in (((language, shown), before), ((language, ""), story)):
            if key not in texts:
                texts[key] = story_text(each, self._instruments.current, language, repeat=False)
        return texts[language, shown] != texts[language, ""]


def _check(story: Story) -> None:
    if not 1 <= len(story.id) <= 32 or not story.id.isprintable():
        raise PoisonError(f"story: id is {story.id[:80]!r}, expected 1 to 32 printable characters")
    if not story.articles:
        raise PoisonError(f"story {story.id!r}: articles is empty, expected at least one")
