"""Stories in the tables of a gateway, written as analysis news writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.analysis.news.adapters.story_owner import StoryOwner
from services.analysis.news.adapters.story_tables import StoryTables
from services.analysis.news.domain.stored import StoredStory
from shared.db import Database
from shared.events import Reaction, Story, StoryArticle, StoryLink

START = 1_700_000_000_000
HOUR = 3_600_000


def story(n: int = 1, **changes: Any) -> Story:
    """Story number ``n``, seen an hour after the one before."""
    at = START + n * HOUR
    title = f"Story number {n}"
    known = {
        "id": f"story-{n}", "revision": 1, "title": title, "language": "en", "category": StoryLink(name="company", reason="rule"),
        "instruments": (StoryLink(name="AAPL", reason="name", found="Apple"),),
        "industries": (StoryLink(name="electronics", reason="instrument", found="AAPL"),), "importance": 0.1 * (n % 10),
        "articles": (
            StoryArticle(
                id=f"{n:032x}", feed="test", publisher="Newswire", url=f"https://news.example/{n}", title=title, language="en",
                seen=at,
            ),
        ),
        "reactions": (Reaction(symbol="AAPL", price=190.0, hour=0.01),), "first_seen": at, "ts_event": at, "ts_init": at,
        "source": "feeds",
    }  # fmt: skip
    return Story(**{**known, **changes})


async def store_stories(database: Database, stories: Sequence[Story]) -> None:
    """Write stories as the role does."""
    owner = StoryOwner(database, 60, lambda: START)
    assert await owner.acquire()
    await StoryTables(database, owner).save([], [StoredStory(each, None, None) for each in stories])
    await owner.release()
