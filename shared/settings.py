"""The settings that all processes of the mesh share. Each service adds its own in ``services/NAME/settings.py``."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Final, TypeVar

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DRIVERS: Final = ("sqlite+aiosqlite", "mysql+aiomysql", "mysql+asyncmy")
"""What a database URL can begin with."""
_ADDRESS: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d{1,5})?")


class MeshSettings(BaseSettings):
    """Settings from environment variables (upper case, no prefix) or the file ``.env``."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    kafka_bootstrap: str = "127.0.0.1:9092"
    """Kafka brokers, ``host:port`` separated by commas."""
    kafka_session_ms: int = Field(default=45_000, ge=6_000)
    """A consumer that sends no heartbeat for this long loses its partitions, milliseconds."""
    kafka_stall_seconds: float = Field(default=120.0, gt=0)
    """A consumer with lag that makes no progress for this long ends its process, and the supervisor restarts it."""
    var: Path = Path("var")
    """Folder for the data that a process writes: logs, the embedded database."""
    cache: Path = Path(".cache")
    """Folder for files that are slow to create and do not depend on data: compiled kernels, Kafka's jars."""
    database_url: str = Field(default_factory=lambda given: f"sqlite+aiosqlite:///{data_folder(given['var']) / 'finstage.db'}")
    """``sqlite+aiosqlite:///FILE``, ``mysql+aiomysql://...`` or ``mysql+asyncmy://...``; never logged with its password.
    Unset: ``finstage.db`` in the folder of the newest ``make run`` under VAR, or in VAR itself."""
    log_level: str = "info"
    """Least severe level that is logged: debug, info, warning or error."""
    probe_host: str = "127.0.0.1"
    """Address that /healthz, /readyz and /metrics listen on."""
    probe_port: int = Field(default=0, ge=0, le=65535)
    """Port of the probes; 0 selects a free one (each service has a default of its own)."""
    drain_seconds: float = Field(default=20.0, gt=0)
    """How long a stopping process may take to finish its work in progress."""
    instance: str = ""
    """Name of this replica in logs and metrics; the host name and process id where empty."""

    @property
    def session_files(self) -> Path:
        """Folder for the sessions that the calendar libraries give (``shared.library_sessions``)."""
        return self.cache / "sessions"

    @field_validator("database_url")
    @classmethod
    def _known_driver(cls, value: str) -> str:
        driver, separator, _ = value.partition("://")
        if not separator:
            raise ValueError("not a URL like sqlite+aiosqlite:///FILE or mysql+aiomysql://USER:PASSWORD@HOST/DB")
        if driver not in DRIVERS:
            raise ValueError(f"has driver {driver[:40]!r}; supported: {', '.join(DRIVERS)}")
        return value

    @field_validator("kafka_bootstrap")
    @classmethod
    def _addresses(cls, value: str) -> str:
        if not all(_ADDRESS.fullmatch(part.strip()) for part in value.split(",")):
            raise ValueError("not host:port, or several of them between commas")
        return value


def data_folder(var: Path) -> Path:
    """Where the newest ``make run`` under ``var`` keeps its data, else ``var`` itself.

    ``make run`` has a folder under ``var`` for each source, and names the newest one by the link ``current``.
    """
    newest = var / "current"
    return newest.resolve() if newest.is_dir() else var


S = TypeVar("S", bound=MeshSettings)
EXIT_BAD_SETTINGS = 2
"""Exit code of a process whose settings are invalid: a restart does not help."""


def read_settings(settings: type[S]) -> S:
    """Read the settings from the environment.

    Raises:
        SystemExit: some are invalid; a line on stderr for each gives its name, its value unless it is secret, and the valid values.
    """
    try:
        return settings()
    except ValidationError as error:
        wrong: dict[str, list[str]] = {}
        for found in error.errors(include_url=False, include_context=False, include_input=False):
            if found["type"] == "default_factory_not_called":  # it is right, but depends on one that is not
                continue
            wrong.setdefault(str(found["loc"][0]) if found["loc"] else "", []).append(found["msg"].removeprefix("Value error, "))
        for name, messages in wrong.items():
            print(f"error: setting {as_given(settings, name)}: {'; or '.join(messages)}", file=sys.stderr)  # noqa: T201 - before any log
        sys.exit(EXIT_BAD_SETTINGS)


def as_given(settings: type[MeshSettings], name: str) -> str:
    """Name and value of the setting as given; only the name if it is a secret or a URL that may contain a password."""
    field, given = settings.model_fields.get(name), os.environ.get(name.upper())
    secret = field is None or "Secret" in str(field.annotation) or name.endswith("url")
    return name.upper() if secret or given is None else f"{name.upper()}={given!r}"
