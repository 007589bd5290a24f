"""The list of all topics. The creation of topics, the documents and the checks derive from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

from shared import events

E_co = TypeVar("E_co", bound=events.Event, covariant=True)

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR


@dataclass(frozen=True)
class Topic(Generic[E_co]):
    """A topic and the type of its events: ``Topic[Signal]`` carries only signals."""

    name: str
    types: tuple[type[E_co], ...]
    key: str
    """The meaning of the message key, for the documents."""
    about: str
    writers: tuple[str, ...]
    retention_ms: int = 30 * DAY
    cleanup: Literal["delete", "compact"] = "delete"
    partitions: int = 12
    max_message_bytes: int = 1_048_576
    broker_compresses: bool = False
    """For large events: the event loop of their producer does not compress them."""

    @property
    def config(self) -> dict[str, str]:
        """The broker's settings for this topic."""
        settings = {"cleanup.policy": self.cleanup, "max.message.bytes": str(self.max_message_bytes)}
        if self.broker_compresses:
            settings["compression.type"] = "zstd"
        if self.cleanup == "delete":
            settings["retention.ms"] = str(self.retention_ms)
        else:
            settings["segment.ms"] = str(6 * HOUR)  # only closed segments are compacted
            settings["min.cleanable.dirty.ratio"] = "0.2"
        return settings

    @property
    def dead_letters(self) -> Topic[Any]:
        """The topic of this topic's dead letters: the original bytes, with the reason in the headers."""
        return Topic(f"{self.name}.dlq", (), "as in the original", f"Dead letters of {self.name}.", ("any consumer",))


TICKS: Final[Topic[events.TickLog]] = Topic(
    "market.ticks.v1",
    (events.Tick, events.Heartbeat, events.HistoryReady),
    "symbol (heartbeats: exchange, to every partition)",
    "Prices as received, the progress of event time, and the points at which history takes effect.",
    ("ingest",),
    retention_ms=DAY,
)
HISTORY: Final[Topic[events.History]] = Topic(
    "market.history.v1",
    (events.History,),
    "symbol",
    "Closed bars from the provider, with corporate actions.",
    ("ingest",),
    retention_ms=7 * DAY,
)
BARS: Final[Topic[events.Bar]] = Topic(
    "market.bars.v1", (events.Bar,), "symbol", f"Canonical closed bars, {' '.join(events.Timeframe)}.", ("analysis live",)
)
QUOTES: Final[Topic[events.Quote]] = Topic(
    "market.quotes.v1", (events.Quote,), "symbol", "The latest quote of each instrument.", ("analysis live",), cleanup="compact"
)
QUARANTINE: Final[Topic[events.Quarantined]] = Topic(
    "market.quarantine.v1",
    (events.Quarantined,),
    "symbol (stale feeds: exchange)",
    "Ticks, bars and feeds that were rejected or changed, with the reason.",
    ("ingest", "analysis live"),
)
INDICATORS: Final[Topic[events.IndicatorRow]] = Topic(
    "analysis.indicators.v1", (events.IndicatorRow,), "symbol", "One row with all indicators per closed bar.", ("analysis live",)
)
SIGNALS: Final[Topic[events.Signal]] = Topic(
    "analysis.signals.v1",
    (events.Signal,),
    "symbol",
    "Signals with the values that triggered them and their past quality.",
    ("analysis live",),
    retention_ms=90 * DAY,
)
PATTERNS: Final[Topic[events.Pattern]] = Topic(
    "analysis.patterns.v1",
    (events.Pattern,),
    "symbol",
    "Chart patterns as they form, break out, fail and reach their target.",
    ("analysis live",),
    retention_ms=90 * DAY,
)
INDUSTRIES: Final[Topic[events.IndustryView]] = Topic(
    "analysis.industries.v1",
    (events.IndustryView,),
    "industry or market",
    "The newest view of each industry, and of each market as a whole.",
    ("analysis industries",),
    cleanup="compact",
)
ARTICLES: Final[Topic[events.Article]] = Topic(
    "news.articles.v1", (events.Article,), "article id", "Articles as received from feeds.", ("ingest",), retention_ms=7 * DAY
)
STORIES: Final[Topic[events.Story]] = Topic(
    "news.stories.v1",
    (events.Story,),
    "story id",
    "Stories with all their articles: linked, classified, summed up, translated to Korean.",
    ("analysis news",),
    retention_ms=90 * DAY,
)
DELIVERIES: Final[Topic[events.Delivery]] = Topic(
    "notify.deliveries.v1", (events.Delivery,), "signal id", "The outcome of each delivery.", ("notifier",)
)
RESEARCH_JOBS: Final[Topic[events.ResearchJob]] = Topic(
    "research.jobs.v1",
    (
        events.ConditionHistoryJob,
        events.IndicatorHistoryJob,
        events.RunBacktest,
        events.RunGrid,
        events.DiscoverPatterns,
        events.RunQuality,
        events.ExportDataset,
        events.CancelRun,
    ),
    "job id",
    "Requests to evaluate something over stored history.",
    ("gateway", "notifier"),
    retention_ms=7 * DAY,
)
RESEARCH_RESULTS: Final[Topic[events.ResearchResult]] = Topic(
    "research.results.v1",
    (events.ConditionHistory, events.IndicatorHistory, events.RunProgress, events.RunFinished, events.QualityChanged),
    "job id; of a record of quality what it is about",
    "The progress and results of research jobs, and records of signal quality that became validated or lost it.",
    ("analysis research",),
    retention_ms=7 * DAY,
    broker_compresses=True,
)

TOPICS: Final[tuple[Topic[Any], ...]] = (
    TICKS,
    HISTORY,
    BARS,
    QUOTES,
    QUARANTINE,
    INDICATORS,
    SIGNALS,
    PATTERNS,
    INDUSTRIES,
    ARTICLES,
    STORIES,
    DELIVERIES,
    RESEARCH_JOBS,
    RESEARCH_RESULTS,
)


def all_topics() -> Iterator[Topic[Any]]:
    """Every topic with its dead letters, in the order of the table."""
    for topic in TOPICS:
        yield topic
        yield topic.dead_letters
