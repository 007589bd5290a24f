"""Errors of requests that are no messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.notifier.adapters.telegram.api import ERRORS, redacted
from services.notifier.domain.ports.payments import RequestFailedError


@contextmanager
def requests(token: str) -> Iterator[None]:
    """Translate what a request raises. Raises RequestFailedError, without the token."""
    try:
        yield
    except (*ERRORS, ValueError) as error:
        raise RequestFailedError(redacted(f"{type(error).__name__}: {error}", token)) from error
