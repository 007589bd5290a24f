"""The content of rows, and the message that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from services.notifier.domain.alert_text import alert_buttons, alert_text
from services.notifier.domain.briefings.buttons import briefing_buttons
from services.notifier.domain.briefings.text import caption, whole_text
from services.notifier.domain.delivery import DeliveryRow
from services.notifier.domain.digest_text import digest_buttons, digest_text, group_text
from services.notifier.domain.instruments import InstrumentIndex
from services.notifier.domain.messages import Alert
from services.notifier.domain.recipients import CHANNEL_KIND, Chat
from services.notifier.domain.story_text import stories_text, story_text
from services.notifier.words.catalogue import LANGUAGES
from shared import wire
from shared.briefings import Briefing
from shared.events import Signal, Story
from shared.topics import SIGNALS, STORIES

Texts = dict[str, str]
"""A notice: its HTML by language."""


@dataclass(frozen=True)
class Content:
    """A row with its signal, with its story, with the texts of its notice, or with its briefing."""

    row: DeliveryRow
    signal: Signal | None = None
    texts: Texts | None = None
    story: Story | None = None
    briefing: Briefing | None = None
    picture: bytes = b""
    """Of the briefing; empty where none is stored."""


def notice_body(texts: Texts) -> str:
    """The body of a row with a notice."""
    return msgspec.json.encode(texts).decode()


def briefing_body(briefing_id: str) -> str:
    """The body of a row with a briefing: its id, since many chats get the same one."""
    return msgspec.json.encode({"briefing": briefing_id}).decode()


def briefing_of(row: DeliveryRow) -> str:
    """The id of the briefing of a row. Raises ValueError."""
    return msgspec.json.decode(row.body, type=dict[str, str]).get("briefing", "")


def decoded(row: DeliveryRow) -> Content:
    """The content of a row; that of a briefing is not in it. Raises ValueError: it cannot be decoded."""
    if row.kind == "briefing":
        return Content(row)
    if row.kind == "signal":
        return Content(row, wire.decode(SIGNALS, row.body.encode()))
    if row.kind in {"story", "edit"}:
        return Content(row, story=wire.decode(STORIES, row.body.encode()))
    texts = msgspec.json.decode(row.body, type=Texts)
    if not set(LANGUAGES) <= texts.keys():
        raise ValueError(f"a notice needs a text in each of {LANGUAGES}, and has {sorted(texts)}")
    return Content(row, None, texts)


def rendered(
    contents: Sequence[Content], chat: Chat, index: InstrumentIndex, picture: bytes | None, *, digest: bool, page: str = ""
) -> Alert:
    """The message. ``contents``: one notice, story or briefing, or signals of one instrument and bar; of a ``digest`` many."""
    first, language = contents[0], chat.language
    signals = tuple(each.signal for each in contents if each.signal is not None)
    stories = tuple(each.story for each in contents if each.story is not None)
    edits = first.row.message_id if first.row.kind == "edit" else ""
    repeat = not edits and any(each.row.unknowns > 0 for each in contents)
    buttons = digest_buttons(language) if digest else alert_buttons(signals[0], language, page) if signals else ()
    if first.briefing is not None:
        text = caption(first.briefing, index) if picture is not None else whole_text(first.briefing, index)
        buttons = briefing_buttons(first.briefing, language, short=picture is not None)
    elif first.texts is not None:
        text = first.texts[language]
    elif digest:
        parts = [digest_text(signals, index, chat, repeat=repeat)] if signals else []
        text = "\n\n".join([*parts, stories_text(stories, language, repeat=repeat)] if stories else parts)
    elif stories:
        text = story_text(stories[0], index, language, repeat=repeat)
    elif len(signals) > 1:
        text = group_text(signals, index.get(signals[0].symbol), chat, repeat=repeat)
    else:
        text = alert_text(signals[0], index.get(signals[0].symbol), language, repeat=repeat, chat=chat)
    if chat.kind == CHANNEL_KIND:  # who reads a channel changes nothing in it
        buttons = tuple(row for row in (tuple(each for each in row if each.url) for row in buttons) if row)
    return Alert(
        signals,
        text,
        language,
        buttons,
        picture,
        repeat,
        first.row.traceparent,
        silent=chat.silent,
        key=first.row.signal_id,
        edits=edits,
    )
