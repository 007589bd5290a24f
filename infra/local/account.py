"""What the person at the terminal reads: alerts as they are printed, and what becomes of the processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

FAILING: Final = frozenset({"BACKOFF", "EXITED", "FATAL"})
"""supervisord's names for a program that ended though it should run."""
CHUNK: Final = 65_536


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
class Changes:
    """Notices when a program ends, comes back or keeps failing."""

    logs: Path
    _seen: dict[str, tuple[str, int]] = field(default_factory=dict)

    def lines(self, states: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """One line for each change that a person should know of."""
        for state in states:
            name, now = str(state["name"]), (str(state["statename"]), int(state["pid"]))
            before, self._seen[name] = self._seen.get(name), now
            if before is None or before == now:
                continue
            if now[0] in FAILING and before[0] not in FAILING:
                yield f"! {name} ended and is started again; why is in {self.logs / name}.log"
            elif before[0] == "RUNNING" and now[1] != before[1]:
                yield f"! {name} ended and was started again at once; why is in {self.logs / name}.log"
            elif now[0] == "RUNNING" and before[0] != "STARTING":
                yield f"  {name} runs again"
