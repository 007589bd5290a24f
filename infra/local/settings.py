"""Settings that ``make run`` reads from the environment; all others pass through to the services."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator

from shared.settings import MeshSettings

ROOT: Final = Path(__file__).resolve().parents[2]


PROBES: Final = 7
"""Number of services; each has a probe port, starting at PROBES_FROM."""
NAME: Final = r"^[a-z0-9-]{1,40}$"


def _span(ports: Sequence[int]) -> str:
    return f"{ports[0]} to {ports[-1]}" if len(ports) > 1 else f"{ports[0]}"


def folder_name(source: str, tape: str) -> str:
    """The folder under VAR for the prices of a source.

    >>> folder_name("replay", "crypto"), folder_name("yahoo", "demo")
    ('replay-crypto', 'live-yahoo')
    """
    return f"replay-{tape}" if source == "replay" else f"live-{source}"


class LocalSettings(MeshSettings):
    """Settings of the local stack."""

    host: str = "127.0.0.1"
    """Address that the gateway listens on."""
    port: int = Field(default=8080, ge=1, le=65535)
    """Port of the page and the API."""
    kafka_port: int = Field(default=9092, ge=1, le=65534)
    """Port of the local broker; the next one is for Kafka itself."""
    kafka_session_ms: int = Field(default=10_000, ge=6_000)
    """Session timeout of consumer groups. It can be short because no network lies between the processes."""
    kafka_heap_mb: int = Field(default=384, ge=128)
    """Java heap of the local broker."""
    probes_from: int = Field(default=9101, ge=1, le=65530)
    """Probe port of the first service; the others follow."""
    source: str = Field(default="replay", pattern=NAME)
    """``replay`` plays a tape of real prices, ``yahoo`` is live."""
    tape: str = Field(default="demo", pattern=NAME)
    """Name of the tape that ``replay`` plays."""

    @model_validator(mode="after")
    def _ports_are_different(self) -> Self:
        taken = {
            "KAFKA_PORT": (self.kafka_port, self.kafka_port + 1),
            "PROBES_FROM": tuple(range(self.probes_from, self.probes_from + PROBES)),
            "PORT": (self.port,),
        }
        for (one, ports), (other, others) in combinations(taken.items(), 2):
            if both := sorted(set(ports) & set(others)):
                raise ValueError(f"port {both[0]} is used twice: by {one} ({_span(ports)}) and by {other} ({_span(others)})")
        return self

    @property
    def root(self) -> Path:
        """The folder VAR, which holds a folder for each source."""
        return (ROOT / self.var).absolute()

    @property
    def folder(self) -> Path:
        """The data of this source: database, broker, logs."""
        return self.root / folder_name(self.source, self.tape)

    @property
    def cache_folder(self) -> Path:
        """The folder CACHE for files that all sources share."""
        return (ROOT / self.cache).absolute()

    @property
    def logs(self) -> Path:
        """Where the log files are."""
        return self.folder / "log"

    @property
    def database(self) -> str:
        """The database's URL; SQLite in ``folder`` if it is not set."""
        given = "database_url" in self.model_fields_set
        return self.database_url if given else f"sqlite+aiosqlite:///{self.folder / 'finstage.db'}"

    def port_setting(self, program: str) -> str:
        """Name of the setting that changes the port of a program or of the page."""
        return {"kafka": "KAFKA_PORT", "page": "PORT"}.get(program, "PROBES_FROM")

    def environment(self) -> dict[str, str]:
        """Environment variables that every service gets in addition to those of ``make run``."""
        return {
            "KAFKA_BOOTSTRAP": f"127.0.0.1:{self.kafka_port}",
            "KAFKA_SESSION_MS": str(self.kafka_session_ms),
            "DATABASE_URL": self.database,
            "VAR": str(self.folder),
            "CACHE": str(self.cache_folder),
            "HOST": self.host,
            "PORT": str(self.port),
            "SOURCE": self.source,
            "TAPE": self.tape,
        }
