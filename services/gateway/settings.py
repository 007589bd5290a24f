"""Settings of the gateway, read from the environment."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated

from limits import parse
from pydantic import AfterValidator, Field

from services.gateway.domain.hosts import LOCAL_NAMES
from shared.settings import MeshSettings, Place, data_folder


def _limit(text: str) -> str:
    if text:
        parse(text)
    return text


RateLimit = Annotated[str, AfterValidator(_limit)]


class Settings(MeshSettings):
    """Settings of the gateway."""

    host: str = "127.0.0.1"
    """Address that the gateway listens on."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port of REST, streams and page; 0 takes a free one."""
    gateway_processes: int = Field(default=1, ge=1, le=64)
    """Processes that share the port (SO_REUSEPORT), about one per processor. Only Linux gives each its share of connections."""
    gateway_process: int | None = Field(default=None, ge=0)
    """Which of them this is; the first process sets it for the others."""
    gateway_counts: Path | None = None
    """File in which the processes count requests and streams; the first process sets it for the others."""
    gateway_parent: int | None = None
    """Process id of the first process, which sets it for the others: they end with it."""
    probe_port: int = Field(default=9105, ge=0, le=65535)
    """Port of health probes and metrics; 0 takes a free one."""
    public_read: bool | None = None
    """Whether everyone may read without a key; unset: only on a loopback address."""
    allowed_hosts: str = ""
    """Host names, comma-separated and without port, that requests may use besides ``localhost``, ``127.0.0.1`` and ``[::1]``;
    other names get 421. Where it is empty and ``host`` is not a loopback address, any Host is allowed."""
    cors_origins: str = ""
    """Comma-separated origins whose pages may read the API; none where empty. The gateway's own page needs no entry."""
    rate_limit: RateLimit = "6000/minute"
    """Allowed requests per client address, as in ``100/second`` or ``6000/minute``; unlimited where empty."""
    key_rate_limit: RateLimit = "6000/minute"
    """Allowed requests per key, where the key has no limit of its own; unlimited where empty."""
    auth_failures: Annotated[RateLimit, Field(min_length=1)] = "10/minute"
    """Keys that are not valid, per client address; further ones are answered with 429 unread."""
    link_seconds: int = Field(default=600, ge=30, le=86_400)
    """How long a code that links a key to a chat is valid."""
    audit_days: int = Field(default=400, ge=1)
    """How long entries of the audit log are kept."""
    request_seconds: float = Field(default=10.0, gt=0)
    """Time limit of an answer; a slower one ends with 504."""
    auth_seconds: float = Field(default=10.0, gt=0)
    """A WebSocket without a key, where one is required, is closed after this."""
    idle_seconds: float = Field(default=75.0, gt=0)
    """A connection that has no request, or has sent only a part of its head, is closed after this."""
    research_seconds: float = Field(default=8.0, gt=0)
    """Time to wait for analysis research; then the answer has no history. Less than ``request_seconds``."""
    public_research: bool | None = None
    """Whether everyone who may read may also have runs done without a key with the scope research, which takes the
    machine's processors; unset: only on a loopback address."""
    research_rate_limit: RateLimit = "60/hour"
    """Runs that one client may ask for, as in ``60/hour``; unlimited where empty. How many may wait is a setting of research."""
    max_url: int = Field(default=4096, ge=256, le=8190)
    """Longest path with query, in characters."""
    max_body: int = Field(default=65_536, ge=0)
    """Largest request body, in bytes."""
    max_frame: int = Field(default=65_536, ge=1024)
    """Largest WebSocket message from a client, in bytes."""
    max_readers: int = Field(default=5000, ge=1)
    """Limit of open streams in total; each takes about 20 KB."""
    max_readers_per_address: int = Field(default=600, ge=1)
    """Limit of open streams from one client address."""
    max_readers_per_key: int = Field(default=600, ge=1)
    """Limit of open streams of one key, where the key has no limit of its own."""
    max_selectors: int = Field(default=1000, ge=1)
    """Symbols and industries that one client may subscribe to, over all channels."""
    unsent_limit: int = Field(default=1000, ge=1)
    """Signals, patterns and bars that may wait for a slow client before its stream is closed with 1013."""
    socket_buffer: int = Field(default=262_144, ge=4096)
    """Bytes that may wait in a client's socket; further messages wait in the gateway, where quotes are coalesced."""
    flush_seconds: float = Field(default=0.02, gt=0)
    """Shortest time between two sends; quotes within it are coalesced. A message after a longer pause is sent at once."""
    ring: int = Field(default=20_000, ge=1)
    """Signals, patterns and bars that are kept for clients that resume."""
    rows_per_series: int = Field(default=1000, ge=10)
    """Bars and indicator rows kept in memory per instrument and timeframe."""
    tail: int = Field(default=20_000, ge=0)
    """Bars, indicator rows and signals per partition that are read at the start; of quotes, all are read."""
    refresh_seconds: float = Field(default=30.0, gt=0)
    """Interval between reads of instruments and industries."""
    research_artefacts: Place = Field(default_factory=lambda given: str(data_folder(given["var"]) / "research"))
    """Folder or URL of the files of runs, the same as that of analysis research; others are not sent.
    Unset: ``research`` beside the database of the newest ``make run`` under VAR, or in VAR itself."""
    analysis_group: str = "analysis-live"
    """Consumer group of analysis live, whose members /v1/status counts; the same value as there."""
    industries_group: str = "analysis-industries"
    """Consumer group of analysis industries."""
    research_group: str = "analysis-research"
    """Consumer group of analysis research."""
    news_group: str = "analysis-news"
    """Consumer group of analysis news."""
    notifier_group: str = "notifier"
    """Consumer group of the notifier."""
    page: Path = Path(__file__).parent / "page" / "dist"
    """Directory of the built page."""

    @property
    def reads_are_public(self) -> bool:
        """Whether everyone may read."""
        return is_loopback(self.host) if self.public_read is None else self.public_read

    @property
    def research_is_public(self) -> bool:
        """Whether everyone who may read may have runs done."""
        return is_loopback(self.host) if self.public_research is None else self.public_research

    @property
    def hosts(self) -> frozenset[str] | None:
        """Host names that a request may use, in lower case; None: any."""
        listed = frozenset(name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip())
        if not listed and not is_loopback(self.host):
            return None
        return listed | LOCAL_NAMES | {f"[{self.host}]" if ":" in self.host else self.host.lower()}

    @property
    def allowed_origins(self) -> frozenset[str]:
        """The CORS allow-list."""
        return frozenset(origin.strip() for origin in self.cors_origins.split(",") if origin.strip())


def is_loopback(host: str) -> bool:
    """True where ``host`` is a loopback address or ``localhost``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
