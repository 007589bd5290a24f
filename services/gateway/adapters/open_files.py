"""How many files and sockets the process may have open."""

from __future__ import annotations

import resource
from typing import Final

import structlog

log: Final = structlog.get_logger("gateway")
OTHERS: Final = 512
"""Files and connections besides streams: requests, database, brokers."""


def allow_open_files(streams: int) -> int:
    """Raise the soft limit of open files to the hard one, and warn where so many streams do not fit; returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = streams + OTHERS
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft < wanted:
        log.warning("too few files may be open for MAX_READERS; raise the limit (ulimit -Hn)", limit=soft, wanted=wanted)
    return soft
