"""Output on the terminal: lines that a log file gains, and one line when a program exits or runs again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from infra.local.errors import StackError
from infra.local.exit_reasons import in_words, last_cause, last_error, size
from shared.settings import EXIT_BAD_SETTINGS

FAILING: Final = frozenset({"BACKOFF", "EXITED", "FATAL"})
"""supervisord's state names for a program that exited although it should run."""
ALIVE: Final = frozenset({"STARTING", "RUNNING"})
"""State names of a program with a process: another process means that this one exited, though nobody saw it."""
CHUNK: Final = 65_536
QUIET_SECONDS: Final = 600.0
"""A program that exits repeatedly for the same reason is reported once in this time."""


def print_line(text: str) -> None:
    """Print and flush. A closed terminal is not an error here."""
    try:
        print(text, flush=True)
    except OSError:
        # closing the terminal also sends SIGHUP, whose handler stops the run
        return


@dataclass
class FileFollower:
    """Reads lines that are appended to a file, also after the file was rotated."""

    path: Path
    _inode: int = 0
    _position: int = 0
    _rest: bytes = b""

    def skip(self) -> None:
        """Continue from the current end of the file."""
        if self.path.exists():
            found = self.path.stat()
            self._inode, self._position = found.st_ino, found.st_size

    def lines(self) -> Iterator[str]:
        """Complete lines that were appended since the last call; reads at most ``CHUNK`` bytes."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            found = os.fstat(file.fileno())
            if found.st_ino != self._inode or found.st_size < self._position:
                self._inode, self._position, self._rest = found.st_ino, 0, b""
            file.seek(self._position)
            read = file.read(CHUNK)
            self._position += len(read)
        *whole, self._rest = (self._rest + read).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)


@dataclass
class ExitHistory:
    """How often one program has exited, and why."""

    read: int
    """Bytes of its log that were searched for a reason."""
    reason: str = ""
    times: int = 0
    """Exits in a row for this reason."""
    reported_at: float = float("-inf")
    reported: bool = False
    """Whether the newest exit was reported."""
    refused: bool = False
    """Whether it was refused its settings, so that a restart cannot help."""

    def add(self, log: Path, now: float) -> None:
        """Record an exit. ``reported`` becomes false if the same reason was reported within ``QUIET_SECONDS``."""
        cause = last_cause(log.stem, log.with_name("supervisor.log"))
        newest = in_words(cause) or last_error(log, self.read)  # what was killed may have logged an error long before
        self.refused = cause == f"exit status {EXIT_BAD_SETTINGS}"  # supervisord's own state forgets it as the program starts again
        self.read, self.times = size(log), self.times + 1 if newest == self.reason else 1
        self.reported = newest != self.reason or now - self.reported_at >= QUIET_SECONDS
        self.reason = newest
        if self.reported:
            self.reported_at = now


@dataclass
class ProgramStateReporter:
    """Compares program states and yields a line when a program exits, runs again or keeps failing."""

    logs: Path
    _states: dict[str, tuple[str, int]] = field(default_factory=dict)
    _exits: dict[str, ExitHistory] = field(default_factory=dict)

    def lines(self, states: Sequence[Mapping[str, Any]], now: float) -> Iterator[str]:
        """One line for each change to report; ``now`` in seconds.

        Raises:
            StackError: a program rejects its settings, so a restart cannot help.
        """
        for state in states:
            name, new = str(state["name"]), (str(state["statename"]), int(state["pid"]))
            old, self._states[name] = self._states.get(name), new
            log = self.logs / f"{name}.log"
            exits = self._exits.setdefault(name, ExitHistory(size(log)))
            if old is None or old == new:
                continue
            if (new[0] in FAILING and old[0] not in FAILING) or (old[0] in ALIVE and new[1] != old[1]):
                exits.add(log, now)
                if exits.refused:
                    raise StackError(f"{name} cannot run with these settings: {exits.reason}")
                if exits.reported:
                    yield f"! {name} exited{_count(exits.times)} and is restarted: {exits.reason}. Its log: {log}"
            elif new[0] == "RUNNING" and exits.reported:
                exits.reported = False
                yield f"  {name} runs again"


def _count(times: int) -> str:
    return f" {times} times" if times > 1 else ""
