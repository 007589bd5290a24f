"""What the reading of feeds needs from the outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from services.ingest.domain.feeds.entries import ParseAnswer, ParseRequest
from services.ingest.domain.feeds.feed import Feed
from services.ingest.domain.feeds.memory import Comparison, Key, Published
from services.ingest.domain.feeds.outcomes import Failure, FetchOutcome
from services.ingest.domain.feeds.state import FeedState


class WallClock(Protocol):
    """Tells the time."""

    def wall(self) -> int:
        """Milliseconds since the epoch, UTC."""


class Documents(Protocol):
    """Requests documents; never raises for what a server does."""

    async def fetch(self, url: str, etag: str = "", modified: str = "") -> FetchOutcome: ...


class FeedParser(Protocol):
    """Parses documents; never raises for what is in them."""

    async def parse(self, request: ParseRequest) -> ParseAnswer | Failure: ...


class FeedStore(Protocol):
    """State of feeds, and which articles have been published. All methods raise ``TransientError``."""

    async def save(self, feed: Feed, state: FeedState, now: int) -> None: ...

    async def published(self, articles: Collection[str]) -> Mapping[Key, Published]: ...

    async def remember(self, found: Comparison, now: int) -> None: ...

    async def forget(self, now: int) -> None: ...


class ReplayedFeeds(Protocol):
    """State of the feeds of a tape, and their articles of the last day. All methods raise ``TransientError``."""

    async def states(self) -> Mapping[str, FeedState]: ...

    async def register(self, found: Sequence[tuple[Feed, FeedState]], now: int) -> None: ...

    async def save(self, feed: Feed, state: FeedState, now: int) -> None: ...

    async def remember(self, found: Comparison, now: int) -> None: ...


class Pages(Protocol):
    """Reads the text of an article's page."""

    async def text(self, url: str) -> tuple[str, str]:
        """The text and the outcome in one word; empty where it is not allowed or fails."""


class ArticlePublisher(Protocol):
    """Publishes events; raises ``TransientError``."""

    async def publish_many(self, topic: Any, events: Sequence[tuple[str, Any]]) -> Any: ...
