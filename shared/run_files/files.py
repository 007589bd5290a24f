"""What a place of files can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class FileFacts:
    """What is known of a file without reading it."""

    size: int
    """In bytes."""
    version: str
    """Another one once the file has changed: 32 hexadecimal digits."""


class Files(Protocol):
    """Files by their path below a place, ``FOLDER/NAME``.

    All of it blocks. It raises FileNotFoundError where there is no such file, another OSError where the place cannot be reached.
    """

    def facts(self, path: str) -> FileFacts: ...

    def part(self, path: str, start: int, end: int) -> bytes:
        """The bytes from ``start`` to before ``end``; fewer where the file ends before."""

    def read(self, path: str) -> bytes: ...

    def write(self, path: str, body: bytes) -> None: ...

    def folders(self, holding: str) -> list[str]:
        """The folders that hold a file of this name, sorted."""

    def remove(self, folder: str) -> None:
        """Remove a folder with its files; nothing happens if there is none."""
