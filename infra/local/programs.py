"""The programs of the local stack and their supervisord configuration."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.local.settings import ROOT, LocalSettings

CHILD_GUARD: Final = Path(__file__).with_name("child_guard.py")
LOG_BYTES: Final = 10_000_000
LOG_FILES: Final = 3


@dataclass(frozen=True)
class Program:
    """A process of the stack. It logs JSON to ``NAME.log`` and prints text for people to ``NAME.out``."""

    name: str
    command: tuple[str, ...]
    port: int
    """Port of its /readyz endpoint, or of Kafka's protocol."""
    stop_seconds: int = 45


def broker(settings: LocalSettings) -> Program:
    """The broker, which starts first and stops last."""
    folders = ("--folder", str(settings.folder / "kafka"), "--jars", str(settings.cache_folder / "kafka"))
    options = (*folders, "--port", str(settings.kafka_port), "--heap", str(settings.kafka_heap_mb))
    return Program("kafka", (sys.executable, "-m", "infra.kafka", *options, "run"), settings.kafka_port)


def services(settings: LocalSettings) -> tuple[Program, ...]:
    """The services, which start and stop together."""
    first = settings.probes_from
    return (
        Program("ingest", (sys.executable, "-m", "services.ingest"), first),
        Program("analysis", (sys.executable, "-m", "services.analysis", "live"), first + 1),
        Program("notifier", (sys.executable, "-m", "services.notifier"), first + 2),
        Program("industries", (sys.executable, "-m", "services.analysis", "industries"), first + 3),
        Program("gateway", (sys.executable, "-m", "services.gateway"), first + 4),
        Program("research", (sys.executable, "-m", "services.analysis", "research"), first + 5),
        Program("news", (sys.executable, "-m", "services.analysis", "news"), first + 6),
    )


def configuration(settings: LocalSettings, socket: Path) -> str:
    """The text of ``supervisord.conf``: restarts with growing delays, bounded logs, the broker starts first and stops last."""
    parts = [
        _section("unix_http_server", {"file": socket, "chmod": "0700"}),
        _section(
            "supervisord",
            {
                "nodaemon": "true",
                "silent": "true",
                "logfile": settings.logs / "supervisor.log",
                "logfile_maxbytes": LOG_BYTES,
                "logfile_backups": 1,
                "pidfile": settings.folder / "run" / "supervisord.pid",
                "directory": ROOT,
                "childlogdir": settings.logs,
                "minfds": 1024,
            },
        ),
        _section("rpcinterface:supervisor", {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"}),
        _program(broker(settings), settings, priority=1),
        *(_program(service, settings, priority=100) for service in services(settings)),
        _section("group:services", {"programs": ",".join(service.name for service in services(settings)), "priority": 100}),
    ]
    return "\n".join(parts)


def _program(program: Program, settings: LocalSettings, priority: int) -> str:
    return _section(
        f"program:{program.name}",
        {
            "command": shlex.join([sys.executable, "-I", str(CHILD_GUARD), *program.command]),
            "directory": ROOT,
            "environment": f'PROBE_PORT="{program.port}",PYTHONUNBUFFERED="1"',
            "priority": priority,
            "autostart": "false",
            "autorestart": "true",
            "startsecs": 5,
            "startretries": 100_000,
            "stopsignal": "TERM",
            "stopwaitsecs": program.stop_seconds,
            "killasgroup": "true",
            "stdout_logfile": _escape_percent(settings.logs / f"{program.name}.out"),
            "stderr_logfile": _escape_percent(settings.logs / f"{program.name}.log"),
            "stdout_logfile_maxbytes": LOG_BYTES,
            "stderr_logfile_maxbytes": LOG_BYTES,
            "stdout_logfile_backups": LOG_FILES,
            "stderr_logfile_backups": LOG_FILES,
        },
    )


def _escape_percent(path: Path) -> str:
    """Supervisord expands the names of log files twice, so a percent sign is escaped once more."""
    return str(path).replace("%", "%%")


def _section(name: str, values: dict[str, object]) -> str:
    lines = (f"{key}={str(value).replace('%', '%%')}" for key, value in values.items())
    return "\n".join((f"[{name}]", *lines, ""))
