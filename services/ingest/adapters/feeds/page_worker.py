"""The process that takes the text out of pages: HTML in, text in UTF-8 out, empty where there is none."""

from __future__ import annotations

import contextlib
import resource
from typing import Final

import trafilatura

from services.ingest.adapters.feeds.worker import MEMORY_BYTES
from shared.children.loop import serve
from shared.text import plain_line

MOST_BODY: Final = 20_000


def answer(body: bytes) -> bytes:
    """The text of the article on a page."""
    found = trafilatura.extract(body, include_comments=False, include_tables=False, deduplicate=False)
    return plain_line(found or "", MOST_BODY).encode()


if __name__ == "__main__":
    with contextlib.suppress(ValueError, OSError):  # some systems allow no limit of the address space
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    serve(answer)
