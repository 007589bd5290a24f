"""What bots of tests share."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace

import pytest
from aiogram.client.session import aiohttp as session


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """Each bot reads those of all authorities, which takes longer than many a test; the bots of tests speak plain HTTP."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "ssl", SimpleNamespace(create_default_context=cache(ssl.create_default_context)))
        yield
