"""The text of an alert on a story: its headline with the link, and facts about it; never the text of an article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.notifier.domain.instruments import InstrumentIndex
from services.notifier.domain.replies import display_name
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.events import Story

LONGEST_LINK: Final = 1000
"""Characters of a link that is shown; a longer one is left out, since a part of it leads elsewhere."""
SHOWN_INSTRUMENTS: Final = 5
SHOWN_STORIES: Final = 6
"""Stories of a digest."""


def headline(story: Story, language: str, maximum: int = 250) -> str:
    """The title in the reader's language where there is one, with the link of the first article."""
    title = escape((story.title_ko if language == "ko" else None) or story.title, maximum)
    url = story.articles[0].url if story.articles else ""
    linked = url.startswith(("http://", "https://")) and len(url) <= LONGEST_LINK
    return f'<a href="{escape(url, LONGEST_LINK)}">{title}</a>' if linked else title


def story_text(story: Story, index: InstrumentIndex, language: str, *, repeat: bool) -> str:
    """One story; fits a message for all values. It is the same for the same facts, so that nothing is edited without need."""
    lines = [f"📰 <b>{headline(story, language)}</b>{foreign(story, language)}", _facts(story, language)]
    names = [escape(display_name(index.get(link.name), language), 60) for link in story.instruments]
    if names:
        more = f" +{len(names) - SHOWN_INSTRUMENTS}" if len(names) > SHOWN_INSTRUMENTS else ""
        lines.append(", ".join(names[:SHOWN_INSTRUMENTS]) + more)
    return "\n".join([*lines, *_marks([story], language, repeat=repeat)])


def stories_text(stories: Sequence[Story], language: str, *, repeat: bool) -> str:
    """The stories of a digest, the most important first, one line each."""
    shown = sorted(stories, key=lambda each: -each.importance)[:SHOWN_STORIES]
    lines = [
        phrase(language, "story-digest", count=len(stories)),
        *(f"• {headline(each, language, 100)}{foreign(each, language)} · {_facts(each, language)}" for each in shown),
    ]
    if len(stories) > SHOWN_STORIES:
        lines.append(phrase(language, "digest-more", count=len(stories) - SHOWN_STORIES))
    return "\n".join([*lines, *_marks(stories, language, repeat=repeat)])


def _facts(story: Story, language: str) -> str:
    publishers = len({article.publisher for article in story.articles})
    return phrase(language, "story-facts", publishers=publishers, importance=f"{story.importance:.2f}")


def foreign(story: Story, language: str) -> str:
    """The language of a title that is not in the reader's language."""
    shown = "ko" if language == "ko" and story.title_ko else story.language
    return "" if shown == language else f" ({phrase(language, 'story-language', code=escape(shown, 8))})"


def _marks(stories: Sequence[Story], language: str, *, repeat: bool) -> list[str]:
    lines = [phrase(language, "replayed")] if any(story.replayed for story in stories) else []
    return [*lines, f"🔁 {phrase(language, 'alert-repeat')}"] if repeat else lines
