"""What a consumer must keep: its own rows and its position, in one transaction, so that a crash loses and doubles nothing.

The position is the next offset of each partition. Delivery is at least once, so an event may come twice, also with another offset:
its ``event-id`` says so. A later copy may know more, as of a bar that was restated: the newest body counts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

TABLES = """
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS positions (topic TEXT, number INTEGER, next_offset INTEGER NOT NULL, PRIMARY KEY (topic, number));
"""


class Message(NamedTuple):
    """A message of a topic."""

    topic: str
    partition: int
    offset: int
    event_id: str
    body: str


def message(topic: str, partition: int, offset: int, headers: Iterable[tuple[str, bytes | None]], body: bytes | None) -> Message:
    """A message as it came. One without an id is known by its place; bytes that are no text are replaced."""
    event_id = dict(headers).get("event-id") or f"{topic}:{partition}:{offset}".encode()
    return Message(topic, partition, offset, event_id.decode(errors="replace"), (body or b"").decode(errors="replace"))


class Inbox:
    """A database of events."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        self._database.executescript(TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._database.close()

    def positions(self, topic: str) -> Mapping[int, int]:
        """The next offset of each partition that was read before."""
        return dict(self._database.execute("SELECT number, next_offset FROM positions WHERE topic = ?", (topic,)))

    def take(self, messages: Iterable[Message]) -> int:
        """Store messages and the position after them; returns how many events are new."""
        with self._database:  # one transaction
            before = self._database.total_changes
            rows = list(messages)
            new = "INSERT OR IGNORE INTO events VALUES (?, ?)"
            self._database.executemany(new, [(each.event_id, each.body) for each in rows])
            found = self._database.total_changes - before
            newer = "UPDATE events SET body = ? WHERE id = ? AND body <> ?"
            self._database.executemany(newer, [(each.body, each.event_id, each.body) for each in rows])
            ends = {(each.topic, each.partition): each.offset + 1 for each in rows}
            self._database.executemany(
                "INSERT OR REPLACE INTO positions VALUES (?, ?, ?)", [(*at, end) for at, end in ends.items()]
            )
        return found
