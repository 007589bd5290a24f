"""Builds answers: results in the envelope of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec

from services.gateway.handlers.cache import Answer

REPLAYED: Final = "replayed data: recorded prices played back, not the market of today"

_encode: Final = msgspec.json.Encoder().encode


def envelope(
    rows: Iterable[bytes],
    provider: str | None,
    warnings: Sequence[str] = (),
    next_page_token: str | None = None,
    fresh: Callable[[], bool] | None = None,
) -> Answer:
    """An answer of rows that are encoded already."""
    tail = _encode({"provider": provider, "warnings": warnings, "next_page_token": next_page_token})
    return Answer(b'{"results":[' + b",".join(rows) + b"]," + tail[1:], fresh)


def answer_of_views(views: Iterable[Any], provider: str | None, warnings: Sequence[str] = (), **more: Any) -> Answer:
    """An answer of structs, which are encoded here."""
    return envelope(map(_encode, views), provider, warnings, **more)
