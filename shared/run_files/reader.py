"""Reads files of runs without making the event loop wait."""

from __future__ import annotations

import asyncio
import errno
import string
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from shared.run_files.files import FileFacts, Files

T = TypeVar("T")
SECONDS: Final = 25.0
"""Time limit of an answer, with the time that it waits for a thread."""
THREADS: Final = 4
"""Files that are read at the same time: a place that hangs holds these threads and no others."""
PART_BYTES: Final = 1024 * 1024
_IN_NAMES: Final = frozenset(string.ascii_letters + string.digits + "_-.")


class RunReader:
    """Files of runs by folder and name.

    All of it raises FileNotFoundError where there is no such file, and another OSError where the place cannot be reached
    or is too slow.
    """

    def __init__(self, files: Files, seconds: float = SECONDS) -> None:
        self._files = files
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(THREADS, "run-files")

    async def facts(self, folder: str, name: str) -> FileFacts:
        return await self._done(lambda: self._files.facts(_below(folder, name)))

    async def read(self, folder: str, name: str, most: int) -> bytes:
        """The whole file. Raises OSError if it has more than ``most`` bytes."""
        return await self._done(lambda: _whole(self._files, _below(folder, name), most))

    async def parts(self, folder: str, name: str, facts: FileFacts, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from ``start`` to before ``end``, at most 1 MiB at a time.

        Raises OSError if the file is no longer the one that ``facts`` are about: what is sent is of one file.
        """
        path = _below(folder, name)
        for at in range(start, end, PART_BYTES):
            yield await self._done(partial(_part_of, self._files, path, facts, at, min(end, at + PART_BYTES)))

    async def _done(self, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except TimeoutError as error:
            raise TimeoutError(str(error) or f"no answer within {self._seconds:g} s") from error


def _whole(files: Files, path: str, most: int) -> bytes:
    if (size := files.facts(path).size) > most:
        raise OSError(errno.EFBIG, f"it has {size} bytes, at most {most} are read", path)
    return _part(files, path, 0, size)


def _part_of(files: Files, path: str, facts: FileFacts, start: int, end: int) -> bytes:
    """A part of the file that ``facts`` are about: it has not been replaced before its part was read."""
    body = _part(files, path, start, end)
    if files.facts(path).version != facts.version:
        raise OSError(f"{path}: the file was replaced while it was read")
    return body


def _part(files: Files, path: str, start: int, end: int) -> bytes:
    body = files.part(path, start, end)
    if len(body) != end - start:
        raise OSError(f"{path}: {len(body)} of {end - start} bytes from {start} on were read")
    return body


def _below(folder: str, name: str) -> str:
    """The path of a file. Raises FileNotFoundError for names that runs do not have: none leads out of its folder."""
    for each in (folder, name):
        if not each or each.startswith(".") or not _IN_NAMES.issuperset(each):
            raise FileNotFoundError(f"{each[:80]!r} is no name in the files of runs")
    return f"{folder}/{name}"
