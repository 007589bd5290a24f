"""What the enrichment reads of an article, for tests."""

from __future__ import annotations

import msgspec


class Text(msgspec.Struct, frozen=True, kw_only=True):
    title: str = "A title of its own"
    excerpt: str = ""
    body: str = ""
    language: str = ""
    symbols: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
