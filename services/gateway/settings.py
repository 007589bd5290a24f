"""What the gateway is told by its environment."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from pydantic import Field

from services.gateway.domain.hosts import LOCAL
from shared.settings import MeshSettings


class Settings(MeshSettings):
    """Settings of the gateway."""

    host: str = "127.0.0.1"
    """Address that the gateway listens on."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port of REST, streams and page; 0 takes any free one."""
    probe_port: int = Field(default=9105, ge=0, le=65535)
    public_read: bool | None = None
    """Whether anybody may read: unset means yes on a loopback address and no elsewhere, where nobody may: there are no keys yet."""
    allowed_hosts: str = ""
    """Names, between commas and without port, that requests may use as Host besides ``localhost``, ``127.0.0.1`` and ``[::1]``;
    others get 421. Where it is empty and ``host`` is no loopback address, any Host is allowed."""
    cors_origins: str = ""
    """Origins, between commas, whose pages may read the API; none where empty. The gateway's own page needs none."""
    rate_limit: str = "6000/minute"
    """Requests per client address, as in ``100/second`` or ``6000/minute``; unlimited where empty."""
    request_seconds: float = Field(default=10.0, gt=0)
    """An answer that takes longer is given up with 504."""
    max_url: int = Field(default=4096, ge=256, le=8190)
    """Longest path with query, in characters."""
    max_body: int = Field(default=65_536, ge=0)
    """Largest request body, in bytes."""
    max_frame: int = Field(default=65_536, ge=1024)
    """Largest WebSocket message from a reader, in bytes."""
    max_readers: int = Field(default=2000, ge=1)
    """Open streams in all."""
    max_readers_per_address: int = Field(default=600, ge=1)
    """Open streams from one client address."""
    max_selectors: int = Field(default=1000, ge=1)
    """Symbols and industries that one reader may subscribe to, over all channels."""
    unsent_limit: int = Field(default=1000, ge=1)
    """Signals, patterns and bars that may wait for a slow reader before he is closed with 1013."""
    socket_buffer: int = Field(default=262_144, ge=4096)
    """Bytes that may wait in a reader's socket before his messages wait in the outbox instead."""
    flush_seconds: float = Field(default=0.02, gt=0)
    """How often waiting messages are sent; quotes within this time are coalesced."""
    ring: int = Field(default=20_000, ge=1)
    """Signals, patterns and bars that a reader can resume over."""
    rows_per_series: int = Field(default=1000, ge=10)
    """Bars and indicator rows that are kept in memory per instrument and timeframe."""
    tail: int = Field(default=20_000, ge=0)
    """Bars, indicator rows and signals read back per partition at the start; all quotes are."""
    refresh_seconds: float = Field(default=30.0, gt=0)
    """How often instruments and industries are read again."""
    page: Path = Path(__file__).parent / "page" / "dist"
    """Folder of the built page."""

    @property
    def reads_are_public(self) -> bool:
        """Whether anybody may read."""
        return is_loopback(self.host) if self.public_read is None else self.public_read

    @property
    def hosts(self) -> frozenset[str] | None:
        """The names that a request may use as Host, in lower case; None: any."""
        listed = frozenset(name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip())
        if not listed and not is_loopback(self.host):
            return None
        return listed | LOCAL | {f"[{self.host}]" if ":" in self.host else self.host.lower()}

    @property
    def allowed_origins(self) -> frozenset[str]:
        """The CORS allow-list."""
        return frozenset(origin.strip() for origin in self.cors_origins.split(",") if origin.strip())


def is_loopback(host: str) -> bool:
    """True when only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
