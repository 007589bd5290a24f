"""Reads the file of news feeds."""

from __future__ import annotations

from pathlib import Path

from services.ingest.domain.feeds.feed import Feed, FeedError, FeedLine
from services.ingest.domain.feeds.feed_file import feeds_of, parse_lines
from services.ingest.domain.universe import Universe


def read_feeds(path: Path, universe: Universe) -> tuple[tuple[FeedLine, ...], tuple[Feed, ...]]:
    """The lines of the file of feeds, and all feeds that they name.

    Raises:
        FeedError: it is missing, not UTF-8, or a line is wrong; the message names line, field and value.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FeedError(f"cannot read {path}: {error}") from error
    lines = parse_lines(text.splitlines(), path.name)
    return lines, feeds_of(lines, universe)
