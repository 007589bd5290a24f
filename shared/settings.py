"""The settings that all processes of the mesh share. Each service adds its own in ``services/NAME/settings.py``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DRIVERS: Final = ("sqlite+aiosqlite", "mysql+aiomysql", "mysql+asyncmy")
"""What a database URL can begin with."""
LOG_LEVELS: Final = ("debug", "info", "warning", "error", "critical")
_ADDRESS: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d{1,5})?")
_WITHOUT_SECRET: Final = re.compile(r"(?:[\w+.-]+://)?[\w./~-]*")
"""A URL that can be shown as given: it has neither a user nor parameters."""
_SCHEME: Final = re.compile(r"[\w+.-]+")
_PLACE: Final = "place"
Place = Annotated[str, _PLACE]
"""A folder, or the URL of one."""


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
    """Least severe level that is logged: debug, info, warning, error or critical."""
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

    @model_validator(mode="before")
    @classmethod
    def _empty_path_is_not_set(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Without an empty path, which would be the working directory."""
        return {name: value for name, value in given.items() if value != "" or not _is_path(cls, name)}

    @field_validator("database_url")
    @classmethod
    def _usable_url(cls, value: str) -> str:
        driver, separator, place = value.partition("://")
        if not separator:
            raise ValueError("not a URL like sqlite+aiosqlite:///FILE or mysql+aiomysql://USER:PASSWORD@HOST/DB")
        if driver not in DRIVERS:
            raise ValueError(f"has driver {driver[:40]!r}; supported: {', '.join(DRIVERS)}")
        if driver.startswith("sqlite"):
            if place and place[0] not in "/?":
                raise ValueError("a file needs three slashes, and four if its path begins with one: sqlite+aiosqlite:///FILE")
            return value
        after = place.partition("@")[2] or place  # as SQLAlchemy, for which a password may have every character but an @
        try:
            server = urlsplit(f"//{after}")
            usable = server.port != 0 and "@" not in server.netloc
        except ValueError:
            usable = False
        if not usable:
            raise ValueError("its host or its port is not valid, or its password has an @ that is not written as %40")
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.lower() not in LOG_LEVELS:
            raise ValueError(f"not one of {', '.join(LOG_LEVELS)}")
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


def _is_path(settings: type[MeshSettings], name: str) -> bool:
    field = settings.model_fields.get(name)
    return field is not None and (Path in {field.annotation, *get_args(field.annotation)} or _PLACE in field.metadata)


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
    except UnicodeDecodeError as error:
        print(f"error: the file of settings {settings.model_config['env_file']!r} is not UTF-8: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(EXIT_BAD_SETTINGS)
    except ValidationError as error:
        wrong: dict[str, list[str]] = {}
        for found in error.errors(include_url=False, include_context=False):
            if found["type"] == "default_factory_not_called":  # it is right, but depends on one that is not
                continue
            about = f"setting {as_given(settings, str(found['loc'][0]), found['input'])}: " if found["loc"] else ""
            wrong.setdefault(about, []).append(found["msg"].removeprefix("Value error, "))
        for about, messages in wrong.items():
            print(f"error: {about}{'; or '.join(messages)}", file=sys.stderr)  # noqa: T201 - before any log
        sys.exit(EXIT_BAD_SETTINGS)


def as_given(settings: type[MeshSettings], name: str, given: object) -> str:
    """Name and value of the setting as given; only the name if it is a secret, and no more than the beginning of a URL that may
    contain one.
    """
    field = settings.model_fields.get(name)
    if field is None or "Secret" in str(field.annotation):
        return name.upper()
    return f"{name.upper()}={(without_secret(str(given)) if name.endswith('url') else given)!r}"


def without_secret(url: str) -> str:
    """A URL that need not be valid, as it is shown.

    >>> [without_secret(url) for url in ("nonsense", "mysql://fin:hunter2@db/finstage", "hunter2@db")]
    ['nonsense', 'mysql://***', '***']
    """
    if _WITHOUT_SECRET.fullmatch(url):
        return url
    scheme, separator, _ = url.partition("://")
    return f"{scheme}://***" if separator and _SCHEME.fullmatch(scheme) else "***"
