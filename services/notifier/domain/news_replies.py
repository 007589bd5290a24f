"""Replies of the bot about news: headlines with their links, never the text of an article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.notifier.domain.formatting import format_time
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.events import Story

LONGEST_LINK: Final = 1000
"""Characters of a link that is shown; a longer one is left out, since a part of it leads elsewhere."""
SHOWN_PUBLISHERS: Final = 3


def news_text(stories: Sequence[Story], name: str, language: str) -> str:
    """The newest stories; ``name``: of the instrument or industry that they are about, empty for all."""
    if not stories:
        return phrase(language, "news-none")
    heading = phrase(language, "news-about", name=escape(name, 60)) if name else phrase(language, "news")
    lines = [heading, *(_story(story, language) for story in stories)]
    if any(story.replayed for story in stories):
        lines.append(phrase(language, "replayed"))
    return "\n".join(lines)


def _story(story: Story, language: str) -> str:
    title = escape((story.title_ko if language == "ko" else None) or story.title, 250)
    url = story.articles[0].url if story.articles else ""
    linked = url.startswith(("http://", "https://")) and len(url) <= LONGEST_LINK
    head = f'<a href="{escape(url, LONGEST_LINK)}">{title}</a>' if linked else title
    publishers = list(dict.fromkeys(article.publisher for article in story.articles))
    shown = ", ".join(escape(each, 40) for each in publishers[:SHOWN_PUBLISHERS])
    more = f" +{len(publishers) - SHOWN_PUBLISHERS}" if len(publishers) > SHOWN_PUBLISHERS else ""
    mark = " ⏪" if story.replayed else ""
    return f"• {head}{mark}\n    {shown}{more} · {format_time(story.first_seen)}"
