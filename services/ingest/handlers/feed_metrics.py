"""Metrics of the news feeds. ``feed`` is the line of the file of feeds, not each feed of an instrument."""

from __future__ import annotations

from collections.abc import Iterable

from services.ingest.domain.feeds.articles import Reading
from services.ingest.domain.feeds.feed import Feed
from services.ingest.domain.feeds.memory import Comparison
from services.ingest.domain.feeds.state import FeedState
from shared.metrics import counter, gauge

reads = counter("ingest_news_reads_total", "Reads of news feeds, by outcome.", ["feed", "outcome"])
entries = counter(
    "ingest_news_entries_total", "Entries of news feeds: published, known, or why they were rejected.", ["feed", "outcome"]
)
dates = counter("ingest_news_dates_total", "Entries without a usable date, by reason.", ["feed", "reason"])
pages = counter("ingest_news_pages_total", "Pages of articles that were read for their text, by outcome.", ["feed", "outcome"])
succeeded_at = gauge("ingest_news_success_seconds", "Time of the last successful read, seconds since the epoch.", ["feed"])
next_read = gauge("ingest_news_next_read_seconds", "Time of the next read, seconds since the epoch.", ["feed"])
failing = gauge("ingest_news_failing_count", "Feeds that fail now.", ["feed"])
failures = gauge("ingest_news_failures_count", "Failures in a row, of the feed of the line that has most.", ["feed"])


def record_read(feed: Feed, state: FeedState) -> None:
    """Count a read by its outcome."""
    reads.labels(feed.line, state.reason or "ok").inc()


def record_reading(feed: Feed, reading: Reading, found: Comparison) -> None:
    """Count the entries of a document by what became of them."""
    counts = {"published": len(found.fresh), "known": found.known, "endless": found.endless}
    for each in reading.rejected:
        counts[each.reason] = counts.get(each.reason, 0) + 1
    for outcome, count in counts.items():
        if count:
            entries.labels(feed.line, outcome).inc(count)
    for flaw in reading.flaws:
        dates.labels(feed.line, flaw).inc()


def show_states(line: str, states: Iterable[FeedState]) -> None:
    """Set the gauges of a line from the states of its feeds."""
    states = list(states)
    failing.labels(line).set(sum(each.state == "failing" for each in states))
    failures.labels(line).set(max((each.failures for each in states), default=0))
    succeeded_at.labels(line).set(max((each.last_success or 0 for each in states), default=0) / 1000)
    next_read.labels(line).set(min((each.next_try for each in states if each.next_try), default=0) / 1000)
