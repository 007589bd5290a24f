"""The sessions of exchanges for tests, read from the cache's files; ``tests/shared/test_library_sessions.py`` compares these."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

from shared import calendars
from shared.calendars import Corrections, Sessions
from shared.settings import MeshSettings


@cache
def session_files() -> Path:
    """Where they are; reading the settings takes a millisecond, and references ask at every tick."""
    return MeshSettings().session_files


def sessions(exchange: str, start: dt.date, end: dt.date, corrections: Corrections | None = None) -> Sessions:
    """As ``shared.calendars.sessions``."""
    return calendars.sessions(exchange, start, end, corrections, session_files())
