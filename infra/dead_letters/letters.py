"""Reads and filters dead letters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.kafka.dead_letters import PREFIX, REPLAYED_FROM, SUFFIX
from shared.kafka.raw_reader import open_raw_reader
from shared.settings import MeshSettings
from shared.text import normalize_input
from shared.topics import TOPICS

PREVIEW: Final = 4000
NAMES: Final = 10
"""Names of letters that an error lists."""


class UnknownLetterError(Exception):
    """There is no dead letter of this name; the message lists those that there are."""

    def __init__(self, name: str, existing: Sequence[str]) -> None:
        more = f" and {len(existing) - NAMES} more (list shows all)" if len(existing) > NAMES else ""
        known = f"there are {', '.join(existing[-NAMES:])}{more}" if existing else "there are none"
        super().__init__(f"there is no dead letter '{terminal_text(name.encode())}': {known}")


@dataclass(frozen=True)
class Letter:
    """One dead letter: its position, key, body and headers. The headers name the origin and the error."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    body: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    @property
    def name(self) -> str:
        """Its name on the command line: ``TOPIC.dlq/PARTITION/OFFSET``."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    def failure_header(self, what: str) -> str:
        """The text of one ``dead-letter-`` header: topic, partition, offset, timestamp, group, exception or error."""
        return next((terminal_text(value) for name, value in self.headers if name == PREFIX + what), "")

    @property
    def original_topic(self) -> str:
        """The topic that it was read from."""
        return self.failure_header("topic") or self.topic.removesuffix(SUFFIX)

    @property
    def original_body(self) -> bytes | None:
        """The original body; None if the header ``no-body`` marks that the original had none."""
        return None if self.failure_header("no-body") else self.body

    @property
    def replayed_from(self) -> str:
        """The letter that it was replayed from; empty if it was never replayed."""
        return next((terminal_text(value) for name, value in self.headers if name == REPLAYED_FROM), "")


@dataclass(frozen=True)
class LetterFilter:
    """Selects letters; an empty field matches any."""

    topic: str = ""
    group: str = ""
    exception: str = ""
    containing: str = ""
    names: frozenset[str] = frozenset()
    replayed: bool = False
    """Also letters that failed again after a replay."""

    def __contains__(self, letter: Letter) -> bool:
        return (
            (not self.topic or letter.original_topic == self.topic)
            and (not self.group or letter.failure_header("group") == self.group)
            and (not self.exception or letter.failure_header("exception") == self.exception)
            and (not self.containing or self.containing in normalize_input(letter.failure_header("error")))
            and (not self.names or letter.name in self.names)
        )


def terminal_text(value: bytes | None) -> str:
    r"""Bytes as text for a terminal: control characters are escaped, and ``PREVIEW`` bytes are shown at most.

    >>> terminal_text(b"a\x1b[31m\xff")
    'a\\x1b[31m\\xff'
    """
    if value is None:
        return "(none)"
    shown = value[:PREVIEW].decode(errors="backslashreplace")
    safe = "".join(one if one.isprintable() or one == "\n" else one.encode("unicode_escape").decode() for one in shown)
    return safe if len(value) <= PREVIEW else f"{safe} ... ({len(value)} bytes)"


async def read_letters(settings: MeshSettings, letter_filter: LetterFilter) -> AsyncIterator[Letter]:
    """The dead letters that match the filter, by topic, partition and offset. Raises TransientError."""
    topics: Sequence[str] = [topic.dead_letters.name for topic in TOPICS if letter_filter.topic in ("", topic.name)]
    async with open_raw_reader(settings, topics, "dead-letters") as messages:
        async for message in messages:
            letter = _letter(message)
            if letter in letter_filter:
                yield letter
            await asyncio.sleep(0)


async def require_names(settings: MeshSettings, names: Collection[str]) -> None:
    """Raises UnknownLetterError if one of ``names`` is no dead letter, and TransientError."""
    existing = [letter.name async for letter in read_letters(settings, LetterFilter())] if names else []
    if unknown := sorted(set(names) - set(existing)):
        raise UnknownLetterError(unknown[0], existing)


def _letter(message: Any) -> Letter:
    return Letter(message.topic, message.partition, message.offset, message.key, message.value, tuple(message.headers))
