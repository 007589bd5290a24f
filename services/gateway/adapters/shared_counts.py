"""Counts of several processes in one memory-mapped file. Each process writes its own part and adds up all parts.

A client has two cells, chosen by a keyed hash, in each part; the smaller sum counts (G. Cormode, S. Muthukrishnan, "An Improved
Data Stream Summary: The Count-Min Sketch", 2005). So a count is never too small, and too large only where a client shares both
cells: with 1000 active clients, one in four thousand.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WIDTH: Final = 65_536
"""Cells of each of the two rows."""
HEADER: Final = struct.Struct("<d16s")
HEADER_WORDS: Final = 8
PART_WORDS: Final = 2 * WIDTH * 3
"""Of a process: end and count of each window, then the open streams."""
OPEN: Final = 2 * WIDTH * 2


def create_counts(file: Path, processes: int, now: float) -> None:
    """Write an empty file for so many processes. ``now``: seconds of the monotonic clock, at which all windows begin."""
    with file.open("xb") as written:
        written.write(HEADER.pack(now, os.urandom(16)))
        written.truncate(8 * (HEADER_WORDS + processes * PART_WORDS))


class SharedCounts:
    """``ClientCounts`` of one of several processes."""

    def __init__(self, file: Path, process: int) -> None:
        with file.open("r+b") as opened:
            mapped = mmap.mmap(opened.fileno(), 0)
        header: tuple[float, bytes] = HEADER.unpack_from(mapped)
        self._anchor, self._key = header
        self.words = memoryview(mapped)[8 * HEADER_WORDS :].cast("q")
        self.own = process * PART_WORDS
        self.parts = range(0, len(self.words), PART_WORDS)
        opened_before = slice(self.own + OPEN, self.own + PART_WORDS)  # by a process of this number that has ended
        self.words[opened_before] = memoryview(bytes(8 * (PART_WORDS - OPEN))).cast("q")

    def anchor(self, _: float) -> float:
        return self._anchor

    def windows(self, purpose: str) -> SharedWindowCounts:
        return SharedWindowCounts(self, purpose)

    def open(self, purpose: str) -> SharedOpenCounts:
        return SharedOpenCounts(self, purpose)

    def cells(self, name: str) -> tuple[int, int]:
        """The places of a name's cells in both rows."""
        one, two = struct.unpack("<II", hashlib.blake2b(name.encode(), digest_size=8, key=self._key).digest())
        return one % WIDTH, WIDTH + two % WIDTH


@dataclass(frozen=True)
class SharedWindowCounts:
    """Requests of clients; a cell holds the end of its window in milliseconds, and the count."""

    shared: SharedCounts
    purpose: str

    def add(self, client: str, ends_at: float, now: float) -> int:
        words, cells = self.shared.words, self.shared.cells(f"{self.purpose} {client}")
        for cell in cells:
            at = self.shared.own + 2 * cell
            live = words[at] > 1000 * now
            words[at] = max(words[at], int(1000 * ends_at)) if live else int(1000 * ends_at)
            words[at + 1] = words[at + 1] + 1 if live else 1
        return self._sum(cells, now)

    def get(self, client: str, now: float) -> int:
        return self._sum(self.shared.cells(f"{self.purpose} {client}"), now)

    def _sum(self, cells: tuple[int, int], now: float) -> int:
        words, parts = self.shared.words, self.shared.parts
        return min(sum(words[p + 2 * c + 1] for p in parts if words[p + 2 * c] > 1000 * now) for c in cells)


@dataclass(frozen=True)
class SharedOpenCounts:
    """Open streams of their owners."""

    shared: SharedCounts
    purpose: str

    def add(self, owner: str, change: int) -> None:
        for cell in self.shared.cells(f"{self.purpose} {owner}"):
            self.shared.words[self.shared.own + OPEN + cell] += change

    def get(self, owner: str) -> int:
        words, parts = self.shared.words, self.shared.parts
        return min(sum(words[p + OPEN + cell] for p in parts) for cell in self.shared.cells(f"{self.purpose} {owner}"))
