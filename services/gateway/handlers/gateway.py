"""The state that all handlers share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final, Protocol

from services.gateway.domain.analysis_progress import AnalysisProgress
from services.gateway.domain.briefings import BriefingStore
from services.gateway.domain.datasets import DatasetStore
from services.gateway.domain.filters import HistoryStore
from services.gateway.domain.hub import Hub
from services.gateway.domain.instrument_directory import InstrumentDirectory
from services.gateway.domain.key_store import KeyStore
from services.gateway.domain.market_memory import MarketMemory
from services.gateway.domain.moments import past_moment
from services.gateway.domain.news import NewsStore
from services.gateway.domain.owned_store import OwnedStore
from services.gateway.domain.past_store import PastStore
from services.gateway.domain.problems import RequestError, unknown_value_error
from services.gateway.domain.requested_jobs import RequestedJobs
from services.gateway.domain.research_jobs import JobStore
from services.gateway.domain.service_states import Name, ServiceGroup, ServiceWatch
from services.gateway.domain.source_health import StoredSourceHealth
from services.gateway.handlers.authentication import Authentication
from services.gateway.handlers.cache import Cache
from services.gateway.handlers.computed_indicators import ComputedIndicators
from services.gateway.settings import Settings
from shared.events import CancelRun, ConditionHistory, ConditionHistoryJob, RunJob
from shared.kafka import RunWatch
from shared.quality.signal_records import SignalRecords
from shared.run_files import RunReader
from shared.topics import ARTICLES, RESEARCH_JOBS, SIGNALS, STORIES, TICKS


class Research(Protocol):
    """Has jobs done by analysis research."""

    async def request(self, job: ConditionHistoryJob, seconds: float) -> ConditionHistory:
        """The result. Raises NoResultError, TransientError."""

    def run(self, job: RunJob) -> AbstractAsyncContextManager[RunWatch]:
        """Publish a run and watch it inside the block. Raises NoResultError, TransientError."""

    async def cancel(self, job: CancelRun) -> None:
        """Ask for the end of a run. Raises TransientError."""


NO_RECORDS: Final = SignalRecords()


def service_groups(settings: Settings) -> dict[Name, tuple[ServiceGroup, ...]]:
    """The consumer groups of each service; that of the notifier's news exists only where it has a bot."""
    notifier = settings.notifier_group
    return {
        "analysis-live": (ServiceGroup(settings.analysis_group, TICKS.name),),
        "analysis-industries": (ServiceGroup(settings.industries_group, None),),
        "analysis-research": (ServiceGroup(settings.research_group, RESEARCH_JOBS.name),),
        "analysis-news": (ServiceGroup(settings.news_group, ARTICLES.name),),
        "notifier": (ServiceGroup(notifier, SIGNALS.name), ServiceGroup(f"{notifier}-news", STORIES.name)),
    }


@dataclass
class Gateway:
    """Memory, database, streams and settings, as built in ``app.build``."""

    settings: Settings
    market: MarketMemory
    history: HistoryStore
    datasets: DatasetStore
    jobs: JobStore
    news: NewsStore
    briefings: BriefingStore
    hub: Hub
    test_hub: Hub
    clock: Callable[[], int]
    """Milliseconds since the epoch."""
    keys: KeyStore
    owned: OwnedStore
    files: RunReader
    """The files of runs."""
    authentication: Authentication
    past: PastStore
    progress: AnalysisProgress = field(default_factory=AnalysisProgress)
    sources: tuple[StoredSourceHealth, ...] = ()
    """Health of the sources as ingest last reported it."""
    services: ServiceWatch = field(init=False)
    """The consumer groups of the other services."""
    rejected: Mapping[str, int] | None = None
    """Messages in quarantine and dead letters by topic; None while that is unknown."""
    directory: InstrumentDirectory = field(default_factory=InstrumentDirectory)
    cache: Cache = field(default_factory=Cache)
    records: Callable[[], SignalRecords] = lambda: NO_RECORDS
    """The newest records of past signals."""
    requested: RequestedJobs = field(default_factory=RequestedJobs)
    computed: ComputedIndicators = field(default_factory=ComputedIndicators)
    research: Research | None = None
    """Without it, only words are answered."""

    def __post_init__(self) -> None:
        self.services = ServiceWatch(service_groups(self.settings))

    def check_symbol(self, symbol: str, parameter: str = "symbol") -> None:
        """Raise RequestError (404) for an instrument that is neither in the tables nor on the topics."""
        if symbol in self.directory.instruments or symbol in self.market.quotes:
            return
        raise RequestError(
            "unknown-symbol",
            f"there is no instrument {symbol!r}; /v1/instruments lists them",
            field=parameter,
            value=symbol,
            code="symbol-unknown",
        )

    def moment(self, as_of: dt.datetime, symbols: Iterable[str]) -> int:
        """``as_of`` in milliseconds since the epoch.

        Raises:
            RequestError: it lies in the future; where the prices of all ``symbols`` are replayed, in that of the replay.
        """
        now = self.clock()
        if self.market.replayed_until < now and all(map(self.market.is_replayed, symbols)):
            return past_moment(as_of, self.market.replayed_until, " in the replay")
        return past_moment(as_of, now)

    def check_exchange(self, exchange: str | None) -> None:
        """Raise RequestError (400) for an exchange without instruments; all are accepted while the tables have not been read."""
        known = sorted({instrument.exchange for instrument in self.directory.instruments.values()})
        if exchange is not None and known and exchange not in known:
            raise unknown_value_error("exchange", exchange, known)

    def check_industry(self, industry: str | None) -> None:
        """Raise RequestError (404) for an industry that is not in the tables."""
        if industry is not None and industry not in self.directory.industries:
            raise unknown_value_error("industry", industry, sorted(self.directory.industries), "unknown-industry")
