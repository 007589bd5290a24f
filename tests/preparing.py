"""A plugin of pytest that collects tests while another process makes what they need, and runs them once it has."""

from __future__ import annotations

import os
from typing import Final

import pytest

PREPARED: Final = b"prepared\n"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--prepared-fd 3``."""
    parser.addoption("--prepared-fd", type=int, help=f"run the tests once this file descriptor has said {PREPARED!r} and ended")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Wait.

    Raises:
        pytest.UsageError: what the tests need could not be made.
    """
    descriptor = session.config.getoption("prepared_fd")
    if descriptor is None or session.testsfailed:
        return
    with os.fdopen(descriptor, "rb") as pipe:
        if pipe.read() != PREPARED:
            raise pytest.UsageError("what the tests need could not be made: its error stands above")
