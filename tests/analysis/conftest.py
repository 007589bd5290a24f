"""Loads the machine code before the tests: no timeout includes compilation, and processes forked for the tests share it."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.analysis.live.domain.preload import rehearse
from shared.events import Timeframe
from tests.analysis.market import series

FOLDER = Path(__file__).parent


def pytest_collection_finish(session: pytest.Session) -> None:
    if not session.config.option.collectonly and any(item.path.is_relative_to(FOLDER) for item in session.items):
        assert rehearse(series()) == len(Timeframe)
