"""Replies of the bot about news: headlines with their links, never the text of an article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.notifier.domain.preferences import local_time
from services.notifier.domain.recipients import Chat
from services.notifier.domain.story_text import foreign, headline
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.events import Story

SHOWN_PUBLISHERS: Final = 3


def news_text(stories: Sequence[Story], name: str, chat: Chat) -> str:
    """The newest stories; ``name``: of the instrument or industry that they are about, empty for all."""
    language = chat.language
    if not stories:
        return phrase(language, "news-none")
    heading = phrase(language, "news-about", name=escape(name, 60)) if name else phrase(language, "news")
    lines = [heading, *(_story(story, chat) for story in stories)]
    if any(story.replayed for story in stories):
        lines.append(phrase(language, "replayed"))
    return "\n".join(lines)


def _story(story: Story, chat: Chat) -> str:
    publishers = list(dict.fromkeys(article.publisher for article in story.articles))
    shown = ", ".join(escape(each, 40) for each in publishers[:SHOWN_PUBLISHERS])
    more = f" +{len(publishers) - SHOWN_PUBLISHERS}" if len(publishers) > SHOWN_PUBLISHERS else ""
    mark = " ⏪" if story.replayed else ""
    title = f"{headline(story, chat.language)}{foreign(story, chat.language)}"
    return f"• {title}{mark}\n    {shown}{more} · {local_time(story.first_seen, chat)}"
