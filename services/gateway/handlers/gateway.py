"""What all handlers share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from services.gateway.domain.directory import Directory
from services.gateway.domain.hub import Hub
from services.gateway.domain.market import Market
from services.gateway.domain.problems import RequestError, not_among
from services.gateway.domain.progress import Progress
from services.gateway.domain.reads import History
from services.gateway.domain.sources import StoredHealth
from services.gateway.handlers.cache import Cache
from services.gateway.settings import Settings


@dataclass
class Gateway:
    """Memory, database, streams and settings, as wired in ``app.build``."""

    settings: Settings
    market: Market
    history: History
    hub: Hub
    test_hub: Hub
    clock: Callable[[], int]
    """Milliseconds since the epoch."""
    progress: Progress = field(default_factory=Progress)
    sources: tuple[StoredHealth, ...] = ()
    """As ingest last reported them."""
    directory: Directory = field(default_factory=Directory)
    cache: Cache = field(default_factory=Cache)

    def check_symbol(self, symbol: str, parameter: str = "symbol") -> None:
        """Raise RequestError (404) for an instrument that neither the tables nor the topics know."""
        if symbol in self.directory.instruments or symbol in self.market.quotes:
            return
        raise RequestError(
            "unknown-symbol", f"there is no instrument {symbol!r}; /v1/instruments lists them", field=parameter, value=symbol
        )

    def check_exchange(self, exchange: str | None) -> None:
        """Raise RequestError (400) for an exchange that no instrument of the tables has; any goes while they have not been read."""
        known = sorted({instrument.exchange for instrument in self.directory.instruments.values()})
        if exchange is not None and known and exchange not in known:
            raise not_among("exchange", exchange, known)

    def check_industry(self, industry: str | None) -> None:
        """Raise RequestError (404) for an industry that the tables do not know."""
        if industry is not None and industry not in self.directory.industries:
            raise RequestError(
                "unknown-industry",
                f"there is no industry {industry!r}; /v1/industries lists them",
                field="industry",
                value=industry,
            )
