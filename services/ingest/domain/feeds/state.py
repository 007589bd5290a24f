"""What is known of a feed between two reads, and when it is read next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from services.ingest.domain.feeds.feed import Feed
from services.ingest.domain.feeds.outcomes import FailureReason
from shared.backoff import delay
from shared.text import plain_line

State = Literal["new", "ok", "failing", "disabled"]
LONGEST_SECONDS: Final = 6 * 3600.0
"""A failing feed is tried this often at least."""
MOST_WAIT_MS: Final = 2 * 86_400_000
"""No wait is longer: intervals, and what hosts ask for, are a day at most."""
QUIET_PARTS: Final = 12
"""A feed without a new article is read this often in the time that it has had none."""
QUIET_INTERVALS: Final = 4
"""The longest wait of a feed that works, in its intervals."""
SPREAD: Final = 0.1
"""Intervals vary by up to this fraction, so that feeds do not stay in step."""
MOST_DETAIL: Final = 200


@dataclass(frozen=True)
class FeedState:
    """The state of one feed. Times in milliseconds since the epoch."""

    feed: str
    url: str
    """The validators are those of this address."""
    state: State = "new"
    reason: FailureReason | Literal[""] = ""
    detail: str = ""
    etag: str = ""
    modified: str = ""
    failures: int = 0
    """In a row."""
    last_try: int | None = None
    last_success: int | None = None
    last_article: int | None = None
    """When it last had an article that was not known."""
    next_try: int | None = None


def succeeded(state: FeedState, feed: Feed, now: int, fresh: int, chance: float, validators: tuple[str, str] | None) -> FeedState:
    """The state after a read that gave ``fresh`` new articles.

    ``chance`` is from 0 to 1; ``validators`` are ETag and Last-Modified, or None if the document was not modified.
    """
    etag, modified = validators or (state.etag, state.modified)
    seconds = wait_seconds(feed, now, now if fresh else state.last_article) * (1 - SPREAD + 2 * SPREAD * chance)
    return FeedState(
        feed=feed.id,
        url=feed.url,
        state="ok",
        etag=etag,
        modified=modified,
        last_try=now,
        last_success=now,
        last_article=now if fresh else state.last_article,
        next_try=now + round(seconds * 1000),
    )


def played(state: FeedState, now: int) -> FeedState:
    """The state of a feed of a tape of which articles were published."""
    return replace(state, state="ok", last_try=now, last_success=now, last_article=now)


def wait_seconds(feed: Feed, now: int, last_article: int | None) -> float:
    """The wait after a read that succeeded: the feed's interval, longer the longer it has had no new article, up to four intervals.

    The first new article makes it the interval again. A feed that never had one (None) waits longest.

    >>> feed, hour = Feed("a", "a", "A", "https://a.example", "en", 600.0), 3_600_000
    >>> [wait_seconds(feed, 100 * hour, 100 * hour - quiet) for quiet in (0, hour, 4 * hour, 90 * hour)]
    [600.0, 600.0, 1200.0, 2400.0]
    """
    longest = min(feed.seconds * QUIET_INTERVALS, max(feed.seconds, LONGEST_SECONDS))
    if last_article is None:
        return longest
    return min(longest, max(feed.seconds, (now - last_article) / 1000 / QUIET_PARTS))


def failed(
    state: FeedState, feed: Feed, now: int, reason: FailureReason, detail: str, retry_after: float | None, chance: float
) -> FeedState:
    """The state after a failure: the wait doubles from the feed's interval on, up to six hours or its interval.

    A feed whose host is paused has not failed itself: it waits as long as the host. ``gone`` (410) waits longest at once.

    >>> feed = Feed("a", "a", "A", "https://a.example", "en", 600.0)
    >>> first = failed(FeedState("a", feed.url), feed, 0, "timeout", "", None, 1.0)
    >>> first.failures, first.next_try, failed(first, feed, 0, "timeout", "", 9000.0, 1.0).next_try
    (1, 1200000, 9900000)
    """
    failures = state.failures + (reason != "paused")
    longest = max(LONGEST_SECONDS, feed.seconds)
    if reason == "paused":
        seconds = feed.seconds * SPREAD * chance
    elif reason == "gone":
        seconds = longest
    else:
        seconds = max(feed.seconds, delay(failures, feed.seconds, longest, chance))
    if retry_after is not None:
        seconds = max(seconds, retry_after * (1 + SPREAD * chance))
    return replace(
        state,
        feed=feed.id,
        url=feed.url,
        state="failing",
        reason=reason,
        detail=plain_line(detail, MOST_DETAIL),
        failures=failures,
        last_try=now,
        next_try=now + round(seconds * 1000),
    )


def disabled(state: FeedState, feed: Feed, reason: FailureReason, detail: str) -> FeedState:
    """The state of a feed that is not read."""
    return replace(state, feed=feed.id, url=feed.url, state="disabled", reason=reason, detail=detail, next_try=None)


def first_try(state: FeedState, now: int, chance: float, within_seconds: float) -> int:
    """When to read a feed after a start: at its next try, or spread over the first seconds if that has passed.

    A stored time beyond the longest wait comes from a wrong clock and is not used.
    """
    soon = now + round(within_seconds * 1000 * chance)
    stored = state.next_try or 0
    return stored if soon < stored <= now + MOST_WAIT_MS else soon
