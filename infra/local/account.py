"""What the person at the terminal reads: alerts as they are printed, and what becomes of the processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from infra.local.errors import StackError
from infra.local.reasons import reason, size
from shared.settings import EXIT_BAD_SETTINGS

FAILING: Final = frozenset({"BACKOFF", "EXITED", "FATAL"})
"""supervisord's names for a program that ended though it should run."""
CHUNK: Final = 65_536
QUIET_SECONDS: Final = 600.0
"""A program that keeps ending for the same reason is reported once in this time."""


def say(text: str) -> None:
    """Print at once. A terminal that is gone is no reason to stop halfway."""
    try:
        print(text, flush=True)
    except OSError:
        # the closing of the terminal also sends SIGHUP, and that is what ends us
        return


@dataclass
class Follower:
    """Reads what is appended to a file, across its rotation."""

    path: Path
    _inode: int = 0
    _position: int = 0
    _rest: bytes = b""

    def skip(self) -> None:
        """Begin at the present end."""
        if self.path.exists():
            found = self.path.stat()
            self._inode, self._position = found.st_ino, found.st_size

    def lines(self) -> Iterator[str]:
        """Whole lines that are new since the last call."""
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
class Ends:
    """How often one program has ended, and why."""

    read: int
    """Bytes of its log that have been looked at."""
    why: str = ""
    times: int = 0
    """In a row for this reason."""
    reported_at: float = float("-inf")
    reported: bool = False
    """The newest end was reported."""

    def add(self, log: Path, now: float) -> None:
        """Take note of an end; it is to be reported unless the same was reported lately."""
        why = reason(log, self.read)
        self.read, self.times = size(log), self.times + 1 if why == self.why else 1
        self.reported = why != self.why or now - self.reported_at >= QUIET_SECONDS
        self.why = why
        if self.reported:
            self.reported_at = now


@dataclass
class Changes:
    """Notices when a program ends, comes back or keeps failing."""

    logs: Path
    _seen: dict[str, tuple[str, int]] = field(default_factory=dict)
    _ends: dict[str, Ends] = field(default_factory=dict)

    def lines(self, states: Sequence[Mapping[str, Any]], now: float) -> Iterator[str]:
        """One line for each change that a person should know of; ``now`` in seconds.

        Raises:
            StackError: a program refuses its settings, so that starting it again does not help.
        """
        for state in states:
            name, new = str(state["name"]), (str(state["statename"]), int(state["pid"]))
            old, self._seen[name] = self._seen.get(name), new
            log = self.logs / f"{name}.log"
            ends = self._ends.setdefault(name, Ends(size(log)))
            if old is None or old == new:
                continue
            if (new[0] in FAILING and old[0] not in FAILING) or (old[0] == "RUNNING" and new[1] != old[1]):
                ends.add(log, now)
                if new[0] in FAILING and state.get("exitstatus") == EXIT_BAD_SETTINGS:
                    raise StackError(f"{name} cannot run with these settings: {ends.why}")
                if ends.reported:
                    yield f"! {name} ended{_count(ends.times)} and is started again: {ends.why}. Its log: {log}"
            elif new[0] == "RUNNING" and ends.reported:
                ends.reported = False
                yield f"  {name} runs again"


def _count(times: int) -> str:
    return f" {times} times" if times > 1 else ""
