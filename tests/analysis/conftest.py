"""Loads the machine code first, so that no test's timeout includes compilation."""

import pytest

from services.analysis.live.domain.preload import rehearse
from shared.events import Timeframe
from tests.analysis.market import series


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    assert rehearse(series()) == len(Timeframe)
